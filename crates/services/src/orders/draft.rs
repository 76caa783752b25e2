//! The rows of a purchase before they are written: one transaction per seller, its lines at the price that was confirmed, and the shares.

use std::collections::BTreeMap;

use contracts::{
    error::ErrorCode,
    ids::{LineId, OrgId, PurchaseId, ServiceId, ServiceVersionId, TransactionId},
    money::{Money, MoneyError},
    orders::CommissionKind,
    states::{PurchaseStatus, TransactionStatus},
};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::place::Buyer;
use crate::{
    cart::{self, PricedCartLine},
    platform::{Error, Prepare, Result, Settings, Tx, new_id},
};

/// What one seller sells in the purchase.
struct TransactionDraft {
    id: TransactionId,
    seller_org_id: OrgId,
    gross_minor: i64,
}

/// One service of a transaction.
struct LineDraft {
    id: LineId,
    transaction_id: TransactionId,
    seller_org_id: OrgId,
    service_id: ServiceId,
    version_id: ServiceVersionId,
    title: String,
    quantity: i32,
    unit_price_minor: i64,
    gross_minor: i64,
    seller_net_minor: i64,
    price_trace: serde_json::Value,
}

/// The commission that somebody earns on a line.
struct ShareDraft {
    id: Uuid,
    line_id: LineId,
    kind: CommissionKind,
    beneficiary_org_id: OrgId,
    basis_points: i32,
    amount_minor: i64,
}

/// The transactions, lines and shares of a purchase that is about to be written.
#[derive(Default)]
pub(super) struct OrderDraft {
    transactions: Vec<TransactionDraft>,
    lines: Vec<LineDraft>,
    shares: Vec<ShareDraft>,
}

impl OrderDraft {
    /// Builds the draft from the lines of one currency.
    ///
    /// # Errors
    /// `cart_changed` for a line that cannot be bought; an overflow of the amounts.
    pub(super) fn of(settings: &Settings, buyer: &Buyer, lines: &[&PricedCartLine]) -> Result<Self> {
        let mut by_seller: BTreeMap<OrgId, TransactionDraft> = BTreeMap::new();
        let mut draft = Self::default();
        for line in lines {
            let offer = line.offer.as_ref().ok_or_else(|| Error::new(ErrorCode::CartChanged))?;
            let order = by_seller.entry(offer.seller_org_id).or_insert_with(|| TransactionDraft {
                id: new_id(buyer.now),
                seller_org_id: offer.seller_org_id,
                gross_minor: 0,
            });
            draft.add(settings, buyer, order, line)?;
        }
        draft.transactions = by_seller.into_values().collect();
        Ok(draft)
    }

    fn add(
        &mut self,
        settings: &Settings,
        buyer: &Buyer,
        order: &mut TransactionDraft,
        line: &PricedCartLine,
    ) -> Result<()> {
        let changed = || Error::new(ErrorCode::CartChanged);
        let (offer, price) =
            (line.offer.as_ref().ok_or_else(changed)?, line.price.as_ref().ok_or_else(changed)?);
        let gross_minor = price.gross.amount_minor;
        order.gross_minor = order.gross_minor.checked_add(gross_minor).ok_or(MoneyError::Overflow)?;
        let parts = cart::shares(settings, price.gross, buyer.intermediary)?;
        let line_id: LineId = new_id(buyer.now);
        let mut share = |kind, beneficiary_org_id, basis_points: u32, amount: Money| {
            let basis_points = i32::try_from(basis_points).map_err(Error::internal)?;
            let amount_minor = amount.amount_minor;
            let id = new_id(buyer.now);
            self.shares.push(ShareDraft {
                id,
                line_id,
                kind,
                beneficiary_org_id,
                basis_points,
                amount_minor,
            });
            Ok::<_, Error>(())
        };
        share(
            CommissionKind::Platform,
            buyer.platform_org,
            settings.platform_commission_basis_points,
            parts.platform,
        )?;
        if let Some(amount) = parts.intermediary {
            let rate = settings.intermediary_commission_basis_points;
            share(CommissionKind::Intermediary, buyer.org_id, rate, amount)?;
        }
        self.lines.push(LineDraft {
            id: line_id,
            transaction_id: order.id,
            seller_org_id: offer.seller_org_id,
            service_id: line.service_id,
            version_id: offer.version_id,
            title: offer.title.clone(),
            quantity: i32::try_from(line.quantity).map_err(Error::internal)?,
            unit_price_minor: price.unit.amount_minor,
            gross_minor,
            seller_net_minor: parts.seller_net.amount_minor,
            price_trace: serde_json::to_value(&price.trace)?,
        });
        Ok(())
    }

    /// Writes the purchase and everything below it, in statements whose text is the same for any number of lines.
    pub(super) async fn insert(
        &self,
        tx: &mut Tx,
        buyer: &Buyer,
        purchase: (PurchaseId, &str),
        total: Money,
    ) -> Result<()> {
        self.insert_purchase(tx, buyer, purchase, total).await?;
        self.insert_lines(tx, buyer).await
    }

    async fn insert_purchase(
        &self,
        tx: &mut Tx,
        buyer: &Buyer,
        (purchase_id, number): (PurchaseId, &str),
        total: Money,
    ) -> Result<()> {
        diesel::sql_query(
            "WITH purchase AS (
               INSERT INTO purchases (id, org_id, number, status, currency, total_minor, on_behalf_of, created_by, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))
             INSERT INTO transactions (id, org_id, purchase_id, seller_org_id, status, currency, gross_minor)
             SELECT o.id, $2, $1, o.seller, $11, $5, o.gross FROM unnest($12::uuid[], $13::uuid[], $14::bigint[]) AS o (id, seller, gross)",
        )
        .bind::<SqlUuid, _>(purchase_id)
        .bind::<SqlUuid, _>(buyer.org_id)
        .bind::<Text, _>(number)
        .bind::<Text, _>(PurchaseStatus::Open)
        .bind::<Text, _>(total.currency)
        .bind::<BigInt, _>(total.amount_minor)
        .bind::<Nullable<Text>, _>(buyer.on_behalf_of.as_deref())
        .bind::<SqlUuid, _>(buyer.user_id)
        .bind::<Timestamptz, _>(buyer.now)
        .bind::<Timestamptz, _>(buyer.expires_at)
        .bind::<Text, _>(TransactionStatus::Placed)
        .bind::<Array<SqlUuid>, _>(column(&self.transactions, |order| order.id.0))
        .bind::<Array<SqlUuid>, _>(column(&self.transactions, |order| order.seller_org_id.0))
        .bind::<Array<BigInt>, _>(column(&self.transactions, |order| order.gross_minor))
        .prepared()
        .execute(tx.conn()?)
        .await?;
        Ok(())
    }

    async fn insert_lines(&self, tx: &mut Tx, buyer: &Buyer) -> Result<()> {
        let (lines, shares) = (&self.lines, &self.shares);
        diesel::sql_query(
            "WITH line AS (
               INSERT INTO transaction_lines (org_id, id, transaction_id, seller_org_id, service_id, version_id, title, quantity,
                 unit_price_minor, gross_minor, seller_net_minor, price_trace, position)
               SELECT $1, l.* FROM (SELECT id, transaction_id, seller, service, version, title, quantity, unit, gross, net, trace, place::integer - 1
                 FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::integer[], $9::bigint[], $10::bigint[],
                   $11::bigint[], $12::jsonb[]) WITH ORDINALITY
                   AS line (id, transaction_id, seller, service, version, title, quantity, unit, gross, net, trace, place)) l)
             INSERT INTO commission_lines (org_id, id, line_id, kind, beneficiary_org_id, basis_points, amount_minor)
             SELECT $1, share.* FROM unnest($13::uuid[], $14::uuid[], $15::text[], $16::uuid[], $17::integer[], $18::bigint[]) AS share",
        )
        .bind::<SqlUuid, _>(buyer.org_id)
        .bind::<Array<SqlUuid>, _>(column(lines, |line| line.id.0))
        .bind::<Array<SqlUuid>, _>(column(lines, |line| line.transaction_id.0))
        .bind::<Array<SqlUuid>, _>(column(lines, |line| line.seller_org_id.0))
        .bind::<Array<SqlUuid>, _>(column(lines, |line| line.service_id.0))
        .bind::<Array<SqlUuid>, _>(column(lines, |line| line.version_id.0))
        .bind::<Array<Text>, _>(column(lines, |line| line.title.as_str()))
        .bind::<Array<Integer>, _>(column(lines, |line| line.quantity))
        .bind::<Array<BigInt>, _>(column(lines, |line| line.unit_price_minor))
        .bind::<Array<BigInt>, _>(column(lines, |line| line.gross_minor))
        .bind::<Array<BigInt>, _>(column(lines, |line| line.seller_net_minor))
        .bind::<Array<Jsonb>, _>(column(lines, |line| &line.price_trace))
        .bind::<Array<SqlUuid>, _>(column(shares, |share| share.id))
        .bind::<Array<SqlUuid>, _>(column(shares, |share| share.line_id.0))
        .bind::<Array<Text>, _>(column(shares, |share| share.kind))
        .bind::<Array<SqlUuid>, _>(column(shares, |share| share.beneficiary_org_id.0))
        .bind::<Array<Integer>, _>(column(shares, |share| share.basis_points))
        .bind::<Array<BigInt>, _>(column(shares, |share| share.amount_minor))
        .prepared()
        .execute(tx.conn()?)
        .await?;
        Ok(())
    }
}

/// One column of rows, as PostgreSQL's `unnest` takes it.
fn column<'r, R, T>(rows: &'r [R], of: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
