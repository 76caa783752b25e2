//! One act on many services: what is asked for, what would come of it, and what came of it.

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
    /// Changes of the status of a service.
    ServiceAction { Publish = "publish", Pause = "pause", Resume = "resume", Retire = "retire" }
}

impl ServiceAction {
    /// The words of a button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Publish => "Publish",
            Self::Pause => "Pause",
            Self::Resume => "Resume",
            Self::Retire => "Retire",
        }
    }

    /// What a service is afterwards.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Publish => "published",
            Self::Pause => "paused",
            Self::Resume => "resumed",
            Self::Retire => "retired",
        }
    }

    /// The act that takes this one back, if there is one.
    pub const fn undo(self) -> Option<Self> {
        match self {
            Self::Pause => Some(Self::Resume),
            Self::Resume => Some(Self::Pause),
            Self::Publish | Self::Retire => None,
        }
    }

    /// What it means, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Publish => {
                "Buyers will see the latest version of each service immediately. Existing purchases are not affected."
            }
            Self::Pause => {
                "They will be removed from the market until you resume them. Certificates already purchased stay valid."
            }
            Self::Resume => "They will be on sale again, unchanged.",
            Self::Retire => {
                "They will be permanently removed from the market. Certificates already purchased stay valid."
            }
        }
    }

    /// Whether it puts something on sale, which only a verified provider may.
    pub const fn sells(self) -> bool {
        matches!(self, Self::Publish | Self::Resume)
    }
}

text_enum! {
    /// Why an act on a service is refused.
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
    /// The words on screen.
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

    /// The error of an act on this service alone.
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

    /// Why a provider in this state may put nothing on sale; none while it may.
    pub const fn of_provider(status: OrganisationStatus) -> Option<Self> {
        match status {
            OrganisationStatus::Verified => None,
            OrganisationStatus::Unverified => Some(Self::Unverified),
            OrganisationStatus::Rejected => Some(Self::Rejected),
            OrganisationStatus::Suspended => Some(Self::Suspended),
        }
    }
}

/// What to do with which services. It stands in the address of the page that asks for confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BulkRequest {
    /// What to do.
    pub act: ServiceAction,
    /// With these; none where `all` are meant.
    pub ids: Vec<ServiceId>,
    /// With all that fit the list's filter, on whichever page.
    pub all: bool,
    /// The list's filter: in this state.
    pub status: Option<ServiceStatus>,
    /// The list's filter: with these words in the title.
    pub q: String,
}

impl BulkRequest {
    /// Reads a query string, in which `id` is repeated: each service once, and none beside `all`. Unknown keys are left alone; a
    /// filter that cannot be read is an error, as without it more would be meant.
    ///
    /// # Errors
    /// Each wrong field with its reason; `id` when nothing is chosen, `all` when it is too much.
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

    /// Returns the request with each id once, and without ids when `all` are meant.
    ///
    /// # Errors
    /// `id` when nothing is chosen, `all` for more than [`MAX_BULK_SERVICES`].
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

    /// Writes the query string, as [`BulkRequest::parse`] reads it.
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

    /// The list the services were chosen in.
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

/// The order to go ahead with what was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkCommand {
    /// What was shown, as an address has it.
    pub selection: String,
    /// The digest that was shown with it.
    pub digest: String,
    /// A repeated command acts once.
    pub idempotency_key: String,
    /// The word that confirms what cannot be undone.
    pub confirmation: String,
}

impl BulkCommand {
    /// Reads the selection and checks the confirmation; returns what to do with which services.
    ///
    /// # Errors
    /// As [`BulkRequest::parse`], and `confirmation` without the word.
    pub fn parse(&self) -> Result<BulkRequest, FieldErrors> {
        let request = BulkRequest::parse(&self.selection)?;
        let is_confirmed = self.confirmation.trim().eq_ignore_ascii_case("retire");
        if request.act == ServiceAction::Retire && !is_confirmed {
            return Err(FieldErrors::one("confirmation", "Type the word retire to confirm."));
        }
        Ok(request)
    }
}

/// A service that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The service.
    pub id: ServiceId,
    /// Title of the latest version.
    pub title: String,
    /// Who offers it; for the people of the platform, who see every provider's.
    pub provider_name: Option<String>,
    /// Where it stands, while it can still be asked.
    pub status: Option<ServiceStatus>,
    /// Why it is refused.
    pub hurdle: Option<ServiceHurdle>,
}

/// The first of some services, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItems {
    /// How many in all.
    pub total: u64,
    /// The first of them, by title.
    pub first: Vec<BulkItem>,
}

/// What would come of a request, as things stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    /// What was asked for.
    pub act: ServiceAction,
    /// The request as an address has it, for the form that confirms.
    pub selection: String,
    /// The list to go back to.
    pub back: String,
    /// With these it would be done.
    pub ready: BulkItems,
    /// With these it cannot be.
    pub refused: BulkItems,
    /// Stands for all of this: two digests are equal when the services, their states and what would be published are.
    pub digest: String,
}

text_enum! {
    /// How far a run has come with a service.
    BulkOutcome { Waiting = "waiting", Done = "done", Refused = "refused" }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRun {
    /// What was done.
    pub act: ServiceAction,
    /// Whether it still goes on.
    pub is_running: bool,
    /// With so many it was done.
    pub done: u64,
    /// The first of them.
    pub done_items: BulkItems,
    /// With these it was not.
    pub refused: BulkItems,
    /// These it has not come to; when it no longer goes on, it never will.
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
