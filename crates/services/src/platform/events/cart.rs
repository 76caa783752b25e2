//! What happens to carts.

use contracts::ids::{CartId, CartLineId, ServiceId};
use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, Retention};

/// A fact about a cart.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum CartEvent {
    /// Units of a service were put into the cart.
    LineAdded {
        /// The service.
        #[serde(skip)]
        service_id: ServiceId,
        /// Units in the cart since.
        quantity: u32,
    },
    /// The quantity of a line was changed.
    LineSet {
        /// The line.
        #[serde(skip)]
        line_id: CartLineId,
        /// Units in the cart since.
        quantity: u32,
    },
    /// A line was taken out.
    LineRemoved {
        /// The line.
        #[serde(skip)]
        line_id: CartLineId,
    },
    /// All lines were taken out.
    Cleared {
        /// The cart.
        #[serde(skip)]
        cart_id: CartId,
        /// How many lines there were.
        lines: usize,
    },
    /// An intermediary named the client it buys for.
    ClientSet {
        /// The cart.
        #[serde(skip)]
        cart_id: CartId,
    },
    /// The buyer agreed to today's prices and versions.
    ChangesConfirmed {
        /// The cart.
        #[serde(skip)]
        cart_id: CartId,
    },
}

impl DomainEvent for CartEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let (action, entity) = match *self {
            Self::LineAdded { service_id, .. } => (AuditAction::CartLineAdded, Entity::Service(service_id)),
            Self::LineSet { line_id, .. } => (AuditAction::CartLineSet, Entity::CartLine(line_id)),
            Self::LineRemoved { line_id } => (AuditAction::CartLineRemoved, Entity::CartLine(line_id)),
            Self::Cleared { cart_id, .. } => (AuditAction::CartCleared, Entity::Cart(cart_id)),
            Self::ClientSet { cart_id } => (AuditAction::CartClientSet, Entity::Cart(cart_id)),
            Self::ChangesConfirmed { cart_id } => (AuditAction::CartChangesConfirmed, Entity::Cart(cart_id)),
        };
        Channels::record(action, entity, Retention::Draft)
    }
}
