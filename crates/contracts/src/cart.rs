//! The cart of a buyer organisation, as pages and the API see it. Its prices are computed each time it is read.

use std::collections::BTreeMap;

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

/// New number of units of a cart line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CartLineSet {
    /// The cart line.
    pub line_id: CartLineId,
    /// Number of units.
    pub quantity: u32,
}

/// Sets the units of lines and the client, all or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CartSave {
    /// Lines with new units.
    pub lines: Vec<CartLineSet>,
    /// Name of the client that an intermediary buys for, 2 to 120 characters; `None` leaves it as it is.
    pub on_behalf_of: Option<String>,
}

/// Key of a line in the cart's form: `line-` and the ID, because the encoding of forms takes a key that begins with a digit for a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineKey(pub CartLineId);

impl TryFrom<String> for LineKey {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        let id = key.strip_prefix("line-").and_then(|id| id.parse().ok());
        id.map(Self).ok_or_else(|| format!("{key:?} is no line"))
    }
}

impl From<LineKey> for String {
    fn from(LineKey(id): LineKey) -> Self {
        format!("line-{id}")
    }
}

/// A field of the cart's form: as it was typed, and as the page showed it before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedUnits {
    /// Units as typed.
    pub typed: String,
    /// Units that the page showed.
    #[serde(default)]
    pub shown: String,
}

impl TypedUnits {
    /// Returns the name of the field with the typed units of a line; the reason of a refusal stands under it.
    pub fn field(line_id: CartLineId) -> String {
        format!("lines[line-{line_id}][typed]")
    }

    /// Returns the name of the hidden field with the units that the page showed.
    pub fn shown_field(line_id: CartLineId) -> String {
        format!("lines[line-{line_id}][shown]")
    }
}

/// The cart's form as its page sends it. What nobody touched is not saved: a colleague may have changed it meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartForm {
    /// Units of each line.
    #[serde(default)]
    pub lines: BTreeMap<LineKey, TypedUnits>,
    /// Client as typed; empty for an organisation that buys for itself.
    #[serde(default)]
    pub on_behalf_of: String,
    /// Client that the page showed.
    #[serde(default)]
    pub on_behalf_of_shown: String,
    /// The button that was pressed: [`CLIENT`](Self::CLIENT), [`CHECKOUT`](Self::CHECKOUT) or the ID of a line.
    #[serde(default)]
    pub intent: String,
}

impl CartForm {
    /// Intent of the button that saves the client.
    pub const CLIENT: &'static str = "client";
    /// Intent of the button that leads on to checkout.
    pub const CHECKOUT: &'static str = "checkout";

    /// True when the person goes on to checkout.
    pub fn is_for_checkout(&self) -> bool {
        self.intent == Self::CHECKOUT
    }

    /// Reads what was changed.
    ///
    /// # Errors
    /// Error under the field of each line whose units cannot be read, and under `on_behalf_of` for a client that was sent and has no
    /// valid name.
    pub fn read(self) -> Result<CartSave, FieldErrors> {
        let names_client = self.intent == Self::CLIENT || self.on_behalf_of.trim() != self.on_behalf_of_shown;
        let mut errors = FieldErrors::new();
        let mut lines = Vec::new();
        for (LineKey(line_id), units) in self.lines {
            if units.typed.trim() == units.shown {
                continue;
            }
            match read_quantity(&units.typed) {
                Ok(quantity) => lines.push(CartLineSet { line_id, quantity }),
                Err(refused) => errors.add_of(&TypedUnits::field(line_id), refused),
            }
        }
        let on_behalf_of = names_client.then(|| client_name(&mut errors, &self.on_behalf_of));
        if errors.is_empty() { Ok(CartSave { lines, on_behalf_of }) } else { Err(errors) }
    }
}

/// Parses a quantity as a person types it.
///
/// # Errors
/// Error under `quantity` for anything but digits, and outside 1 to 10,000.
pub fn read_quantity(text: &str) -> Result<u32, FieldErrors> {
    let mut errors = FieldErrors::new();
    validate::whole(&mut errors, "quantity", text, 1..=MAX_QUANTITY).ok_or(errors)
}

/// Returns the client's name trimmed; adds an error unless it has 2 to 120 characters.
fn client_name(errors: &mut FieldErrors, name: &str) -> String {
    validate::name(errors, "on_behalf_of", name, 2, 120)
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

impl CartSave {
    /// True when nothing is to be saved.
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.on_behalf_of.is_none()
    }

    /// Creates the command that sets the units of one line.
    pub fn of_line(line_id: CartLineId, quantity: u32) -> Self {
        Self { lines: vec![CartLineSet { line_id, quantity }], ..Self::default() }
    }

    /// Creates the command that sets the client.
    pub fn of_client(name: impl Into<String>) -> Self {
        Self { on_behalf_of: Some(name.into()), ..Self::default() }
    }

    /// Returns the command with the name trimmed if its fields are valid.
    ///
    /// # Errors
    /// Errors under the field of each line outside 1 to 10,000 units, and under `on_behalf_of` for a name of fewer than 2 or more than
    /// 120 characters.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let on_behalf_of = self.on_behalf_of.map(|name| client_name(&mut errors, &name));
        for line in &self.lines {
            if let Err(refused) = check_quantity(line.quantity) {
                refused
                    .0
                    .into_values()
                    .for_each(|reason| errors.add(&TypedUnits::field(line.line_id), reason));
            }
        }
        if errors.is_empty() { Ok(Self { on_behalf_of, ..self }) } else { Err(errors) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn form(typed: &str, client: &str, intent: &str) -> CartForm {
        let line = LineKey(CartLineId(uuid::Uuid::nil()));
        let units = TypedUnits { typed: typed.to_owned(), shown: "2".to_owned() };
        CartForm {
            lines: BTreeMap::from([(line, units)]),
            on_behalf_of: client.to_owned(),
            on_behalf_of_shown: "Harbour".to_owned(),
            intent: intent.to_owned(),
        }
    }

    #[test]
    fn only_what_was_changed_is_saved_and_all_errors_are_told_at_once() {
        assert!(form(" 2 ", "Harbour", CartForm::CHECKOUT).read().unwrap().is_empty());
        let line_id = CartLineId(uuid::Uuid::nil());
        assert_eq!(form("3", "Harbour", "").read(), Ok(CartSave::of_line(line_id, 3)));
        assert_eq!(form("2", "Harbour", CartForm::CLIENT).read(), Ok(CartSave::of_client("Harbour")));
        assert_eq!(form("2", "Bay", "").read(), Ok(CartSave::of_client("Bay")));
        let refused = form("1,000", "", "").read().unwrap_err();
        assert!(refused.get(&TypedUnits::field(line_id)).is_some() && refused.get("on_behalf_of").is_some());
    }
}
