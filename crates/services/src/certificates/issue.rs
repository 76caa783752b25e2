//! Issuing: one signed certificate per unit of a paid purchase. It is part of the capture's transaction, so that money is
//! captured and certificates exist together or not at all.

use certificate::{
    Diagnoses, IssuerOrigin, KeyId, MAX_CODES, Payload, Period, ProviderName, PublicCode, ServiceTitle, Unit,
};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    certificates::CertificateEventKind,
    ids::{CertificateId, LineId, OrgId, PurchaseId},
};
use diesel::sql_types::{Array, Bytea, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    events::{EventDetails, Subject, append_events},
    keys,
};
use crate::platform::{Error, Prepare, Result, Tx, events::CertificatesEvent, new_id};

// a listing has no code that its certificates leave out
const _: () = assert!(contracts::catalog::MAX_CODES <= MAX_CODES);

#[derive(diesel::QueryableByName)]
struct PaidLine {
    #[diesel(sql_type = SqlUuid)]
    id: LineId,
    #[diesel(sql_type = SqlUuid)]
    org_id: OrgId,
    #[diesel(sql_type = SqlUuid)]
    seller_org_id: OrgId,
    #[diesel(sql_type = Text)]
    seller_name: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Integer)]
    quantity: i32,
    #[diesel(sql_type = Integer)]
    validity_days: i32,
    #[diesel(sql_type = Nullable<Text>)]
    release: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    codes: Vec<String>,
}

struct SignedUnit {
    subject: Subject,
    line_id: LineId,
    unit_no: i32,
    title: String,
    expires_at: DateTime<Utc>,
}

/// Issues a certificate for each unit of a purchase's lines, with its event and log entry, and one audit record.
/// The caller has made sure that the purchase is paid; a second call for the same purchase fails on the unit's uniqueness.
///
/// # Errors
/// `internal` when the signing key is not listed or is retired, and when neither the line's codes nor the market name a release of
/// ICD-11: nothing is signed that could not be verified.
pub async fn issue_for_purchase(tx: &mut Tx, purchase_id: PurchaseId) -> Result<Vec<CertificateId>> {
    let lines = paid_lines(tx, purchase_id).await?;
    let signer = Signer::of(tx)?;
    let mut made = Vec::new();
    for line in &lines {
        made.extend(signer.sign_line(line)?);
    }
    insert(tx, &made, &signer).await?;
    keys::require_listed(tx, signer.key_id).await?;
    let subjects: Vec<Subject> = made.into_iter().map(|one| one.subject).collect();
    append_events(tx, &subjects, EventDetails::plain(CertificateEventKind::Issued)).await?;
    let buyer = lines.iter().map(|line| line.org_id).next();
    let (certificates, lines) = (subjects.len(), lines.len());
    tx.emit_for(buyer, CertificatesEvent::Issued { purchase_id, certificates, lines }).await?;
    Ok(subjects.into_iter().map(|subject| subject.id).collect())
}

async fn paid_lines(tx: &mut Tx, purchase_id: PurchaseId) -> Result<Vec<PaidLine>> {
    // a version's codes are of one release; should an old one mix two, the later one speaks
    Ok(diesel::sql_query(
        "SELECT l.id, l.org_id, l.seller_org_id, o.name AS seller_name, l.title, l.quantity, v.validity_days,
           coalesce(r.release_id, (SELECT id FROM icd11_releases WHERE is_current)) AS release,
           coalesce((SELECT array_agg(c.code ORDER BY c.position) FROM service_codes c
                     WHERE c.version_id = l.version_id AND c.release_id = r.release_id), '{}') AS codes
         FROM transactions t
         JOIN transaction_lines l ON l.transaction_id = t.id
         JOIN service_versions v ON v.id = l.version_id
         JOIN organisations o ON o.id = l.seller_org_id
         LEFT JOIN LATERAL (SELECT max(c.release_id) AS release_id FROM service_codes c WHERE c.version_id = l.version_id) r ON true
         WHERE t.purchase_id = $1
         ORDER BY l.id",
    )
    .bind::<SqlUuid, _>(purchase_id)
    .prepared()
    .load(tx.conn()?)
    .await?)
}

/// What every certificate of one purchase has in common.
struct Signer {
    platform: std::sync::Arc<crate::platform::Platform>,
    key_id: KeyId,
    issuer: IssuerOrigin,
    now: DateTime<Utc>,
}

impl Signer {
    fn of(tx: &Tx) -> Result<Self> {
        let platform = std::sync::Arc::clone(tx.ctx().platform());
        let key_id = KeyId::of(&platform.keys.certificate().verifying_key());
        let issuer = IssuerOrigin::fit(platform.settings.origin()).map_err(Error::internal)?;
        Ok(Self { key_id, issuer, now: tx.ctx().now(), platform })
    }

    fn sign_line(&self, line: &PaidLine) -> Result<Vec<SignedUnit>> {
        let expires_at = self.now + TimeDelta::days(line.validity_days.into());
        let total = u32::try_from(line.quantity).map_err(Error::internal)?;
        let codes = line.codes.iter().take(MAX_CODES).map(|code| code.parse()).collect::<Result<Vec<_>, _>>();
        let release =
            line.release.as_deref().ok_or_else(|| Error::internal("no release of ICD-11 is known"))?;
        let diagnoses =
            Diagnoses::new(release.parse().map_err(Error::internal)?, codes.map_err(Error::internal)?);
        let mut payload = Payload {
            certificate_id: [0; 16],
            public_code: PublicCode::from_bytes([0; 16]),
            provider_id: *line.seller_org_id.0.as_bytes(),
            provider_name: ProviderName::fit(&line.seller_name).map_err(Error::internal)?,
            service_title: ServiceTitle::fit(&line.title).map_err(Error::internal)?,
            diagnoses: diagnoses.map_err(Error::internal)?,
            unit: Unit::new(1, total).map_err(Error::internal)?,
            issued_at: self.now.timestamp(),
            period: Period::new(self.now.timestamp(), expires_at.timestamp()).map_err(Error::internal)?,
            issuer: self.issuer.clone(),
        };
        let mut made = Vec::new();
        for unit_no in 1..=line.quantity {
            let id: CertificateId = new_id(self.now);
            let mut code = [0; 16];
            getrandom::fill(&mut code)?;
            payload.certificate_id = *id.0.as_bytes();
            payload.public_code = PublicCode::from_bytes(code);
            payload.unit = Unit::new(u32::try_from(unit_no).map_err(Error::internal)?, total)
                .map_err(Error::internal)?;
            let signed = certificate::sign(&payload, self.platform.keys.certificate(), self.key_id)
                .map_err(Error::internal)?;
            made.push(SignedUnit {
                subject: Subject {
                    id,
                    org_id: line.org_id,
                    seller_org_id: line.seller_org_id,
                    public_code: code.to_vec(),
                    key_id: self.key_id.0.to_vec(),
                    signed_payload: signed.as_bytes().to_vec(),
                },
                line_id: line.id,
                unit_no,
                title: line.title.clone(),
                expires_at,
            });
        }
        Ok(made)
    }
}

async fn insert(tx: &mut Tx, made: &[SignedUnit], signer: &Signer) -> Result<()> {
    let uuids = |of: fn(&SignedUnit) -> Uuid| -> Vec<Uuid> { made.iter().map(of).collect() };
    diesel::sql_query(
        "INSERT INTO certificates (id, org_id, seller_org_id, line_id, unit_no, public_code, status, title, key_id, signed_payload, issued_at, expires_at)
         SELECT id, org_id, seller_org_id, line_id, unit_no, public_code, 'issued', title, $9, signed_payload, $10, expires_at
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $11) AS c (id, org_id, seller_org_id, line_id, unit_no, public_code, title, signed_payload, expires_at)",
    )
    .bind::<Array<SqlUuid>, _>(uuids(|one| one.subject.id.0))
    .bind::<Array<SqlUuid>, _>(uuids(|one| one.subject.org_id.0))
    .bind::<Array<SqlUuid>, _>(uuids(|one| one.subject.seller_org_id.0))
    .bind::<Array<SqlUuid>, _>(uuids(|one| one.line_id.0))
    .bind::<Array<Integer>, _>(made.iter().map(|one| one.unit_no).collect::<Vec<_>>())
    .bind::<Array<Bytea>, _>(made.iter().map(|one| one.subject.public_code.as_slice()).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(made.iter().map(|one| one.title.as_str()).collect::<Vec<_>>())
    .bind::<Array<Bytea>, _>(made.iter().map(|one| one.subject.signed_payload.as_slice()).collect::<Vec<_>>())
    .bind::<Bytea, _>(signer.key_id.0.as_slice())
    .bind::<Timestamptz, _>(signer.now)
    .bind::<Array<Timestamptz>, _>(made.iter().map(|one| one.expires_at).collect::<Vec<_>>())
    .prepared()
    .execute(tx.conn()?)
    .await?;
    Ok(())
}
