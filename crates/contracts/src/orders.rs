//! Purchases and their transactions (one seller's order each), as pages and the API see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bounds::{AmountBounds, DayBounds},
    catalog::PriceTraceStep,
    ids::{LineId, OrgId, PurchaseId, ServiceId, ServiceVersionId, TransactionId},
    money::{Money, MoneyError},
    page::PageSize,
    payments::PaymentView,
    states::{PurchaseStatus, TransactionStatus},
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

/// Maximum total of a purchase, in minor units: a payment cannot be larger.
pub const MAX_TOTAL_MINOR: i64 = 99_999_999_999;

/// Turns the cart into purchases: one per currency named in `confirmed_totals`. Lines in other currencies stay in the cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PurchaseInitiate {
    /// 8 to 128 characters, new for each checkout. Repeating a request with the same key creates no further purchases.
    pub idempotency_key: String,
    /// Totals that the buyer has confirmed, one per currency. If the cart has other totals, the request is refused as `cart_changed`.
    pub confirmed_totals: Vec<Money>,
    /// Digests that the cart returned with these totals. If given, a cart with the same totals but other contents is also refused
    /// as `cart_changed`.
    #[serde(default)]
    pub confirmed_digests: Vec<String>,
}

impl PurchaseInitiate {
    /// Creates the command for one total and the digest shown with it; an empty digest means none.
    pub fn of(idempotency_key: String, total: Money, digest: String) -> Self {
        let confirmed_digests = if digest.is_empty() { Vec::new() } else { vec![digest] };
        Self { idempotency_key, confirmed_totals: vec![total], confirmed_digests }
    }

    /// Returns the command if its fields are valid, with totals sorted by currency and digests sorted: the idempotency record
    /// compares the whole command.
    ///
    /// # Errors
    /// Errors under `idempotency_key` and `confirmed_totals`.
    pub fn validate(mut self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        errors.check(is_idempotency_key(&self.idempotency_key), "idempotency_key", IDEMPOTENCY_KEY_RULE);
        errors.check(
            !self.confirmed_totals.is_empty(),
            "confirmed_totals",
            "Confirm the total of at least one currency.",
        );
        self.confirmed_totals.sort_by_key(|total| total.currency);
        self.confirmed_digests.sort_unstable();
        let twice = self
            .confirmed_totals
            .windows(2)
            .any(|pair| pair.first().map(|t| t.currency) == pair.last().map(|t| t.currency));
        errors.check(!twice, "confirmed_totals", "Confirm each currency once.");
        errors.check(
            self.confirmed_totals.iter().all(|total| total.amount_minor > 0),
            "confirmed_totals",
            "Each confirmed total must be above zero.",
        );
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

/// Message for a key that [`is_idempotency_key`] refuses.
pub const IDEMPOTENCY_KEY_RULE: &str =
    "The idempotency key must be 8 to 128 letters, digits and symbols, without spaces.";

/// True for a valid idempotency key: 8 to 128 visible ASCII characters.
pub fn is_idempotency_key(key: &str) -> bool {
    (8..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Purchases that checkout created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseInitiated {
    /// One purchase per currency.
    pub purchases: Vec<PurchaseStarted>,
}

/// A purchase that awaits payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseStarted {
    /// The purchase.
    pub id: PurchaseId,
    /// Purchase number.
    pub number: String,
    /// Status.
    pub status: PurchaseStatus,
    /// Amount due.
    pub total: Money,
    /// Payment; send the payer to `payment.hosted_url`.
    pub payment: PaymentView,
}

/// Asks the payment provider for the outcome of a purchase's payment. The payer's return to the site does not prove payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PurchaseComplete {
    /// The purchase.
    pub purchase_id: PurchaseId,
}

text_enum! {
    /// Decisions about a sale whose price was partly refunded.
    #[cfg_attr(feature = "openapi", schema(as = RefundAct))]
    RefundAction { Keep = "keep", Undo = "undo" }
}

/// Decides on a purchase whose price was partly refunded at the payment provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundDecision {
    /// The purchase.
    pub purchase_id: PurchaseId,
    /// `keep`: the certificates become valid again. `undo`: the unredeemed certificates are revoked, and the platform owes the buyer
    /// the rest of the price.
    pub act: RefundAction,
    /// Reason, shown in the history of the certificates. 3 to 500 characters.
    pub reason: String,
}

impl RefundDecision {
    /// Returns the command with its reason trimmed, if valid.
    ///
    /// # Errors
    /// Error under `reason`.
    pub fn validate(mut self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        self.reason = validate::text(&mut errors, "reason", &self.reason, 3, 500);
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

text_enum! {
    /// Recipient of a commission.
    CommissionKind { Platform = "platform", Intermediary = "intermediary" }
}

/// A share of a line, frozen when the order was placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommissionView {
    /// Recipient of the share.
    pub kind: CommissionKind,
    /// Rate, in hundredths of a percent.
    pub basis_points: u32,
    /// The share.
    pub amount: Money,
}

/// One service in a transaction, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineView {
    /// The line.
    pub id: LineId,
    /// The service.
    pub service_id: ServiceId,
    /// The version that was bought.
    pub version_id: ServiceVersionId,
    /// Title at the time of purchase.
    pub title: String,
    /// Number of units.
    pub quantity: u32,
    /// Price per unit.
    pub unit: Money,
    /// Total price.
    pub gross: Money,
    /// Amount the seller receives.
    pub seller_net: Money,
    /// Other shares; together with `seller_net` they add up to `gross`.
    pub commissions: Vec<CommissionView>,
    /// Rules that led to the price, in order.
    pub trace: Vec<PriceTraceStep>,
}

/// One seller's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransactionView {
    /// The transaction.
    pub id: TransactionId,
    /// The purchase it belongs to.
    pub purchase_id: PurchaseId,
    /// Buying organisation.
    pub buyer_org_id: OrgId,
    /// The buyer's name.
    pub buyer_name: String,
    /// Selling organisation.
    pub seller_org_id: OrgId,
    /// The seller's name.
    pub seller_name: String,
    /// Status.
    pub status: TransactionStatus,
    /// Sum of the lines.
    pub gross: Money,
    /// Amount the seller receives.
    pub seller_net: Money,
    /// Time the order was placed.
    pub created_at: DateTime<Utc>,
    /// Lines of the order.
    pub lines: Vec<LineView>,
}

impl TransactionView {
    /// Returns the shares of others over all lines, one for each recipient and rate, as the ledger books them.
    ///
    /// # Errors
    /// [`MoneyError`] for sums that do not fit.
    pub fn commissions(&self) -> Result<Vec<CommissionView>, MoneyError> {
        let mut sums: Vec<CommissionView> = Vec::new();
        for share in self.lines.iter().flat_map(|line| &line.commissions) {
            match sums.iter_mut().find(|sum| sum.kind == share.kind && sum.basis_points == share.basis_points)
            {
                Some(sum) => sum.amount = sum.amount.checked_add(share.amount)?,
                None => sums.push(share.clone()),
            }
        }
        Ok(sums)
    }
}

/// A purchase in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseSummary {
    /// The purchase.
    pub id: PurchaseId,
    /// Purchase number.
    pub number: String,
    /// Name of the buyer.
    pub buyer_name: String,
    /// Status.
    pub status: PurchaseStatus,
    /// Total amount.
    pub total: Money,
    /// Client the purchase was made for.
    pub on_behalf_of: Option<String>,
    /// Time the purchase was created.
    pub created_at: DateTime<Utc>,
    /// Number of sellers.
    pub sellers: u32,
    /// Number of units.
    pub units: u64,
}

/// A purchase with its orders and its payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchaseView {
    /// The purchase.
    pub id: PurchaseId,
    /// Purchase number.
    pub number: String,
    /// Status.
    pub status: PurchaseStatus,
    /// Total amount.
    pub total: Money,
    /// Client the purchase was made for.
    pub on_behalf_of: Option<String>,
    /// Name of the person who made the purchase.
    pub created_by: String,
    /// Time the purchase was created.
    pub created_at: DateTime<Utc>,
    /// End of the reservation; an unpaid purchase expires then.
    pub expires_at: DateTime<Utc>,
    /// Time the purchase was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// One order per seller.
    pub transactions: Vec<TransactionView>,
    /// Payment.
    pub payment: PaymentView,
}

/// An order in a list: a transaction as its seller or its buyer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransactionSummary {
    /// The transaction.
    pub id: TransactionId,
    /// Name of the buyer.
    pub buyer_name: String,
    /// Name of the seller.
    pub seller_name: String,
    /// Status.
    pub status: TransactionStatus,
    /// Sum of the lines.
    pub gross: Money,
    /// Amount the seller receives.
    pub seller_net: Money,
    /// Units in it.
    pub units: u64,
    /// Time the order was placed.
    pub created_at: DateTime<Utc>,
}

impl TransactionId {
    /// Returns a short reference for people: the last eight digits of the ID.
    pub fn reference(self) -> String {
        let digits = self.0.simple().to_string().to_ascii_uppercase();
        format!("T-{}", digits.get(24..).unwrap_or_default())
    }
}

text_enum! {
    /// Sort orders of purchases and orders.
    #[derive(Default)]
    TradeSort {
        #[default]
        Newest = "newest",
        Oldest = "oldest",
        /// By currency, then by amount.
        Dearest = "dearest",
        Cheapest = "cheapest",
        /// By the buyer's name.
        Party = "party",
        PartyBack = "party_back",
        /// By the seller's name; of a purchase from several sellers by the first of their names.
        Seller = "seller",
        SellerBack = "seller_back",
        /// By the client's name; without a client first.
        Client = "client",
        ClientBack = "client_back",
        State = "state",
        StateBack = "state_back",
    }
}

/// Parsed filter of a list of purchases or transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TradeTerms {
    /// Search text: words of a number, reference or name; `None` filters nothing.
    pub words: Option<String>,
    /// Days of creation.
    pub days: DayBounds,
    /// Range of amounts; `None` filters nothing.
    pub amounts: Option<AmountBounds>,
}

impl TradeTerms {
    fn read([q, from, to, time_zone, currency, min, max]: [&str; 7]) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let words = validate::words(q);
        errors.check(words.chars().count() <= 200, "q", "Search text must be at most 200 characters.");
        let terms = Self {
            words: Some(words).filter(|words| !words.is_empty()),
            days: DayBounds::read(&mut errors, from, to, time_zone),
            amounts: AmountBounds::read(&mut errors, currency, min, max),
        };
        if errors.is_empty() { Ok(terms) } else { Err(errors) }
    }
}

/// Filter of a list of purchases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct PurchaseFilter {
    /// Only purchases with this status.
    #[serde(default)]
    pub status: Option<PurchaseStatus>,
    /// Only purchases paid in this many past days; purchases not paid count by their day of creation.
    #[serde(default)]
    pub days: Option<u16>,
    /// Only rows with this number or reference, or with these words in the name of a buyer, seller or client.
    #[serde(default)]
    pub q: String,
    /// Created on or after this day, `2026-11-22`.
    #[serde(default)]
    pub from: String,
    /// Created on or before this day.
    #[serde(default)]
    pub to: String,
    /// Time zone in which these days begin and end, such as `Asia/Tokyo`; UTC by default.
    #[serde(default)]
    pub time_zone: String,
    /// Only in this currency; required with an amount.
    #[serde(default)]
    pub currency: String,
    /// This amount or more.
    #[serde(default)]
    pub min: String,
    /// This amount or less.
    #[serde(default)]
    pub max: String,
    /// Sort order.
    #[serde(default)]
    pub sort: TradeSort,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: Option<String>,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: Option<String>,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}

impl PurchaseFilter {
    /// Parses the typed filters.
    ///
    /// # Errors
    /// Errors under `q`, `from`, `to`, `currency`, `min` and `max`.
    pub fn terms(&self) -> Result<TradeTerms, FieldErrors> {
        let Self { q, from, to, time_zone, currency, min, max, .. } = self;
        TradeTerms::read([q, from, to, time_zone, currency, min, max])
    }
}

/// Filter of a list of transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct TransactionFilter {
    /// Only orders with this status.
    #[serde(default)]
    pub status: Option<TransactionStatus>,
    /// Only orders placed in this many past days.
    #[serde(default)]
    pub days: Option<u16>,
    /// Only rows with this number or reference, or with these words in the name of a buyer, seller or client.
    #[serde(default)]
    pub q: String,
    /// Created on or after this day, `2026-11-22`.
    #[serde(default)]
    pub from: String,
    /// Created on or before this day.
    #[serde(default)]
    pub to: String,
    /// Time zone in which these days begin and end, such as `Asia/Tokyo`; UTC by default.
    #[serde(default)]
    pub time_zone: String,
    /// Only in this currency; required with an amount.
    #[serde(default)]
    pub currency: String,
    /// This amount or more.
    #[serde(default)]
    pub min: String,
    /// This amount or less.
    #[serde(default)]
    pub max: String,
    /// Sort order.
    #[serde(default)]
    pub sort: TradeSort,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: Option<String>,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: Option<String>,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}

impl TransactionFilter {
    /// Parses the typed filters.
    ///
    /// # Errors
    /// Errors under `q`, `from`, `to`, `currency`, `min` and `max`.
    pub fn terms(&self) -> Result<TradeTerms, FieldErrors> {
        let Self { q, from, to, time_zone, currency, min, max, .. } = self;
        TradeTerms::read([q, from, to, time_zone, currency, min, max])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_checkout_confirms_each_currency_once_and_above_zero() {
        let command = |totals: Vec<Money>| PurchaseInitiate {
            idempotency_key: "checkout-1".to_owned(),
            confirmed_totals: totals,
            confirmed_digests: Vec::new(),
        };
        let (euro, dollar) = (Money::new(100, Currency::Eur), Money::new(5, Currency::Usd));
        let sorted = command(vec![dollar, euro]).validate().unwrap().confirmed_totals;
        assert_eq!(sorted, [euro, dollar]);
        for bad in [vec![], vec![euro, dollar, euro], vec![Money::zero(Currency::Eur)]] {
            assert!(command(bad).validate().unwrap_err().get("confirmed_totals").is_some());
        }
        for key in ["x", "checkout\u{0}1", "checkout 1"] {
            let bad = PurchaseInitiate { idempotency_key: key.to_owned(), ..command(vec![euro]) };
            assert!(bad.validate().unwrap_err().get("idempotency_key").is_some(), "{key:?}");
        }
    }
}
