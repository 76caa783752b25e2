//! Components of the pages of people and organisations.

mod facts;
mod invitations;
mod members;
mod time_zone;
mod words;

pub use facts::{FactFields, OrganisationFactsList};
pub use invitations::Invitations;
pub use members::MembersTable;
pub use time_zone::TimeZoneCard;
pub use words::{OrganisationBadge, kind_text, level_choices, level_text};
