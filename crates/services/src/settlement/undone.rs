//! Sales that were undone after units had been redeemed. The redeemed units are earned, so people settle who bears their price; the
//! console lists a sale until somebody says how it was settled.

use chrono::{DateTime, Utc};
use contracts::{
    error::ErrorCode,
    ids::{CertificateId, PurchaseId},
    money::{Currency, Money},
    permission::Permission,
    settlement::{OpenUndoneSale, RedeemedCertificate, SaleSettlement, UndoneSaleSettle, UndoneSaleView},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{purchases, undone_sales, users};

use crate::{
    payments,
    platform::{
        Conn, Error, OpCtx, Prepare, Result, Tx,
        events::{Alert, OrdersEvent},
    },
};

/// Maximum number of sales in the console's list; the oldest are shown.
const MAX_LISTED: i64 = 50;

/// Puts an undone sale on the console's list, once, and tells administrators. More money that goes back later opens a settled sale anew
/// no more than it is told twice.
pub(super) async fn record(tx: &mut Tx, purchase: PurchaseId, redeemed: i64) -> Result<()> {
    let (now, units) = (tx.ctx().now(), i32::try_from(redeemed).map_err(Error::internal)?);
    diesel::insert_into(undone_sales::table)
        .values((
            undone_sales::purchase_id.eq(purchase),
            undone_sales::redeemed.eq(units),
            undone_sales::undone_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn()?)
        .await?;
    tx.raise_once(Alert::SaleUndoneAfterRedemption { purchase, redeemed }).await
}

/// The sales that nobody has settled, the oldest first.
pub(crate) async fn load_open(conn: &mut Conn) -> Result<Vec<OpenUndoneSale>> {
    let rows: Vec<(PurchaseId, String, i32, DateTime<Utc>)> = undone_sales::table
        .inner_join(purchases::table.on(purchases::id.eq(undone_sales::purchase_id)))
        .filter(undone_sales::settled_at.is_null())
        .order((undone_sales::undone_at, undone_sales::purchase_id))
        .limit(MAX_LISTED)
        .select((
            undone_sales::purchase_id,
            purchases::number,
            undone_sales::redeemed,
            undone_sales::undone_at,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(purchase_id, number, redeemed, undone_at)| OpenUndoneSale {
            purchase_id,
            number,
            redeemed: redeemed.unsigned_abs(),
            undone_at,
        })
        .collect())
}

/// Refuses everybody but the people of the platform with this right.
fn require_console(ctx: &OpCtx, permission: Permission) -> Result<()> {
    ctx.require(permission)?;
    match ctx.tenant()? {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorCode::NotAllowed)),
    }
}

/// The undone sale of a purchase; `None` for a purchase that stands or of which nothing had been redeemed. For the people of the platform.
///
/// # Errors
/// `not_allowed` for anybody else.
pub async fn undone_sale_get(ctx: &OpCtx, purchase_id: PurchaseId) -> Result<Option<UndoneSaleView>> {
    require_console(ctx, Permission::TransactionsRead)?;
    ctx.read(Permission::TransactionsRead, async move |tx| load(tx, purchase_id).await).await
}

/// Marks an undone sale as settled. For the people of the platform.
///
/// # Errors
/// `not_allowed` for anybody else; `not_found` for any other purchase; `wrong_state` when it is settled; `invalid_input` on `reason`.
pub async fn undone_sale_settle(ctx: &OpCtx, command: UndoneSaleSettle) -> Result<UndoneSaleView> {
    require_console(ctx, Permission::TransactionsWrite)?;
    let UndoneSaleSettle { purchase_id, reason } = command.validate().map_err(Error::invalid)?;
    let user = ctx.user_id()?;
    ctx.tx("settlement.undone_sale_settle", Permission::TransactionsWrite, async move |tx| {
        let now = tx.ctx().now();
        let (redeemed, settled_at): (i32, Option<DateTime<Utc>>) = undone_sales::table
            .find(purchase_id)
            .for_update()
            .select((undone_sales::redeemed, undone_sales::settled_at))
            .first(tx.conn()?)
            .await?;
        if settled_at.is_some() {
            return Err(Error::new(ErrorCode::WrongState));
        }
        diesel::update(undone_sales::table.find(purchase_id))
            .set((
                undone_sales::settled_at.eq(now),
                undone_sales::settled_by.eq(user),
                undone_sales::settled_reason.eq(&reason),
            ))
            .execute(tx.conn()?)
            .await?;
        tx.emit(OrdersEvent::UndoneSaleSettled { purchase_id, redeemed, reason_given: true }).await?;
        load(tx, purchase_id).await?.ok_or_else(Error::not_found)
    })
    .await
}

#[derive(QueryableByName)]
struct RedeemedRow {
    #[diesel(sql_type = sql_types::Uuid)]
    id: CertificateId,
    #[diesel(sql_type = sql_types::Text)]
    title: String,
    #[diesel(sql_type = sql_types::Text)]
    provider: String,
    #[diesel(sql_type = sql_types::BigInt)]
    unit_price_minor: i64,
    #[diesel(sql_type = sql_types::Text)]
    currency: Currency,
    #[diesel(sql_type = sql_types::Timestamptz)]
    redeemed_at: DateTime<Utc>,
}

type SettlementColumns = (Option<DateTime<Utc>>, Option<String>, Option<String>);

async fn load(tx: &mut Tx, purchase_id: PurchaseId) -> Result<Option<UndoneSaleView>> {
    let found: Option<(DateTime<Utc>, SettlementColumns)> = undone_sales::table
        .left_join(users::table.on(undone_sales::settled_by.eq(users::id.nullable())))
        .filter(undone_sales::purchase_id.eq(purchase_id))
        .select((
            undone_sales::undone_at,
            (undone_sales::settled_at, users::name.nullable(), undone_sales::settled_reason),
        ))
        .first(tx.conn()?)
        .await
        .optional()?;
    let Some((undone_at, settlement)) = found else { return Ok(None) };
    let now = tx.ctx().now();
    let payment = payments::payment_of_purchase(tx, purchase_id).await?.view(now);
    let redeemed = load_redeemed(tx, purchase_id).await?;
    Ok(Some(UndoneSaleView {
        purchase_id,
        undone_at,
        total: payment.amount,
        refunded: payment.refunded,
        earned: Money::sum(redeemed.iter().map(|one| one.price), payment.amount.currency)?,
        redeemed,
        settlement: match settlement {
            (Some(settled_at), Some(settled_by), Some(reason)) => {
                Some(SaleSettlement { settled_at, settled_by, reason })
            }
            _ => None,
        },
    }))
}

async fn load_redeemed(tx: &mut Tx, purchase_id: PurchaseId) -> Result<Vec<RedeemedCertificate>> {
    let rows: Vec<RedeemedRow> = diesel::sql_query(
        "SELECT c.id, c.title, coalesce(o.name, '') AS provider, l.unit_price_minor, t.currency, c.redeemed_at
         FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
         LEFT JOIN organisations o ON o.id = c.seller_org_id
         WHERE t.purchase_id = $1 AND c.status = 'redeemed' ORDER BY c.redeemed_at, c.id",
    )
    .bind::<sql_types::Uuid, _>(purchase_id)
    .prepared()
    .load(tx.conn()?)
    .await?;
    let view = |row: RedeemedRow| RedeemedCertificate {
        id: row.id,
        title: row.title,
        provider: row.provider,
        price: Money::new(row.unit_price_minor, row.currency),
        redeemed_at: row.redeemed_at,
    };
    Ok(rows.into_iter().map(view).collect())
}
