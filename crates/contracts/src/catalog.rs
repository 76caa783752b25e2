//! Services and the market, as pages and the API see them.

mod pricing;

use serde::{Deserialize, Serialize};

pub use pricing::{MAX_PRICE_STEPS, PriceRule, PriceStep, PriceTraceStep, PricedLine, Pricing};

use crate::{
    ids::{OrgId, ServiceId, ServiceVersionId},
    states::ServiceStatus,
};

/// What a buyer can be sold today: the published version of a service, its price and how much is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The service.
    pub service_id: ServiceId,
    /// The version that would be bought.
    pub version_id: ServiceVersionId,
    /// Who sells it.
    pub seller_org_id: OrgId,
    /// The seller's name.
    pub seller_name: String,
    /// The service's title.
    pub title: String,
    /// Only a published service may be bought.
    pub status: ServiceStatus,
    /// What so many units cost.
    pub pricing: Pricing,
    /// Days a certificate is valid after purchase.
    pub validity_days: u32,
    /// Units left; none means without limit.
    pub available: Option<i32>,
}

impl Offer {
    /// Whether `quantity` units could be bought now.
    pub fn can_supply(&self, quantity: u32) -> bool {
        self.status == ServiceStatus::Published
            && self.available.is_none_or(|left| u32::try_from(left).is_ok_and(|left| quantity <= left))
    }
}
