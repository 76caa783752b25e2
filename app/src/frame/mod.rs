//! What is around a page: bars, rail, skip link, theme, footer, and the pages that stand in for a page that failed.

pub mod announcer;
pub mod connection;
pub mod demo;
pub mod error_page;
pub mod footer;
pub mod frames;
pub mod install;
pub mod paths;
pub mod rail;
pub mod shortcuts;
pub mod skip;
pub mod stale;
pub mod theme;
pub mod top_bar;
pub mod update;
#[cfg(feature = "hydrate")]
mod worker;

pub use announcer::RouteAnnouncer;
#[cfg(feature = "hydrate")]
pub(crate) use connection::browser::heard;
pub use connection::{OfflineBanner, provide_connection};
pub use demo::{DemoMark, IsDemo, provide_demo_mark};
pub use error_page::{ErrorKind, ErrorPage};
pub use footer::Footer;
pub use frames::{ConsoleFrame, Frame, PublicFrame, SignedInFrame};
pub use install::{InstallEntry, InstallHelp, provide_install};
#[cfg(feature = "ssr")]
pub(crate) use rail::entries_of;
pub use rail::{NavItem, Rail, rail_for};
pub use shortcuts::{ShortcutsEntry, provide_shortcuts};
pub use skip::SkipLink;
#[cfg(feature = "hydrate")]
pub(crate) use stale::stale;
pub use stale::{StalePage, provide_stale_page};
pub use theme::{Theme, ThemeSwitch, provide_theme};
pub use top_bar::{TopBar, brand_html};
pub use update::{UpdatePrompt, provide_updates};
