//! The query of the console's list of organisations.

use serde::{Deserialize, Serialize};

use crate::{
    bounds::DayBounds,
    identity::OrganisationKind,
    page::PageSize,
    states::OrganisationStatus,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// Sort orders of organisations.
    #[derive(Default)]
    OrganisationSort {
        /// By time of sign-up, earliest first: the longest wait comes first.
        #[default]
        Oldest = "oldest",
        Newest = "newest",
        Name = "name",
        NameBack = "name_back",
        State = "state",
        StateBack = "state_back",
    }
}

/// Filter of the list of organisations. Each field is a query parameter; an empty field filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OrganisationsQuery {
    /// Status: `unverified`, `verified`, `rejected` or `suspended`.
    #[serde(default)]
    pub status: String,
    /// Type: `provider`, `insurer` or `intermediary`.
    #[serde(default)]
    pub kind: String,
    /// Part of the name, legal name or registration number.
    #[serde(default)]
    pub q: String,
    /// Signed up on or after this day, `2026-11-22`.
    #[serde(default)]
    pub from: String,
    /// Signed up on or before this day.
    #[serde(default)]
    pub to: String,
    /// Time zone in which these days begin and end, such as `Asia/Tokyo`; UTC by default.
    #[serde(default)]
    pub time_zone: String,
    /// Sort order.
    #[serde(default)]
    pub sort: OrganisationSort,
    /// Cursor from `next` of the previous page.
    #[serde(default)]
    pub after: String,
    /// Cursor from `previous` of the next page.
    #[serde(default)]
    pub before: String,
    /// Rows per page.
    #[serde(default)]
    pub size: PageSize,
}

/// A validated [`OrganisationsQuery`]; `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationsFilter {
    /// Status.
    pub status: Option<OrganisationStatus>,
    /// Kind of organisation.
    pub kind: Option<OrganisationKind>,
    /// Search text.
    pub words: Option<String>,
    /// Days of sign-up.
    pub days: DayBounds,
    /// Sort order.
    pub sort: OrganisationSort,
}

impl OrganisationsQuery {
    /// Validates the filters; the service parses the cursor.
    ///
    /// # Errors
    /// Errors under `status`, `kind`, `q`, `from` and `to`.
    pub fn parse(&self) -> Result<OrganisationsFilter, FieldErrors> {
        let mut errors = FieldErrors::new();
        let filter = OrganisationsFilter {
            status: option_of(&mut errors, "status", &self.status),
            kind: option_of(&mut errors, "kind", &self.kind),
            words: Some(validate::words(&self.q)).filter(|words| !words.is_empty()),
            days: DayBounds::read(&mut errors, &self.from, &self.to, &self.time_zone),
            sort: self.sort,
        };
        if self.q.chars().count() > 200 {
            errors.add("q", validate::too_long("q", 200));
        }
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

/// Parses one of a list's options; an empty text is none. Adds an error under `field` for a text that is no option.
fn option_of<T: std::str::FromStr>(errors: &mut FieldErrors, field: &str, text: &str) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let value = text.parse().ok();
    if value.is_none() {
        errors.add(field, validate::not_an_option(field));
    }
    value
}
