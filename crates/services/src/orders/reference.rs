//! Transactions by the reference that people read out: the end of the id, so that few have the same.

use contracts::ids::{OrgId, TransactionId};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;

use crate::platform::{Error, Prepare, Result, Tx};

/// What stands behind `T-` in a reference.
const DIGITS: usize = 8;

/// The digits of a reference that somebody types: `t-1a2b3c4d` and `1A2B3C4D` are one.
pub(super) fn digits_of(typed: &str) -> Option<String> {
    let digits = typed.trim().to_lowercase();
    let digits = digits.strip_prefix("t-").unwrap_or(&digits);
    let is_one = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| digits.to_owned())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Uuid)]
    id: TransactionId,
    #[diesel(sql_type = sql_types::Text)]
    seller_name: String,
    #[diesel(sql_type = sql_types::Text)]
    buyer_name: String,
}

/// At most `most` with this reference, of one seller or buyer or, without one, of all; with the names of both.
pub(super) async fn transactions_referenced(
    tx: &mut Tx,
    tenant: Option<OrgId>,
    digits: String,
    most: usize,
) -> Result<Vec<(TransactionId, String, String)>> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT t.id, coalesce(v.name, '') AS seller_name, coalesce(b.name, '') AS buyer_name
         FROM transactions t LEFT JOIN organisations b ON b.id = t.org_id LEFT JOIN organisations v ON v.id = t.seller_org_id
         WHERE t.reference = $1 AND ($2::uuid IS NULL OR t.seller_org_id = $2 OR t.org_id = $2)
         ORDER BY t.id DESC LIMIT $3",
    )
    .bind::<sql_types::Text, _>(digits)
    .bind::<sql_types::Nullable<sql_types::Uuid>, _>(tenant)
    .bind::<sql_types::BigInt, _>(i64::try_from(most).map_err(Error::internal)?)
    .prepared()
    .load(tx.conn()?)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.seller_name, row.buyer_name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_known_with_its_letter_and_without() {
        let id = TransactionId(uuid::Uuid::from_u128(0x019c_0000_0000_7000_8000_0000_1a2b_3c4d));
        assert_eq!(digits_of(&id.reference()).as_deref(), Some("1a2b3c4d"));
        assert_eq!(digits_of(" 1A2B3C4D ").as_deref(), Some("1a2b3c4d"));
        for other in ["", "T-", "1a2b3c4", "t-1a2b3c4g", "knee scan"] {
            assert_eq!(digits_of(other), None, "{other}");
        }
    }
}
