//! Names that a reader takes for each other: the administrator is told before one of them is verified.

use std::sync::OnceLock;

use contracts::{compliance::LookAlike, ids::OrgId, permission::Permission, states::OrganisationStatus};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::organisations;
use unicode_normalization::UnicodeNormalization;

use crate::{
    OpCtx, Result,
    platform::{Conn, events::IdentityEvent},
};

/// So many names at once are given their skeleton.
const BATCH: i64 = 500;

/// What a name looks like: equal for names that differ in case, spaces, punctuation and accents, or in letters that look the same (UTS 39).
/// A capital I and a small l are one as well. Empty for a name without letters and digits.
pub(super) fn skeleton_of(name: &str) -> String {
    let lower = |text: String| -> String { text.chars().flat_map(char::to_lowercase).collect() };
    let folded = lower(name.nfkc().collect());
    let bare: String = unicode_security::skeleton(&folded).filter(|c| c.is_alphanumeric()).collect();
    lower(bare).replace(['i', 'ı'], "l")
}

#[derive(QueryableByName)]
struct LookAlikeRow {
    #[diesel(sql_type = sql_types::Uuid)]
    of: OrgId,
    #[diesel(sql_type = sql_types::Uuid)]
    id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    status: OrganisationStatus,
    #[diesel(sql_type = sql_types::Bool)]
    same_number: bool,
}

/// Verified organisations that one of `ids` could be taken for, by name or by its number in the register, each with that one.
pub async fn look_alikes_of(conn: &mut Conn, ids: Vec<OrgId>) -> Result<Vec<(OrgId, LookAlike)>> {
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(|id| id.0).collect();
    let rows: Vec<LookAlikeRow> = diesel::sql_query(
        "SELECT o.id AS of, v.id, v.name, v.status, v.same_number FROM organisations o CROSS JOIN LATERAL (
           SELECT v.id, v.name, v.status, true AS same_number FROM organisations v
           WHERE v.country = o.country AND v.registration_key = o.registration_key AND v.registration_key <> ''
             AND v.status IN ('verified', 'suspended')
           UNION ALL
           SELECT v.id, v.name, v.status, false FROM organisations v
           WHERE v.name_skeleton = o.name_skeleton AND v.name_skeleton <> '' AND v.status IN ('verified', 'suspended')
             AND (v.country, v.registration_key) IS DISTINCT FROM (o.country, o.registration_key)
           LIMIT 20) v
         WHERE o.id = ANY($1) AND v.id <> o.id ORDER BY v.name, v.id",
    )
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .load(conn)
    .await?;
    let look_alike = |row: LookAlikeRow| {
        let LookAlikeRow { of, id, name, status, same_number } = row;
        (of, LookAlike { id, name, status, same_number })
    };
    Ok(rows.into_iter().map(look_alike).collect())
}

/// Whether this process has found a skeleton beside every name.
#[derive(Default)]
struct Complete(OnceLock<()>);

/// Gives names from before skeletons were kept theirs; returns how many. Does nothing once none was missing.
pub async fn skeletons_fill(ctx: &OpCtx) -> Result<usize> {
    let complete = ctx.platform().db.caches().of::<Complete>();
    if complete.0.get().is_some() {
        return Ok(0);
    }
    let missing = ctx
        .read(Permission::SystemManage, async |tx| {
            let missing = organisations::table.filter(organisations::name_skeleton.eq("")).limit(BATCH);
            let names = missing.select((organisations::id, organisations::name));
            Ok(names.load::<(OrgId, String)>(tx.conn()?).await?)
        })
        .await?;
    let named: Vec<_> = missing.into_iter().map(|(id, name)| (id, skeleton_of(&name))).collect();
    let named: Vec<_> = named.into_iter().filter(|(_, skeleton)| !skeleton.is_empty()).collect();
    if named.is_empty() {
        complete.0.get_or_init(|| ());
        return Ok(0);
    }
    ctx.tx("identity.skeletons_fill", Permission::SystemManage, async move |tx| {
        for (id, skeleton) in &named {
            diesel::update(organisations::table.find(*id))
                .set(organisations::name_skeleton.eq(skeleton))
                .execute(tx.conn()?)
                .await?;
        }
        tx.emit(IdentityEvent::SkeletonsFilled { organisations: named.len() }).await?;
        Ok(named.len())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_have_one_skeleton() {
        let name = "Charité Berlin";
        for twin in [
            "charite berlin",
            "CHARITÉ  BERLIN",
            "Сharité Bеrlin",
            "Charité-Berlin",
            "Charlté Berlin",
            "Ｃｈａｒｉｔé Berlin",
        ] {
            assert_eq!(skeleton_of(twin), skeleton_of(name), "{twin}");
        }
        for other in ["Charité Bern", "Havel Clinic", "..."] {
            assert_ne!(skeleton_of(other), skeleton_of(name), "{other}");
        }
        assert_eq!(skeleton_of("..."), "");
    }
}
