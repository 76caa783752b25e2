//! What happens to certificates, written as one event and one log entry each, in the transaction that makes it happen (law I5).

use certificate::{KeyId, LogEntry, PublicCode, commitment};
use contracts::{
    certificates::{CertificateEventKind, CertificateReason},
    ids::{CertificateId, OrgId},
};
use diesel::sql_types::{Array, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::platform::{Error, Prepare, Result, Tx, new_id};

/// The certificate an event is about: what its log entry is made of.
#[derive(Clone, Debug, diesel::QueryableByName)]
pub(super) struct Subject {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: CertificateId,
    #[diesel(sql_type = SqlUuid)]
    pub(super) org_id: OrgId,
    #[diesel(sql_type = SqlUuid)]
    pub(super) seller_org_id: OrgId,
    #[diesel(sql_type = Bytea)]
    pub(super) public_code: Vec<u8>,
    #[diesel(sql_type = Bytea)]
    pub(super) key_id: Vec<u8>,
    #[diesel(sql_type = Bytea)]
    pub(super) signed_payload: Vec<u8>,
}

/// Why a certificate changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeReason<'a> {
    /// What the market knows by itself: it is found again by the code.
    Code(CertificateReason),
    /// An administrator's words.
    Words(&'a str),
}

impl<'a> ChangeReason<'a> {
    pub(super) const fn code(self) -> Option<CertificateReason> {
        match self {
            Self::Code(code) => Some(code),
            Self::Words(_) => None,
        }
    }

    pub(super) const fn words(self) -> Option<&'a str> {
        match self {
            Self::Code(_) => None,
            Self::Words(words) => Some(words),
        }
    }
}

/// Returns the stored reason as a sentence. Rows from before there were codes have both: the code counts.
pub(super) fn reason_sentence(code: Option<CertificateReason>, words: Option<String>) -> Option<String> {
    code.map(|code| code.sentence().to_owned()).or(words)
}

/// What happened to all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventDetails<'a> {
    pub(super) kind: CertificateEventKind,
    pub(super) place: Option<&'a str>,
    pub(super) reason: Option<ChangeReason<'a>>,
}

impl EventDetails<'_> {
    pub(super) fn plain(kind: CertificateEventKind) -> Self {
        Self { kind, place: None, reason: None }
    }
}

/// Stored bytes of a fixed length.
///
/// # Errors
/// `internal` for any other length: a value that was cut or padded would be another one.
fn to_array<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes
        .try_into()
        .map_err(|_| Error::internal(format!("{} bytes are stored where {N} belong", bytes.len())))
}

/// A stored public code.
///
/// # Errors
/// `internal` when it does not have 16 bytes.
pub(super) fn code_of(bytes: &[u8]) -> Result<PublicCode> {
    to_array(bytes).map(PublicCode::from_bytes)
}

/// Writes the event, its log entry and its place in the sequencer's queue, for all subjects in one statement.
pub(super) async fn append_events(
    tx: &mut Tx,
    subjects: &[Subject],
    details: EventDetails<'_>,
) -> Result<()> {
    let now = tx.ctx().now();
    let actor = tx.ctx().caller().actor.user_id();
    let mut ids: Vec<[Uuid; 5]> = Vec::with_capacity(subjects.len());
    let mut entries: Vec<Vec<u8>> = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let entry = LogEntry {
            certificate_id: *subject.id.0.as_bytes(),
            event: details.kind.as_str(),
            commitment: commitment(&code_of(&subject.public_code)?, &subject.signed_payload),
            key_id: KeyId(to_array(&subject.key_id)?),
            time: now.timestamp(),
        };
        entries.push(entry.to_bytes());
        ids.push([new_id(now), new_id(now), subject.org_id.0, subject.seller_org_id.0, subject.id.0]);
    }
    let column = |at: usize| -> Vec<Uuid> { ids.iter().filter_map(|row| row.get(at).copied()).collect() };
    diesel::sql_query(
        "WITH fact AS (
           SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS f (event_id, entry_id, org_id, seller_org_id, certificate_id, entry)),
         event AS (
           INSERT INTO certificate_events (id, org_id, seller_org_id, certificate_id, kind, occurred_at, actor_user_id, place, reason, reason_code)
           SELECT event_id, org_id, seller_org_id, certificate_id, $7, $8, $9, $10, $11, $12 FROM fact),
         entry AS (
           INSERT INTO log_entries (id, certificate_event_id, entry, created_at) SELECT entry_id, event_id, entry, $8 FROM fact)
         INSERT INTO log_queue (log_entry_id, queued_at) SELECT entry_id, $8 FROM fact",
    )
    .bind::<Array<SqlUuid>, _>(column(0))
    .bind::<Array<SqlUuid>, _>(column(1))
    .bind::<Array<SqlUuid>, _>(column(2))
    .bind::<Array<SqlUuid>, _>(column(3))
    .bind::<Array<SqlUuid>, _>(column(4))
    .bind::<Array<Bytea>, _>(entries)
    .bind::<Text, _>(details.kind)
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(actor)
    .bind::<Nullable<Text>, _>(details.place)
    .bind::<Nullable<Text>, _>(details.reason.and_then(ChangeReason::words))
    .bind::<Nullable<Text>, _>(details.reason.and_then(ChangeReason::code))
    .prepared()
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_another_length_are_neither_cut_nor_padded() {
        assert!(code_of(&[7; 16]).is_ok());
        for wrong in [0, 15, 17] {
            assert!(code_of(&vec![7; wrong]).is_err(), "{wrong}");
        }
    }
}
