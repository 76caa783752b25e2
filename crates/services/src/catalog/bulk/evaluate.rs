//! Evaluates a bulk action for each selected service, by the rules that the action itself follows.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::{
    catalog::{
        BulkItem, BulkItems, BulkPreview, BulkRequest, MAX_BULK_SERVICES, ServiceAction, ServiceHurdle,
    },
    ids::ServiceId,
    states::{OrganisationStatus, ServiceStatus},
    validate,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::{
    provider::FITS,
    rules::{ServiceFacts, allowed_transition, lacks_stem},
};
use crate::platform::{Error, Prepare, Result, Tx, sha256};

/// Maximum number of services that a preview shows; the rest is counted.
pub(super) const SHOWN: usize = 50;
/// Maximum number of refused services that a preview shows, each with its reason.
pub(super) const REFUSED_SHOWN: usize = 200;

/// A selected service, and whether the action is allowed on it.
pub(super) struct Evaluation {
    pub(super) id: ServiceId,
    pub(super) title: String,
    provider_name: String,
    status: Option<ServiceStatus>,
    /// The version that would be put on sale; `None` for actions that publish nothing.
    published: Option<Uuid>,
    pub(super) hurdle: Option<ServiceHurdle>,
}

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: ServiceId,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    status: ServiceStatus,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    published: Option<Uuid>,
    #[diesel(sql_type = sql_types::Uuid)]
    latest: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    provider_name: String,
    #[diesel(sql_type = sql_types::Text)]
    provider_status: OrganisationStatus,
    #[diesel(sql_type = sql_types::Bool)]
    published_lacks_stem: bool,
    #[diesel(sql_type = sql_types::Bool)]
    latest_lacks_stem: bool,
}

impl CandidateRow {
    fn evaluate(self, act: ServiceAction) -> Evaluation {
        let Self {
            status, published, latest, provider_status, published_lacks_stem, latest_lacks_stem, ..
        } = self;
        let facts = ServiceFacts {
            status,
            published,
            latest,
            provider: provider_status,
            published_lacks_stem,
            latest_lacks_stem,
        };
        Evaluation {
            id: self.id,
            title: self.title,
            provider_name: self.provider_name,
            status: Some(status),
            published: (act == ServiceAction::Publish).then_some(latest),
            hurdle: allowed_transition(act, facts).err(),
        }
    }
}

impl Evaluation {
    fn unknown(id: ServiceId) -> Self {
        Self {
            id,
            title: "Unknown service".to_owned(),
            provider_name: String::new(),
            status: None,
            published: None,
            hurdle: Some(ServiceHurdle::NotFound),
        }
    }

    fn item(self, names_providers: bool) -> BulkItem {
        let Self { id, title, provider_name, status, hurdle, .. } = self;
        let provider_name = Some(provider_name).filter(|name| names_providers && !name.is_empty());
        BulkItem { id, title, provider_name, status, hurdle }
    }
}

/// Those that were named, or all that fit the list's filter; of one provider or of all.
fn sql(by_ids: bool, of_all: bool) -> String {
    let tenant_clause = if of_all { "$1::uuid IS NULL" } else { "s.org_id = $1" };
    let id_clause = if by_ids { "s.id = ANY ($4)" } else { "$4::uuid[] IS NOT NULL" };
    format!(
        "WITH mine AS (
           SELECT s.id, v.title, s.status, s.published_version_id AS published, v.id AS latest,
                  coalesce(o.name, '') AS provider_name, coalesce(o.status, 'suspended') AS provider_status
           FROM services s
           JOIN LATERAL (SELECT l.id, l.title FROM service_versions l WHERE l.service_id = s.id ORDER BY l.version_no DESC LIMIT 1) v ON true
           LEFT JOIN organisations o ON o.id = s.org_id
           WHERE {tenant_clause} AND {id_clause}
         )
         SELECT mine.*, {published} AS published_lacks_stem, {latest} AS latest_lacks_stem
         FROM mine WHERE {FITS} ORDER BY lower(title), id LIMIT $5",
        published = lacks_stem("mine.published"),
        latest = lacks_stem("mine.latest"),
    )
}

/// Evaluates every selected service, in the order of titles; those that do not exist come last.
pub(super) async fn evaluate(tx: &mut Tx, request: &BulkRequest) -> Result<Vec<Evaluation>> {
    let tenant = tx.ctx().tenant()?;
    let ids: Vec<Uuid> = request.ids.iter().map(|id| id.0).collect();
    // what was chosen by name is meant whatever the list was filtered by
    let (status, words) =
        if request.all { (request.status, validate::words(&request.q)) } else { (None, String::new()) };
    let limit = i64::try_from(MAX_BULK_SERVICES + 1).map_err(Error::internal)?;
    let rows: Vec<CandidateRow> = diesel::sql_query(sql(!request.all, tenant.is_none()))
        .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
        .bind::<sql_types::Nullable<sql_types::Text>, _>(status)
        .bind::<sql_types::Text, _>(words)
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
        .bind::<sql_types::BigInt, _>(limit)
        .prepared()
        .load(tx.conn()?)
        .await?;
    if rows.len() > MAX_BULK_SERVICES {
        return Err(Error::invalid(BulkRequest::too_many()));
    }
    let known: HashSet<ServiceId> = rows.iter().map(|row| row.id).collect();
    let unknown = request.ids.iter().filter(|id| !known.contains(id)).map(|id| Evaluation::unknown(*id));
    Ok(rows.into_iter().map(|row| row.evaluate(request.act)).chain(unknown).collect())
}

/// Returns a digest of the evaluated action: two digests are equal when services, states, hurdles and versions to publish are.
pub(super) fn digest(act: ServiceAction, evaluations: &[Evaluation]) -> Result<String> {
    let mut facts: Vec<_> =
        evaluations.iter().map(|one| (one.id, one.status, one.published, one.hurdle)).collect();
    facts.sort_unstable_by_key(|(id, ..)| *id);
    Ok(URL_SAFE_NO_PAD.encode(sha256(serde_json::to_vec(&(act, facts))?)))
}

/// Returns the preview of a bulk action.
pub(super) fn preview(
    request: &BulkRequest,
    evaluations: Vec<Evaluation>,
    names_providers: bool,
) -> Result<BulkPreview> {
    let digest = digest(request.act, &evaluations)?;
    let (ready, refused): (Vec<_>, Vec<_>) = evaluations.into_iter().partition(|one| one.hurdle.is_none());
    let shown = |evaluations: Vec<Evaluation>, most: usize| BulkItems {
        total: evaluations.len() as u64,
        first: evaluations.into_iter().take(most).map(|one| one.item(names_providers)).collect(),
    };
    Ok(BulkPreview {
        act: request.act,
        selection: request.to_query_string(),
        back: request.list_href(),
        ready: shown(ready, SHOWN),
        refused: shown(refused, REFUSED_SHOWN),
        digest,
    })
}
