//! Sales that were undone after units had been redeemed, as the console sees and settles them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CertificateId, PurchaseId},
    money::Money,
    validate::{self, FieldErrors},
};

/// A certificate that was redeemed before its sale was undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RedeemedCertificate {
    /// The certificate.
    pub id: CertificateId,
    /// The service.
    pub title: String,
    /// Name of the provider.
    pub provider: String,
    /// Price of the unit.
    pub price: Money,
    /// Time of redemption.
    pub redeemed_at: DateTime<Utc>,
}

/// How somebody settled an undone sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaleSettlement {
    /// Time it was marked as settled.
    pub settled_at: DateTime<Utc>,
    /// Name of the administrator.
    pub settled_by: String,
    /// Agreement that was reached.
    pub reason: String,
}

/// A sale that was undone after units had been redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndoneSaleView {
    /// The purchase.
    pub purchase_id: PurchaseId,
    /// Time the sale was undone.
    pub undone_at: DateTime<Utc>,
    /// Price of the purchase.
    pub total: Money,
    /// Amount that was refunded of it.
    pub refunded: Money,
    /// Price of the redeemed units.
    pub earned: Money,
    /// Certificates that were redeemed.
    pub redeemed: Vec<RedeemedCertificate>,
    /// How it was settled; `null` until somebody has settled it.
    pub settlement: Option<SaleSettlement>,
}

impl UndoneSaleView {
    /// Returns the amount that is still to be refunded once the redeemed units are paid. `None`: nothing is.
    pub fn still_to_refund(&self) -> Option<Money> {
        let kept = self.total.checked_sub(self.refunded).ok()?;
        kept.checked_sub(self.earned).ok().filter(|rest| rest.amount_minor > 0)
    }

    /// Returns the price of redeemed units that was refunded although the provider earned it. `None`: nothing was.
    pub fn refunded_too_much(&self) -> Option<Money> {
        let kept = self.total.checked_sub(self.refunded).ok()?;
        self.earned.checked_sub(kept).ok().filter(|lacking| lacking.amount_minor > 0)
    }
}

/// Marks an undone sale as settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UndoneSaleSettle {
    /// The purchase.
    pub purchase_id: PurchaseId,
    /// Agreement and what was done about it. 10 to 500 characters.
    pub reason: String,
}

impl UndoneSaleSettle {
    /// Returns the command with its reason trimmed, if valid.
    ///
    /// # Errors
    /// Error under `reason`.
    pub fn validate(mut self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        self.reason = validate::text(&mut errors, "reason", &self.reason, 10, 500);
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

/// An undone sale that nobody has settled yet, in the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenUndoneSale {
    /// The purchase.
    pub purchase_id: PurchaseId,
    /// Purchase number.
    pub number: String,
    /// Number of redeemed units.
    pub redeemed: u32,
    /// Time the sale was undone.
    pub undone_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn sale(refunded: i64, earned: i64) -> UndoneSaleView {
        let euro = |minor| Money::new(minor, Currency::Eur);
        UndoneSaleView {
            purchase_id: PurchaseId(uuid::Uuid::nil()),
            undone_at: DateTime::UNIX_EPOCH,
            total: euro(5_000),
            refunded: euro(refunded),
            earned: euro(earned),
            redeemed: Vec::new(),
            settlement: None,
        }
    }

    #[test]
    fn what_is_owed_and_what_is_lacking_exclude_each_other() {
        let minor = |money: Option<Money>| money.map(|money| money.amount_minor);
        for (refunded, owed, lacking) in
            [(1_000, Some(1_500), None), (2_500, None, None), (5_000, None, Some(2_500))]
        {
            let sale = sale(refunded, 2_500);
            assert_eq!((minor(sale.still_to_refund()), minor(sale.refunded_too_much())), (owed, lacking));
        }
    }
}
