//! What pages of other domains show of saved views.

mod menu;

pub use menu::ViewsMenu;
