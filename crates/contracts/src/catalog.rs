//! Services and the market, as pages and the API see them: `input` is the service form, `pricing` computes prices, `query` is the
//! search of the market, `bulk` has the actions on many services. Begin with `views`.

mod bulk;
mod input;
mod market;
mod pricing;
mod query;
mod views;
mod words;

pub use bulk::{
    BulkCommand, BulkItem, BulkItems, BulkOutcome, BulkPreview, BulkRequest, BulkRun, MAX_BULK_SERVICES,
    ServiceAction, ServiceHurdle,
};
pub use input::{CheckedService, MAX_CODES, MAX_CODES_READ, ServiceInput, StepInput};
pub use market::{DidYouMean, Facet, FacetValue, MarketItem, MarketPage, TOTAL_CAP, Total};
pub use pricing::{MAX_PRICE_STEPS, PriceRule, PriceStep, PriceTraceStep, PricedLine, Pricing};
pub use query::{FacetName, MAX_QUERY, MarketQuery, MarketSort};
pub use views::{
    CodeView, Icd11Hit, Icd11ReleaseView, ListedPrice, Offer, ProviderView, ServiceEditView,
    ServiceListQuery, ServiceRow, ServiceView, VersionRow,
};
pub use words::{Category, ICD11_ATTRIBUTION, Modality, ServiceSort, VersionPart, has_extension_codes_alone};
