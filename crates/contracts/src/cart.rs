//! The open selection of a buyer organisation, as pages and the API see it. Prices in it are computed when it is read.

use serde::{Deserialize, Serialize};

use crate::{
    catalog::PricedLine,
    error::ErrorCode,
    ids::{CartLineId, OrgId, ServiceId, ServiceVersionId},
    money::{Currency, Money},
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

/// Most units of one service in a cart.
pub const MAX_QUANTITY: u32 = 10_000;

/// Most units in a cart: a purchase becomes certificates in one stroke.
pub const MAX_UNITS: u32 = 10_000;

/// Most services in a cart; a purchase of more is made in several.
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

/// What was taken out of the cart, for who changes his mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedLine {
    /// The service.
    pub service_id: ServiceId,
    /// Number of units.
    pub quantity: u32,
}

/// Sets how many units of a line are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartLineSet {
    /// Which line.
    pub line_id: CartLineId,
    /// Number of units.
    pub quantity: u32,
}

/// Says for which client an intermediary buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartClientSet {
    /// The client's name, 2 to 120 characters.
    pub on_behalf_of: String,
}

/// Reads a quantity as a person types it.
///
/// # Errors
/// `quantity` for anything but digits, and outside 1 to 10,000.
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
    /// The command when it can be carried out.
    ///
    /// # Errors
    /// `quantity` outside 1 to 10,000.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        check_quantity(self.quantity).map(|()| self)
    }
}

impl CartLineSet {
    /// The command when it can be carried out.
    ///
    /// # Errors
    /// `quantity` outside 1 to 10,000.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        check_quantity(self.quantity).map(|()| self)
    }
}

impl CartClientSet {
    /// The command when it can be carried out, with the name trimmed.
    ///
    /// # Errors
    /// `on_behalf_of` of fewer than 2 or more than 120 characters.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let on_behalf_of = validate::name(&mut errors, "on_behalf_of", &self.on_behalf_of, 2, 120);
        if errors.is_empty() { Ok(Self { on_behalf_of }) } else { Err(errors) }
    }
}

text_enum! {
    /// Why a line must be reviewed before checkout.
    CartNotice {
        /// The unit price is another than when it was last agreed to.
        PriceChanged = "price_changed",
        /// The provider published a new version of the service since.
        VersionChanged = "version_changed",
        /// The service is paused, retired or gone.
        Unavailable = "unavailable",
        /// Fewer units are left than wanted.
        NotEnoughLeft = "not_enough_left",
        /// It comes to more than can be paid at once.
        TooMuch = "too_much",
    }
}

impl CartNotice {
    /// Whether agreeing is not enough: the line has to be changed or taken out.
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
    /// Whether nothing is in it.
    pub const fn is_empty(&self) -> bool {
        self.line_count == 0
    }

    /// Returns whether a price or a version has to be agreed to again.
    pub fn is_changed(&self) -> bool {
        self.totals.iter().any(|total| total.changed)
    }

    /// Every line.
    pub fn lines(&self) -> impl Iterator<Item = &CartLineView> {
        self.groups.iter().flat_map(|group| &group.lines)
    }
}
