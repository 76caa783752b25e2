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

/// Puts a service in, or raises its quantity when it is in already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartAdd {
    /// The service.
    pub service_id: ServiceId,
    /// How many units.
    pub quantity: u32,
    /// Makes a repeated request one addition; without it each request adds.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// What was taken out of the cart, for who changes his mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedLine {
    /// The service.
    pub service_id: ServiceId,
    /// How many units.
    pub quantity: u32,
}

/// Sets how many units of a line are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CartLineSet {
    /// Which line.
    pub line_id: CartLineId,
    /// How many units.
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
    /// Why a line needs a look before paying.
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
    /// Units wanted.
    pub quantity: u32,
    /// The unit price last agreed to.
    #[serde(rename = "seen_unit")]
    pub confirmed_unit: Money,
    /// Today's price; none for a service that is not on sale.
    pub price: Option<PricedLine>,
    /// Units left; none means without limit.
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

/// The total of one purchase. Each currency is paid by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartTotal {
    /// The amount due.
    pub total: Money,
    /// Part of it that the platform keeps, included in the total.
    pub platform_share: Money,
    /// Part of it that the buying intermediary earns, included in the total.
    pub intermediary_share: Money,
    /// How many sellers share the rest.
    pub sellers: u32,
    /// True if something in it needs a look first.
    pub changed: bool,
    /// True if something in it cannot be bought as it stands.
    pub blocked: bool,
    /// Stands for what would be bought, at which prices and for whom: sent with the order, nothing else is bought.
    pub digest: String,
}

/// The cart of the active organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartView {
    /// The client an intermediary buys for.
    pub on_behalf_of: Option<String>,
    /// True if a client has to be named before paying.
    pub client_required: bool,
    /// Why the organisation may not check out, whatever is in the cart; none once an administrator has verified it.
    pub hurdle: Option<ErrorCode>,
    /// Lines by seller and currency.
    pub groups: Vec<CartGroup>,
    /// One per currency, in the order of the currencies.
    pub totals: Vec<CartTotal>,
    /// How many lines there are.
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
