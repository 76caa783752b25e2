//! Kinds, levels and statuses in words.

use contracts::{identity::OrganisationKind, permission::Level, states::OrganisationStatus};
use leptos::prelude::*;

use crate::ui::{Choice, Icon, StatusBadge, Tone};

/// Returns the kind of an organisation in a sentence.
pub const fn kind_text(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Platform => "Runs the platform.",
        OrganisationKind::Provider => {
            "Hospital, laboratory, imaging centre or clinic. Sells services and redeems certificates."
        }
        OrganisationKind::Insurer => "Buys services in advance for the people it insures.",
        OrganisationKind::Intermediary => {
            "Broker, benefits consultant or administrator. Buys on behalf of clients."
        }
    }
}

/// Returns the rights of a level in a sentence.
pub const fn level_text(level: Level) -> &'static str {
    match level {
        Level::Owner => "Full access, including members and other owners.",
        Level::Manager => "Everything except managing owners.",
        Level::Staff => "Create, buy and redeem.",
        Level::Auditor => "Can view everything but change nothing.",
    }
}

/// Returns the levels to choose from; only an owner may appoint owners.
pub fn level_choices(owners_too: bool) -> Vec<Choice> {
    Level::ALL
        .iter()
        .filter(|level| owners_too || **level != Level::Owner)
        .map(|level| Choice::new(level.as_str(), level.label()).hint(level_text(*level)))
        .collect()
}

/// Badge of an organisation's status.
#[component]
pub fn OrganisationBadge(
    /// The status.
    status: OrganisationStatus,
) -> impl IntoView {
    let (tone, icon) = match status {
        OrganisationStatus::Unverified => (Tone::Warn, Icon::Clock),
        OrganisationStatus::Verified => (Tone::Ok, Icon::ShieldCheck),
        OrganisationStatus::Rejected => (Tone::Bad, Icon::XCircle),
        OrganisationStatus::Suspended => (Tone::Bad, Icon::Pause),
    };
    view! { <StatusBadge tone icon label=status.label()/> }
}
