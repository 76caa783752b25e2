//! Results of the global search over all objects that the caller may see.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

/// Maximum length of a search text, in characters.
pub const MAX_SEARCH_CHARS: usize = 100;

text_enum! {
    /// Kinds of search results.
    HitKind {
        /// A page of the site; its ID is its path.
        Page = "page",
        /// An action of the caller; its ID is the path of the page for it.
        Act = "act",
        /// A published service, for buyers.
        Listing = "listing",
        /// A service of the caller's organisation; for members of the platform, of any provider.
        Service = "service",
        /// A purchase, found by its number.
        Purchase = "purchase",
        /// An order of one seller within a purchase, found by its reference.
        Order = "order",
        /// A certificate, found by its code or its service.
        Certificate = "certificate",
        /// An organisation, for members of the platform.
        Organisation = "organisation",
    }
}

/// A search result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// ID of the object, or the path of a page or an action.
    pub id: String,
    /// Title.
    pub title: String,
    /// Detail that tells it apart from results with the same title.
    pub note: String,
}

/// Results of one kind, best match first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitGroup {
    /// Kind of the results.
    pub kind: HitKind,
    /// The first results.
    pub hits: Vec<Hit>,
    /// True when there are more.
    pub more: bool,
}

/// Result of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Search text as it was understood.
    pub q: String,
    /// Groups of results; kinds without results are absent.
    pub groups: Vec<HitGroup>,
}

impl Found {
    /// Returns the number of hits in all groups.
    pub fn hit_count(&self) -> usize {
        self.groups.iter().map(|group| group.hits.len()).sum()
    }
}
