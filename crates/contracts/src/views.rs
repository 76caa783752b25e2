//! Saved views: named queries of lists, private or shared with the organisation.

use serde::{Deserialize, Serialize};

use crate::{
    ids::SavedViewId,
    permission::{Level, Permission},
    query_text::{push_pair, query_pairs},
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

/// Maximum length of the name of a view, in characters.
pub const MAX_VIEW_NAME_CHARS: usize = 60;
/// Maximum length of the query of a view, in bytes as it is written in an address.
pub const MAX_VIEW_QUERY_BYTES: usize = 1_000;

text_enum! {
    /// Lists whose state is completely in their address, so that it can be saved.
    ListName {
        Services = "services",
        Purchases = "purchases",
        Orders = "orders",
        Certificates = "certificates",
        Organisations = "organisations",
        Audit = "audit",
        Security = "security",
    }
}

impl ListName {
    /// Returns the path of the list.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Services => "/services",
            Self::Purchases => "/purchases",
            Self::Orders => "/orders",
            Self::Certificates => "/certificates",
            Self::Organisations => "/console/organisations",
            Self::Audit => "/console/audit",
            Self::Security => "/console/security",
        }
    }

    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Services => "Services",
            Self::Purchases => "Purchases",
            Self::Orders => "Orders",
            Self::Certificates => "Certificates",
            Self::Organisations => "Organisations",
            Self::Audit => "Audit trail",
            Self::Security => "Security",
        }
    }

    /// Returns the permission that the list requires.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Services => Permission::ServicesRead,
            Self::Purchases | Self::Orders => Permission::TransactionsRead,
            Self::Certificates => Permission::CertificatesRead,
            Self::Organisations => Permission::UserDataRead,
            Self::Audit => Permission::AuditLogsRead,
            Self::Security => Permission::SecurityEventsRead,
        }
    }

    /// Returns the address of the list with a query.
    pub fn href(self, query: &str) -> String {
        if query.is_empty() { self.path().to_owned() } else { [self.path(), "?", query].concat() }
    }
}

/// A saved view as a person sees it who may open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The view.
    pub id: SavedViewId,
    /// The list.
    pub list: ListName,
    /// Name of the view.
    pub name: String,
    /// Query string of the list.
    pub query: String,
    /// True when it is shared with the organisation.
    pub is_shared: bool,
    /// True when the viewer saved it.
    pub is_own: bool,
    /// Name of the person who saved it.
    pub owner_name: String,
    /// Levels for which the navigation opens the list with this view.
    pub opens_for: Vec<Level>,
    /// True when the viewer may rename and delete it.
    pub may_change: bool,
}

impl SavedView {
    /// Returns the address of the list with this view.
    pub fn href(&self) -> String {
        self.list.href(&self.query)
    }
}

/// The query with which the navigation opens a list for the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The list.
    pub list: ListName,
    /// Query string of the list.
    pub query: String,
}

impl Opening {
    /// Returns the address of the list with this query.
    pub fn href(&self) -> String {
        self.list.href(&self.query)
    }
}

/// Saves the current query of a list under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewSave {
    /// Word of a [`ListName`].
    #[serde(default)]
    pub list: String,
    /// Name of the view.
    #[serde(default)]
    pub name: String,
    /// Query string of the list.
    #[serde(default)]
    pub query: String,
    /// True shares it with the organisation.
    #[serde(default)]
    pub shared: bool,
}

/// A validated [`ViewSave`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewView {
    /// The list.
    pub list: ListName,
    /// Name of the view.
    pub name: String,
    /// Query string of the list, without cursor and form errors.
    pub query: String,
    /// True shares it with the organisation.
    pub shared: bool,
}

impl ViewSave {
    /// Validates the form.
    pub fn parse(self) -> Result<NewView, FieldErrors> {
        let mut errors = FieldErrors::new();
        let list = self.list.parse();
        errors.check(list.is_ok(), "list", "Choose a list whose views can be saved.");
        let name = validate_name(&mut errors, &self.name);
        let query = tidy_query(&self.query);
        errors.check(
            query.len() <= MAX_VIEW_QUERY_BYTES,
            "query",
            "These filters are too long to save. Use fewer or shorter ones.",
        );
        match list {
            Ok(list) if errors.is_empty() => Ok(NewView { list, name, query, shared: self.shared }),
            _ => Err(errors),
        }
    }
}

/// Renames a view, or changes whether it is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewChange {
    /// The view.
    pub id: SavedViewId,
    /// New name.
    pub name: String,
    /// True shares it with the organisation, false makes it private.
    pub shared: bool,
}

impl ViewChange {
    /// Returns the command with its name tidied.
    pub fn validate(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = validate_name(&mut errors, &self.name);
        if errors.is_empty() { Ok(Self { name, ..self }) } else { Err(errors) }
    }
}

/// Sets the levels for which the navigation opens a list with a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewOpenFor {
    /// The view.
    pub id: SavedViewId,
    /// The levels; the view opens for no others.
    pub levels: Vec<Level>,
}

fn validate_name(errors: &mut FieldErrors, name: &str) -> String {
    validate::name(errors, "name", name, 1, MAX_VIEW_NAME_CHARS)
}

/// Returns the query without the keys that are not about the list: cursors and what a refused form left behind.
pub fn tidy_query(query: &str) -> String {
    let mut tidy = String::new();
    for (key, value) in query_pairs(query) {
        if !matches!(key.as_str(), "after" | "before" | "page" | "__err" | "__path") {
            push_pair(&mut tidy, &key, &value);
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn save(name: &str, query: &str) -> ViewSave {
        ViewSave { list: "services".into(), name: name.into(), query: query.into(), shared: false }
    }

    #[test]
    fn a_view_keeps_filters_and_neither_place_nor_refusal() {
        let view = save(" Paused ", "?status=paused&after=x&before=-&before=w&q=a+b&__err=y&__path=z")
            .parse()
            .unwrap();
        assert_eq!((view.name.as_str(), view.query.as_str()), ("Paused", "status=paused&q=a+b"));
        assert_eq!(view.list.href(&view.query), "/services?status=paused&q=a+b");
        assert_eq!(view.list.href(""), "/services");
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        let wrong = |form: ViewSave| form.parse().unwrap_err().0.into_keys().collect::<Vec<_>>();
        assert_eq!(wrong(ViewSave::default()), ["list", "name"]);
        assert_eq!(wrong(save(&"x".repeat(61), &"x".repeat(1_001))), ["name", "query"]);
        assert!(save(&"ß".repeat(60), &format!("q={}", "x".repeat(998))).parse().is_ok());
        assert_eq!(wrong(save("Umlauts", &format!("q={}", "ä".repeat(200)))), ["query"], "as it is written");
    }

    #[test]
    fn every_list_has_a_path_of_its_own() {
        let paths: std::collections::BTreeSet<_> = ListName::ALL.iter().map(|list| list.path()).collect();
        assert_eq!(paths.len(), ListName::ALL.len());
    }

    proptest! {
        #[test]
        fn a_kept_query_is_a_query_and_nothing_else(text in "\\PC{0,60}") {
            let tidy = tidy_query(&text);
            prop_assert!(tidy.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-._+%&=".contains(&byte)), "{}", tidy);
            prop_assert_eq!(tidy_query(&tidy), tidy);
        }
    }
}
