//! How much of a limited service one buyer may hold without paying: what is held is sold to nobody else meanwhile.

use chrono::TimeDelta;
use contracts::ids::ServiceId;
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use crate::{
    cart::PricedCartLine,
    platform::{Error, Prepare, Result, Tx},
};

/// Most unpaid purchases of one limited service that a buyer has open at once.
const MAX_OPEN: i64 = 3;
/// Most purchases of one limited service that a buyer leaves unpaid within [`WITHIN`], open ones included. It ends holding units by
/// letting one purchase after the other expire.
const MAX_UNPAID: i64 = 6;
/// See [`MAX_UNPAID`].
const WITHIN: TimeDelta = TimeDelta::hours(24);

#[derive(QueryableByName)]
struct UnpaidRow {
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::BigInt)]
    open: i64,
}

/// Refuses another purchase of a limited service to a buyer who has too many unpaid ones. The caller holds the buyer's cart locked,
/// so that two checkouts of one organisation are counted one after the other.
///
/// # Errors
/// `invalid_input` on `confirmed_totals` names the first such service.
pub(super) async fn check_unpaid(tx: &mut Tx, lines: &[&PricedCartLine]) -> Result<()> {
    let limited =
        lines.iter().filter(|line| line.offer.as_ref().is_some_and(|offer| offer.available.is_some()));
    let ids: Vec<ServiceId> = limited.map(|line| line.service_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let (org_id, since) = (tx.ctx().org_id()?, tx.ctx().now() - WITHIN);
    let over: Option<UnpaidRow> = diesel::sql_query(
        "SELECT max(l.title) AS title, count(DISTINCT u.id) FILTER (WHERE u.status IN ('open', 'awaiting_payment')) AS open
         FROM purchases u JOIN transactions t ON t.purchase_id = u.id JOIN transaction_lines l ON l.transaction_id = t.id
         WHERE u.org_id = $1 AND l.service_id = ANY($2)
           AND (u.status IN ('open', 'awaiting_payment') OR u.status IN ('cancelled', 'expired') AND u.created_at > $3)
         GROUP BY l.service_id
         HAVING count(DISTINCT u.id) >= $4 OR count(DISTINCT u.id) FILTER (WHERE u.status IN ('open', 'awaiting_payment')) >= $5
         ORDER BY l.service_id LIMIT 1",
    )
    .bind::<sql_types::Uuid, _>(org_id)
    .bind::<sql_types::Array<sql_types::Uuid>, _>(ids)
    .bind::<sql_types::Timestamptz, _>(since)
    .bind::<sql_types::BigInt, _>(MAX_UNPAID)
    .bind::<sql_types::BigInt, _>(MAX_OPEN)
    .prepared()
    .get_result(tx.conn()?)
    .await
    .optional()?;
    over.map_or(Ok(()), |over| Err(Error::invalid_field("confirmed_totals", refusal(&over))))
}

fn refusal(over: &UnpaidRow) -> String {
    let UnpaidRow { title, open } = over;
    if *open >= MAX_OPEN {
        format!(
            "You have {open} unpaid purchases of “{title}”. Pay for or cancel one of them before you buy more."
        )
    } else {
        format!(
            "You have left {MAX_UNPAID} purchases of “{title}” unpaid in the last 24 hours. Pay for the open ones, or try again tomorrow."
        )
    }
}
