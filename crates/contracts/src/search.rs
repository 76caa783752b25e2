//! One question to everything the caller may see.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

/// Maximum length of a search text, in characters.
pub const MAX_SEARCH_CHARS: usize = 100;

text_enum! {
    /// What a hit is.
    HitKind {
        /// A page, by its name; its id is its address.
        Page = "page",
        /// What somebody may do; its id is the address where it is done.
        Act = "act",
        /// A published service, for who buys.
        Listing = "listing",
        /// A service of one's own, for who sells; any provider's for the people of the platform.
        Service = "service",
        /// A purchase, by its number.
        Purchase = "purchase",
        /// What one seller sold to one buyer, by its reference.
        Order = "order",
        /// A certificate, by its code or its service.
        Certificate = "certificate",
        /// An organisation, for the people of the platform.
        Organisation = "organisation",
    }
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What tells it from others of that name.
    pub note: String,
}

/// What was found of one kind, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitGroup {
    /// What they are.
    pub kind: HitKind,
    /// A few of them.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What was asked, as it was understood.
    pub q: String,
    /// Kinds of which there is something.
    pub groups: Vec<HitGroup>,
}

impl Found {
    /// Returns the number of hits in all groups.
    pub fn hit_count(&self) -> usize {
        self.groups.iter().map(|group| group.hits.len()).sum()
    }
}
