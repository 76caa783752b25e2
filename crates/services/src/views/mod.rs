//! Saved views: named queries of lists, a person's own or shared with the organisation, and which of them the navigation opens
//! lists with.

mod changes;
mod queries;

pub use changes::{forget_private, view_change, view_delete, view_open_for, view_save};
pub use queries::{openings_of, views_list};
