//! What happens to saved views of lists.

use contracts::{ids::SavedViewId, permission::Level, views::ListName};
use serde::Serialize;

use super::{AuditAction, Channels, DomainEvent, Entity, Retention};

/// A fact about saved views.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ViewsEvent {
    /// A view was saved.
    Saved {
        /// The view.
        #[serde(skip)]
        view_id: SavedViewId,
        /// The list it is of.
        list: ListName,
        /// Whether the organisation sees it.
        shared: bool,
    },
    /// A view was renamed or shared, or is shared no longer.
    Changed {
        /// The view.
        #[serde(skip)]
        view_id: SavedViewId,
        /// Whether the organisation saw it before.
        from_shared: bool,
        /// Whether the organisation sees it since.
        shared: bool,
    },
    /// The navigation opens a list with the view.
    OpenedFor {
        /// The view.
        #[serde(skip)]
        view_id: SavedViewId,
        /// The list it is of.
        list: ListName,
        /// The levels it opens for.
        levels: Vec<Level>,
    },
    /// A view was deleted.
    Deleted {
        /// The view.
        #[serde(skip)]
        view_id: SavedViewId,
        /// The list it was of.
        list: ListName,
        /// Whether the organisation saw it.
        shared: bool,
    },
}

impl DomainEvent for ViewsEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let (action, view_id) = match *self {
            Self::Saved { view_id, .. } => (AuditAction::ViewSaved, view_id),
            Self::Changed { view_id, .. } => (AuditAction::ViewChanged, view_id),
            Self::OpenedFor { view_id, .. } => (AuditAction::ViewOpenedFor, view_id),
            Self::Deleted { view_id, .. } => (AuditAction::ViewDeleted, view_id),
        };
        Channels::record(action, Entity::SavedView(view_id), Retention::Draft)
    }
}
