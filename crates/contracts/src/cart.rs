//! The cart of a buyer organisation, as pages and the API see it. Its prices are computed each time it is read.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::PricedLine,
    error::ErrorCode,
    ids::{CartLineId, OrgId, ServiceId, ServiceVersionId},
    money::{Currency, Money},
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

/// Maximum number of units of one service in a cart.
pub const MAX_QUANTITY: u32 = 10_000;

/// Maximum number of units in a cart: all certificates of a purchase are issued in one transaction.
pub const MAX_UNITS: u32 = 10_000;

/// Maximum number of services in a cart.
pub const MAX_LINES: usize = 200;

/// Adds a service to the cart, or raises its quantity if it is already there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartAdd {
    /// The service.
    pub service_id: ServiceId,
    /// Number of units.
    pub quantity: u32,
    /// If a request is repeated with the same key, the units are added once. Without a key, every request adds them.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// A line that was removed from the cart, kept for the offer to put it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedLine {
    /// The service.
    pub service_id: ServiceId,
    /// Number of units.
    pub quantity: u32,
}

/// Sets the number of units of a cart line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartLineSet {
    /// The cart line.
    pub line_id: CartLineId,
    /// Number of units.
    pub quantity: u32,
}

/// Sets the client that an intermediary buys for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartClientSet {
    /// The client's name, 2 to 120 characters.
    pub on_behalf_of: String,
}

/// Parses a quantity as a person types it.
///
/// # Errors
/// Error under `quantity` for anything but digits, and outside 1 to 10,000.
pub fn read_quantity(text: &str) -> Result<u32, FieldErrors> {
    let mut errors = FieldErrors::new();
    validate::whole(&mut errors, "quantity", text, 1..=MAX_QUANTITY).ok_or(errors)
}

/// Checks a quantity, 1 to 10,000 units; the error is under `quantity`.
fn check_quantity(quantity: u32) -> Result<(), FieldErrors> {
    if (1..=MAX_QUANTITY).contains(&quantity) {
        Ok(())
    } else {
        Err(FieldErrors::one("quantity", "Units must be a whole number from 1 to 10,000."))
    }
}

impl CartAdd {
    /// Returns the command if its fields are valid.
    ///
    /// # Errors
    /// Error under `quantity` outside 1 to 10,000.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        check_quantity(self.quantity).map(|()| self)
    }
}

impl CartLineSet {
    /// Returns the command if its fields are valid.
    ///
    /// # Errors
    /// Error under `quantity` outside 1 to 10,000.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        check_quantity(self.quantity).map(|()| self)
    }
}

impl CartClientSet {
    /// Returns the command with the name trimmed if its fields are valid.
    ///
    /// # Errors
    /// Error under `on_behalf_of` for a name of fewer than 2 or more than 120 characters.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let on_behalf_of = validate::name(&mut errors, "on_behalf_of", &self.on_behalf_of, 2, 120);
        if errors.is_empty() { Ok(Self { on_behalf_of }) } else { Err(errors) }
    }
}

text_enum! {
    /// Why a line must be reviewed before checkout.
    CartNotice {
        /// The unit price differs from the one that the buyer last accepted.
        PriceChanged = "price_changed",
        /// The provider has published a new version since the buyer last accepted the line.
        VersionChanged = "version_changed",
        /// The service is paused, retired or deleted.
        Unavailable = "unavailable",
        /// Fewer units are left than the line asks for.
        NotEnoughLeft = "not_enough_left",
        /// The price exceeds the maximum of one payment.
        TooMuch = "too_much",
    }
}

impl CartNotice {
    /// True when the line must be changed or removed: accepting the notice is not enough.
    pub const fn blocks(self) -> bool {
        matches!(self, Self::Unavailable | Self::NotEnoughLeft | Self::TooMuch)
    }
}

/// One service in the cart, at today's price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartLineView {
    /// The line.
    pub id: CartLineId,
    /// The service.
    pub service_id: ServiceId,
    /// The version on sale today.
    pub version_id: ServiceVersionId,
    /// Title of the service.
    pub title: String,
    /// Number of units.
    pub quantity: u32,
    /// Price per unit that was last accepted.
    #[serde(rename = "seen_unit")]
    pub confirmed_unit: Money,
    /// Current price; `null` if the service is not on sale.
    pub price: Option<PricedLine>,
    /// Units left; `null` means unlimited.
    pub available: Option<u32>,
    /// Notices for the buyer.
    pub notices: Vec<CartNotice>,
}

/// The lines of one seller in one currency: they become one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartGroup {
    /// Selling organisation.
    pub seller_org_id: OrgId,
    /// The seller's name.
    pub seller_name: String,
    /// The currency of all its lines.
    pub currency: Currency,
    /// The lines, in the order they were added.
    pub lines: Vec<CartLineView>,
    /// Sum of the lines that have a price.
    pub total: Money,
}

/// The total of one purchase. Each currency is paid separately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartTotal {
    /// The amount due.
    pub total: Money,
    /// Platform fee, included in the total.
    pub platform_share: Money,
    /// Commission of the buying intermediary, included in the total.
    pub intermediary_share: Money,
    /// Number of sellers.
    pub sellers: u32,
    /// `true` if changed prices or services must be accepted first.
    pub changed: bool,
    /// `true` if a line cannot be bought as it is.
    pub blocked: bool,
    /// Digest of the services, prices and client. Send it with the order: if any of them has changed, the order is refused.
    pub digest: String,
}

/// The cart of the active organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartView {
    /// Client that an intermediary buys for.
    pub on_behalf_of: Option<String>,
    /// `true` if a client must be named before checkout.
    pub client_required: bool,
    /// Why the organisation cannot check out, whatever is in the cart; `null` once an administrator has verified it.
    pub hurdle: Option<ErrorCode>,
    /// Lines by seller and currency.
    pub groups: Vec<CartGroup>,
    /// Totals, one per currency.
    pub totals: Vec<CartTotal>,
    /// Number of lines.
    pub line_count: u32,
}

impl CartView {
    /// True when the cart has no lines.
    pub const fn is_empty(&self) -> bool {
        self.line_count == 0
    }

    /// True when the buyer must accept a changed price or version before checkout.
    pub fn is_changed(&self) -> bool {
        self.totals.iter().any(|total| total.changed)
    }

    /// Iterates over the lines of all groups.
    pub fn lines(&self) -> impl Iterator<Item = &CartLineView> {
        self.groups.iter().flat_map(|group| &group.lines)
    }
}
