//! The cart at today's prices: what is on sale, what changed since it was agreed to, what each currency comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::{
    cart::{CartGroup, CartLineView, CartNotice, CartTotal, CartView},
    catalog::{Offer, PricedLine},
    identity::OrganisationKind,
    ids::{CartId, CartLineId, OrgId, ServiceId},
    money::{Currency, Money},
    orders::MAX_TOTAL_MINOR,
    states::ServiceStatus,
};

use super::{
    queries::{self, CartRow, LineRow},
    shares,
};
use crate::{
    catalog,
    platform::{Error, Result, Tx, sha256},
};

/// A cart with today's offers.
pub struct PricedCart {
    /// The cart; none while nothing was ever put in.
    pub id: Option<CartId>,
    /// The client an intermediary buys for.
    pub on_behalf_of: Option<String>,
    /// In the order they were added.
    pub lines: Vec<PricedCartLine>,
}

/// A line with today's offer.
pub struct PricedCartLine {
    /// The line.
    pub id: CartLineId,
    /// The service.
    pub service_id: ServiceId,
    /// Units wanted.
    pub quantity: u32,
    /// What is on sale; none when the service is gone.
    pub offer: Option<Offer>,
    /// Its price at this quantity; none when it cannot be bought.
    pub price: Option<PricedLine>,
    /// What needs a look.
    pub notices: Vec<CartNotice>,
    row: LineRow,
}

impl PricedCart {
    /// How many units are in it.
    pub fn units(&self) -> i64 {
        self.lines.iter().map(|line| i64::from(line.quantity)).sum()
    }

    /// Returns a digest of what would be bought in a currency: two digests are equal when services, versions, units, prices and the client
    /// are.
    pub fn digest(&self, currency: Currency) -> Result<String> {
        let facts: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.currency() == currency)
            .map(|line| {
                let version = line.offer.as_ref().map(|offer| offer.version_id);
                (line.service_id, version, line.quantity, line.price.as_ref().map(|price| price.unit))
            })
            .collect();
        Ok(URL_SAFE_NO_PAD.encode(sha256(serde_json::to_vec(&(&self.on_behalf_of, facts))?)))
    }
}

impl PricedCartLine {
    /// Returns whether there is a change that has to be confirmed.
    pub fn is_changed(&self) -> bool {
        self.notices.iter().any(|notice| !notice.blocks())
    }

    /// Returns whether the line cannot be bought without a change.
    pub fn is_blocked(&self) -> bool {
        self.price.is_none() || self.notices.iter().any(|notice| notice.blocks())
    }

    /// The currency it is sold in today, or was when it was added.
    pub fn currency(&self) -> Currency {
        self.offer.as_ref().map_or(self.row.currency, |offer| offer.pricing.base.currency)
    }

    /// Today's unit price at another quantity, in minor units; none when it is not on sale.
    pub(super) fn unit_at(&self, quantity: u32) -> Result<Option<i64>> {
        let on_sale = self.offer.as_ref().filter(|_| self.price.is_some());
        Ok(on_sale
            .map(|offer| offer.pricing.price(quantity))
            .transpose()?
            .map(|price| price.unit.amount_minor))
    }

    fn new(row: LineRow, offer: Option<Offer>) -> Result<Self> {
        let quantity = u32::try_from(row.quantity).map_err(Error::internal)?;
        let on_sale = offer.as_ref().filter(|offer| offer.status == ServiceStatus::Published);
        // one price that nobody can pay leaves the rest of the cart as it is
        let price = on_sale
            .and_then(|offer| offer.pricing.price(quantity).ok())
            .filter(|price| price.gross.amount_minor <= MAX_TOTAL_MINOR);
        let mut notices = Vec::new();
        match (on_sale, &price) {
            (Some(offer), Some(price)) => {
                let seen = Money::new(row.confirmed_unit_price_minor, row.currency);
                if price.unit != seen {
                    notices.push(CartNotice::PriceChanged);
                }
                if offer.version_id != row.confirmed_version_id {
                    notices.push(CartNotice::VersionChanged);
                }
                if !offer.can_supply(quantity) {
                    notices.push(CartNotice::NotEnoughLeft);
                }
            }
            (Some(_), None) => notices.push(CartNotice::TooMuch),
            (None, _) => notices.push(CartNotice::Unavailable),
        }
        Ok(Self { id: row.id, service_id: row.service_id, quantity, offer, price, notices, row })
    }

    fn seller(&self) -> (OrgId, &str) {
        self.offer.as_ref().map_or((self.row.seller_org_id, self.row.seller_name.as_str()), |offer| {
            (offer.seller_org_id, offer.seller_name.as_str())
        })
    }

    fn view(&self) -> CartLineView {
        let offer = self.offer.as_ref();
        CartLineView {
            id: self.id,
            service_id: self.service_id,
            version_id: offer.map_or(self.row.confirmed_version_id, |offer| offer.version_id),
            title: offer.map_or(&self.row.title, |offer| &offer.title).clone(),
            quantity: self.quantity,
            confirmed_unit: Money::new(self.row.confirmed_unit_price_minor, self.row.currency),
            price: self.price.clone(),
            available: offer.and_then(|offer| offer.available).map(|left| u32::try_from(left).unwrap_or(0)),
            notices: self.notices.clone(),
        }
    }
}

/// Loads the active organisation's cart and prices it with today's offers.
pub async fn price_cart(tx: &mut Tx) -> Result<PricedCart> {
    let cart = queries::cart_find(tx).await?;
    price_optional(tx, cart).await
}

/// Locks the active organisation's cart until the transaction ends and prices it: members of one organisation check out one after the other.
///
/// # Errors
/// `organisation_unverified` and the like when the organisation may not trade now, whatever it might when the request came.
pub async fn lock_and_price_cart(tx: &mut Tx) -> Result<PricedCart> {
    let Some((cart, status)) = queries::cart_find_locked(tx).await? else {
        return price_optional(tx, None).await;
    };
    match status.trading_block() {
        Some(block) => Err(Error::new(block)),
        None => price_optional(tx, Some(cart)).await,
    }
}

async fn price_optional(tx: &mut Tx, cart: Option<CartRow>) -> Result<PricedCart> {
    match cart {
        Some(cart) => price(tx, cart, Vec::new()).await,
        None => Ok(PricedCart { id: None, on_behalf_of: None, lines: Vec::new() }),
    }
}

/// Prices a cart; offers that are `known` are not read again.
async fn price(tx: &mut Tx, cart: CartRow, known: Vec<Offer>) -> Result<PricedCart> {
    let rows = queries::lines(tx, cart.id).await?;
    let mut offers: HashMap<ServiceId, Offer> =
        known.into_iter().map(|offer| (offer.service_id, offer)).collect();
    let missing: Vec<ServiceId> =
        rows.iter().map(|row| row.service_id).filter(|id| !offers.contains_key(id)).collect();
    if !missing.is_empty() {
        let read = catalog::offers(tx, &missing).await?;
        offers.extend(read.into_iter().map(|offer| (offer.service_id, offer)));
    }
    let lines = rows
        .into_iter()
        .map(|row| {
            let offer = offers.remove(&row.service_id);
            PricedCartLine::new(row, offer)
        })
        .collect::<Result<_>>()?;
    Ok(PricedCart { id: Some(cart.id), on_behalf_of: cart.on_behalf_of, lines })
}

/// Returns the view of the cart of the active organisation.
pub(super) async fn view(tx: &mut Tx) -> Result<CartView> {
    let cart = price_cart(tx).await?;
    into_view(tx, cart)
}

/// Returns the view of a cart that was just changed; the offers in `known` are not read again.
pub(super) async fn view_of(tx: &mut Tx, cart: CartRow, known: Vec<Offer>) -> Result<CartView> {
    let cart = price(tx, cart, known).await?;
    into_view(tx, cart)
}

fn into_view(tx: &Tx, cart: PricedCart) -> Result<CartView> {
    let organisation = tx.ctx().organisation()?.clone();
    let intermediary = organisation.kind == OrganisationKind::Intermediary;
    let mut by_currency: BTreeMap<Currency, Vec<&PricedCartLine>> = BTreeMap::new();
    for line in &cart.lines {
        by_currency.entry(line.currency()).or_default().push(line);
    }
    let settings = &tx.ctx().platform().settings;
    let totals = by_currency
        .iter()
        .map(|(currency, lines)| {
            let digest = cart.digest(*currency)?;
            total(settings, (*currency, digest), lines, intermediary)
        })
        .collect::<Result<_>>()?;
    Ok(CartView {
        client_required: intermediary && cart.on_behalf_of.is_none(),
        hurdle: organisation.status.trading_block(),
        groups: groups(&cart.lines)?,
        totals,
        line_count: u32::try_from(cart.lines.len()).map_err(Error::internal)?,
        on_behalf_of: cart.on_behalf_of,
    })
}

fn groups(lines: &[PricedCartLine]) -> Result<Vec<CartGroup>> {
    let mut groups: Vec<CartGroup> = Vec::new();
    for line in lines {
        let ((seller_org_id, seller_name), currency) = (line.seller(), line.currency());
        let gross = line.price.as_ref().map_or(Money::zero(currency), |price| price.gross);
        let known = groups
            .iter_mut()
            .find(|group| group.seller_org_id == seller_org_id && group.currency == currency);
        if let Some(group) = known {
            group.total = group.total.checked_add(gross)?;
            group.lines.push(line.view());
        } else {
            let seller_name = seller_name.to_owned();
            let lines = vec![line.view()];
            groups.push(CartGroup { seller_org_id, seller_name, currency, lines, total: gross });
        }
    }
    Ok(groups)
}

fn total(
    settings: &crate::platform::Settings,
    (currency, digest): (Currency, String),
    lines: &[&PricedCartLine],
    intermediary: bool,
) -> Result<CartTotal> {
    let zero = Money::zero(currency);
    let mut sum = CartTotal {
        total: zero,
        platform_share: zero,
        intermediary_share: zero,
        sellers: 0,
        changed: false,
        blocked: false,
        digest,
    };
    let mut sellers = BTreeSet::new();
    for line in lines {
        sum.changed |= line.is_changed();
        sum.blocked |= line.is_blocked();
        sellers.insert(line.seller().0);
        if let Some(price) = &line.price {
            let parts = shares(settings, price.gross, intermediary)?;
            sum.total = sum.total.checked_add(price.gross)?;
            sum.platform_share = sum.platform_share.checked_add(parts.platform)?;
            sum.intermediary_share =
                sum.intermediary_share.checked_add(parts.intermediary.unwrap_or(zero))?;
        }
    }
    sum.sellers = u32::try_from(sellers.len()).map_err(Error::internal)?;
    Ok(sum)
}
