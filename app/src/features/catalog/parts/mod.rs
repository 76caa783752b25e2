//! Components of the catalogue's pages.

pub mod codes;
pub mod facets;
pub mod form;
pub mod market_row;
pub mod prices;
pub mod status;

pub use codes::{Attribution, CodeChips};
pub use facets::{ActiveFilters, Facets};
pub use form::ServiceForm;
pub use market_row::MarketRows;
pub use prices::{PriceRules, PriceTable};
pub use status::{ServiceStatusBadge, duration_text, place_text};
