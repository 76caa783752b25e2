//! Components of saved views for pages of other domains.

mod menu;

pub use menu::ViewsMenu;
#[cfg(feature = "ssr")]
pub(super) use menu::saved_address;
