//! The frame around every page: bars, side navigation, skip link, theme, footer, and the pages shown in place of failed ones. Begin with
//! `frames`.

pub mod announcer;
pub mod connection;
pub mod demo;
pub mod error_page;
pub mod footer;
pub mod frames;
pub mod get_forms;
pub mod install;
pub mod legal;
pub mod paths;
#[cfg(feature = "hydrate")]
mod service_worker;
pub mod shortcuts;
pub mod side_nav;
pub mod skip;
pub mod stale;
pub mod theme;
pub mod top_bar;
mod unsaved;
pub mod update;

pub use announcer::RouteAnnouncer;
#[cfg(feature = "hydrate")]
pub(crate) use connection::browser::heard;
pub use connection::{OfflineBanner, provide_connection};
pub use demo::{DemoMark, IsDemo, provide_demo_mark};
pub use error_page::{ErrorKind, ErrorPage};
pub use footer::Footer;
#[cfg(feature = "ssr")]
pub use footer::footer_html;
pub use frames::{ConsoleFrame, Frame, PublicFrame, SignedInFrame};
pub use get_forms::GetForms;
pub use install::{InstallEntry, InstallHelp, provide_install};
pub use legal::{LegalLinks, LegalNote};
pub use shortcuts::{ShortcutsEntry, provide_shortcuts};
#[cfg(feature = "ssr")]
pub(crate) use side_nav::entries_of;
pub use side_nav::{NavItem, SideNav, nav_items_for, start_of};
pub use skip::SkipLink;
pub use stale::{StalePage, provide_stale_page};
#[cfg(feature = "hydrate")]
pub(crate) use stale::{signed_out, stale};
pub use theme::{Theme, ThemeSwitch, provide_theme};
pub use top_bar::{TopBar, bar_html};
pub(crate) use unsaved::keep_typed;
#[cfg(feature = "hydrate")]
pub use unsaved::restore_typed;
pub use update::{UpdatePrompt, provide_updates};
