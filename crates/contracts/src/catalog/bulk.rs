//! Bulk actions on services: the request, the preview of its effects, the confirmed command and the result of the run.

use serde::{Deserialize, Serialize};

use crate::{
    error::ErrorCode,
    ids::ServiceId,
    query_text::{push_pair, query_pairs},
    states::{OrganisationStatus, ServiceStatus},
    text_enum::text_enum,
    validate::FieldErrors,
};

/// Maximum number of services of one bulk run.
pub const MAX_BULK_SERVICES: usize = 2_000;

text_enum! {
    /// Actions that change the status of a service.
    ServiceAction { Publish = "publish", Pause = "pause", Resume = "resume", Retire = "retire" }
}

impl ServiceAction {
    /// Returns the label of the action's button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Publish => "Publish",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Retire => "Retire",
        }
    }

    /// Returns the participle for a service that the action was carried out on.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Publish => "published",
            Self::Pause => "paused",
            Self::Resume => "resumed",
            Self::Retire => "retired",
        }
    }

    /// Returns the action that reverses this one; `None` when it cannot be reversed.
    pub const fn undo(self) -> Option<Self> {
        match self {
            Self::Pause => Some(Self::Resume),
            Self::Resume => Some(Self::Pause),
            Self::Publish | Self::Retire => None,
        }
    }

    /// Returns the explanation that a confirmation page shows.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Publish => {
                "Buyers will see the latest version of each service immediately. Existing purchases are not affected."
            }
            Self::Pause => {
                "Paused services leave the market until you resume them. Certificates already purchased stay valid."
            }
            Self::Resume => "They will be on sale again, unchanged.",
            Self::Retire => {
                "Retired services leave the market permanently. Certificates already purchased stay valid."
            }
        }
    }

    /// True when the action puts services on sale, which requires a verified provider.
    pub const fn sells(self) -> bool {
        matches!(self, Self::Publish | Self::Resume)
    }
}

text_enum! {
    /// Reasons why an action on a service is refused.
    ServiceHurdle {
        NotFound = "not_found",
        Retired = "retired",
        Draft = "draft",
        NothingNew = "nothing_new",
        NoStemCode = "no_stem_code",
        OnSale = "on_sale",
        Paused = "paused",
        Unverified = "unverified",
        Rejected = "rejected",
        Suspended = "suspended",
        Failed = "failed",
    }
}

impl ServiceHurdle {
    /// Returns the reason as a sentence on screen.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotFound => "Service not found, or it belongs to another organisation.",
            Self::Retired => "Already retired, which can't be undone.",
            Self::Draft => "Not published yet.",
            Self::NothingNew => "The latest version is already on sale.",
            Self::NoStemCode => "It has only extension codes (X…). Add a stem code first.",
            Self::OnSale => "Already on sale.",
            Self::Paused => "Already paused.",
            Self::Unverified => "The provider is not verified yet.",
            Self::Rejected => "The provider was not verified.",
            Self::Suspended => "The provider is suspended.",
            Self::Failed => "Something went wrong on our side. This service was not changed. Try again.",
        }
    }

    /// Returns the error code with which the action on a single service fails for this reason.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Retired | Self::Draft | Self::NothingNew | Self::OnSale | Self::Paused => {
                ErrorCode::WrongState
            }
            Self::NoStemCode => ErrorCode::StemCodeMissing,
            Self::Unverified => ErrorCode::OrganisationUnverified,
            Self::Rejected => ErrorCode::OrganisationRejected,
            Self::Suspended => ErrorCode::OrganisationSuspended,
            Self::Failed => ErrorCode::Internal,
        }
    }

    /// Returns the reason why a provider with this status cannot put services on sale; `None` for a verified one.
    pub const fn of_provider(status: OrganisationStatus) -> Option<Self> {
        match status {
            OrganisationStatus::Verified => None,
            OrganisationStatus::Unverified => Some(Self::Unverified),
            OrganisationStatus::Rejected => Some(Self::Rejected),
            OrganisationStatus::Suspended => Some(Self::Suspended),
        }
    }
}

/// An action and the services it is meant for. It is the query string of the confirmation page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BulkRequest {
    /// The action.
    pub act: ServiceAction,
    /// The selected services; empty if `all` is set.
    pub ids: Vec<ServiceId>,
    /// True selects every service that matches the list's filter, on all pages.
    pub all: bool,
    /// Filter of the list: only services with this status.
    pub status: Option<ServiceStatus>,
    /// Filter of the list: only services whose title contains these words.
    pub q: String,
}

impl BulkRequest {
    /// Parses a query string in which `id` is repeated. Removes duplicate ids, and all ids if `all` is set. Ignores unknown keys, but
    /// refuses a filter that cannot be parsed: without it the request would select more services than intended.
    ///
    /// # Errors
    /// Error for each invalid field; under `id` when nothing is selected, under `all` for too many services.
    pub fn parse(query: &str) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let mut read =
            Self { act: ServiceAction::Pause, ids: Vec::new(), all: false, status: None, q: String::new() };
        let mut act = None;
        for (key, value) in query_pairs(query) {
            match key.as_str() {
                "act" => act = value.parse().ok(),
                "id" => match value.parse() {
                    Ok(id) => read.ids.push(id),
                    Err(_) => errors.add("id", "Select the services from the list."),
                },
                "all" => read.all = value == "true",
                "status" if !value.is_empty() => {
                    read.status = value.parse().ok();
                    errors.check(read.status.is_some(), "status", "Choose a status from the list.");
                }
                "q" => read.q = value,
                _ => {}
            }
        }
        errors.check(act.is_some(), "act", "Choose an action.");
        match act {
            Some(act) if errors.is_empty() => Self { act, ..read }.validate(),
            _ => Err(errors),
        }
    }

    /// Returns the request without duplicate ids, and without any ids if `all` is set.
    ///
    /// # Errors
    /// Error under `id` when nothing is selected, under `all` for more than [`MAX_BULK_SERVICES`].
    fn validate(mut self) -> Result<Self, FieldErrors> {
        if self.all {
            self.ids.clear();
        }
        self.ids.sort_unstable();
        self.ids.dedup();
        if self.ids.is_empty() && !self.all {
            return Err(FieldErrors::one("id", "Select at least one service."));
        }
        if self.ids.len() > MAX_BULK_SERVICES { Err(Self::too_many()) } else { Ok(self) }
    }

    /// Returns the error for a selection of more than [`MAX_BULK_SERVICES`] services.
    pub fn too_many() -> FieldErrors {
        FieldErrors::one("all", "You can change at most 2,000 services at once. Narrow the list first.")
    }

    /// Returns the query string, without a question mark, that [`BulkRequest::parse`] reads.
    pub fn to_query_string(&self) -> String {
        let mut query = String::new();
        push_pair(&mut query, "act", self.act.as_str());
        for id in &self.ids {
            push_pair(&mut query, "id", &id.to_string());
        }
        if self.all {
            push_pair(&mut query, "all", "true");
        }
        self.push_filter(&mut query);
        query
    }

    /// Returns the path of the list in which the services were selected, with its filter.
    pub fn list_href(&self) -> String {
        let mut href = "/services?".to_owned();
        self.push_filter(&mut href);
        href.trim_end_matches('?').to_owned()
    }

    fn push_filter(&self, query: &mut String) {
        for (key, value) in [("status", self.status.map_or("", ServiceStatus::as_str)), ("q", &self.q)] {
            if !value.is_empty() {
                push_pair(query, key, value);
            }
        }
    }
}

/// Confirms a bulk action that was previewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkCommand {
    /// Query string of the previewed request.
    pub selection: String,
    /// [`BulkPreview::digest`] of the preview.
    pub digest: String,
    /// Idempotency key: the command is carried out once, even if it is repeated.
    pub idempotency_key: String,
    /// The word `retire` if services are to be retired, which cannot be undone; otherwise unused.
    pub confirmation: String,
}

impl BulkCommand {
    /// Parses the selection and checks the confirmation; returns the request.
    ///
    /// # Errors
    /// Errors of [`BulkRequest::parse`]; error under `confirmation` when retiring is not confirmed.
    pub fn parse(&self) -> Result<BulkRequest, FieldErrors> {
        let request = BulkRequest::parse(&self.selection)?;
        let is_confirmed = self.confirmation.trim().eq_ignore_ascii_case("retire");
        if request.act == ServiceAction::Retire && !is_confirmed {
            return Err(FieldErrors::one("confirmation", "Type the word retire to confirm."));
        }
        Ok(request)
    }
}

/// A selected service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The service.
    pub id: ServiceId,
    /// Title of the latest version.
    pub title: String,
    /// Name of the provider; set for members of the platform only, who see the services of all providers.
    pub provider_name: Option<String>,
    /// Current status; `None` when the service can no longer be read.
    pub status: Option<ServiceStatus>,
    /// Reason why the action is refused; `None` when it is not.
    pub hurdle: Option<ServiceHurdle>,
}

/// The first services of a set, and the size of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItems {
    /// Number of services in the set.
    pub total: u64,
    /// First services by title.
    pub first: Vec<BulkItem>,
}

/// Preview of a bulk action: its effects if it were carried out now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    /// The action.
    pub act: ServiceAction,
    /// Query string of the request, for the confirmation form.
    pub selection: String,
    /// Path of the list to return to.
    pub back: String,
    /// Services that the action would be carried out on.
    pub ready: BulkItems,
    /// Services that the action would be refused for.
    pub refused: BulkItems,
    /// Digest of the preview. It changes with the services, their statuses and the versions to be published.
    pub digest: String,
}

text_enum! {
    /// Progress of a run on one service.
    BulkOutcome { Waiting = "waiting", Done = "done", Refused = "refused" }
}

/// State and result of a bulk run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRun {
    /// The action.
    pub act: ServiceAction,
    /// True while the run goes on.
    pub is_running: bool,
    /// Number of services that the action was carried out on.
    pub done: u64,
    /// The first of these services.
    pub done_items: BulkItems,
    /// Services that the action was refused for.
    pub refused: BulkItems,
    /// Services not processed yet. If the run has ended, they will not be processed.
    pub waiting: BulkItems,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000-0000-0000-0000-000000000001";

    fn wrong(query: &str) -> String {
        BulkRequest::parse(query).unwrap_err().0.into_keys().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn says_what_is_missing_or_wrong() {
        assert_eq!(wrong(""), "act");
        assert_eq!(wrong("act=pause"), "id");
        assert_eq!(wrong("act=pause&status=paused&q=knee"), "id", "a filter alone chooses nothing");
        assert_eq!(wrong("act=burn&id=7&status=gone&all=true"), "act id status");
        let many: String =
            (0..=MAX_BULK_SERVICES).map(|n| format!("&id={}", uuid::Uuid::from_u128(n as u128))).collect();
        assert_eq!(wrong(&format!("act=pause{many}")), "all");
        assert_eq!(wrong("act=pause&all=yes"), "id");
    }

    #[test]
    fn each_service_counts_once_and_all_means_the_filter() {
        let read = |query: &str| BulkRequest::parse(query).unwrap();
        assert_eq!(read(&format!("?act=pause&id={ONE}&id={ONE}")).ids.len(), 1);
        let all = read(&format!("act=retire&id={ONE}&all=true&status=draft&q=50%25+%26"));
        assert_eq!(all.to_query_string(), "act=retire&all=true&status=draft&q=50%25+%26");
        assert_eq!(read(&all.to_query_string()), all);
        assert_eq!(all.list_href(), "/services?status=draft&q=50%25+%26");
        assert_eq!(read(&format!("act=pause&id={ONE}&status=&q=&__err=x")).list_href(), "/services");
    }

    #[test]
    fn what_is_for_good_is_confirmed_by_its_word() {
        let command = |act: &str, word: &str| BulkCommand {
            selection: format!("act={act}&id={ONE}"),
            digest: String::new(),
            idempotency_key: String::new(),
            confirmation: word.to_owned(),
        };
        assert!(command("retire", "").parse().unwrap_err().get("confirmation").is_some());
        assert!(command("retire", " Retire ").parse().is_ok());
        assert!(command("pause", "").parse().is_ok());
    }

    #[test]
    fn a_provider_that_may_not_sell_is_the_same_hurdle_everywhere() {
        for status in OrganisationStatus::ALL {
            assert_eq!(ServiceHurdle::of_provider(*status).map(ServiceHurdle::code), status.trading_block());
        }
    }
}
