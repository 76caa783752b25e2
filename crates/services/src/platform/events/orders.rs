//! What happens to purchases.

use contracts::{
    ids::{OrgId, PaymentId, PurchaseId},
    money::Money,
    page::FileFormat,
    states::{PurchaseStatus, TransactionStatus},
};
use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, Retention};

/// A fact about purchases.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum OrdersEvent {
    /// A cart became a purchase.
    PurchasePlaced {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// What is to be paid.
        total: Money,
        /// How many lines.
        lines: usize,
        /// Its payment.
        payment: PaymentId,
    },
    /// A purchase was cancelled before it was paid.
    PurchaseCancelled {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
    },
    /// A purchase ended because its whole price went back.
    PurchaseClosed {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// Why, in a word.
        code: &'static str,
    },
    /// A purchase was not paid in time.
    PurchaseExpired {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
    },
    /// The certificates of a purchase were revoked that nobody had redeemed.
    SaleUndone {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// How many units had been redeemed.
        redeemed: i64,
        /// Whether the sale was taken back: nothing had been redeemed.
        taken_back: bool,
    },
    /// An administrator settled a sale that was undone after units had been redeemed.
    UndoneSaleSettled {
        /// The purchase.
        #[serde(skip)]
        purchase_id: PurchaseId,
        /// How many units had been redeemed.
        redeemed: i32,
        /// Whether there is a reason; it stands apart, because it may name a person.
        reason_given: bool,
    },
    /// Purchases were exported.
    PurchasesExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The status that was filtered by.
        status: Option<PurchaseStatus>,
        /// The number of past days that was filtered by.
        days: Option<u16>,
    },
    /// Orders of sellers were exported.
    TransactionsExported {
        /// For which organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Rows in the file.
        rows: usize,
        /// Format of the file.
        format: FileFormat,
        /// The status that was filtered by.
        status: Option<TransactionStatus>,
        /// The number of past days that was filtered by.
        days: Option<u16>,
    },
}

impl DomainEvent for OrdersEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let purchase = |action, purchase_id| {
            Channels::record(action, Entity::Purchase(purchase_id), Retention::Business)
        };
        let export =
            |action, org_id| Channels::record(action, Entity::Organisation(org_id), Retention::Access);
        match *self {
            Self::PurchasePlaced { purchase_id, .. } => purchase(AuditAction::PurchasePlaced, purchase_id),
            Self::PurchaseCancelled { purchase_id } | Self::PurchaseClosed { purchase_id, .. } => {
                purchase(AuditAction::PurchaseCancelled, purchase_id)
            }
            Self::PurchaseExpired { purchase_id } => purchase(AuditAction::PurchaseExpired, purchase_id),
            Self::SaleUndone { purchase_id, .. } => purchase(AuditAction::SaleUndone, purchase_id),
            Self::UndoneSaleSettled { purchase_id, .. } => {
                purchase(AuditAction::UndoneSaleSettled, purchase_id)
            }
            Self::PurchasesExported { org_id, .. } => export(AuditAction::PurchasesExported, org_id),
            Self::TransactionsExported { org_id, .. } => export(AuditAction::TransactionsExported, org_id),
        }
    }
}
