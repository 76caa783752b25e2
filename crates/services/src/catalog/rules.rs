//! The rules that allow an action on a service. Single actions, bulk runs and their previews use these rules.

use contracts::{
    catalog::{ServiceAction, ServiceHurdle},
    states::{OrganisationStatus, ServiceStatus},
};
use uuid::Uuid;

/// The facts that the rules decide by.
#[derive(Clone, Copy)]
pub(super) struct ServiceFacts {
    pub(super) status: ServiceStatus,
    /// The version that is or was on sale; `None` for a draft.
    pub(super) published: Option<Uuid>,
    /// The latest version.
    pub(super) latest: Uuid,
    /// Whether its provider may sell.
    pub(super) provider: OrganisationStatus,
    /// Whether the version that is or was on sale has extension codes alone, which say nothing without a stem code.
    pub(super) published_lacks_stem: bool,
    /// Whether the latest version has extension codes alone.
    pub(super) latest_lacks_stem: bool,
}

/// SQL of whether a version has extension codes and no stem code; `version` names its id.
pub(super) fn lacks_stem(version: &str) -> String {
    // chapter X alone has codes that begin with X (`icd11::CodeKind`)
    format!(
        "coalesce((SELECT bool_and(k.code LIKE 'X%') FROM service_codes k WHERE k.version_id = {version}), false)"
    )
}

/// Returns the status that a service gets by `act`.
///
/// # Errors
/// Why the action is not allowed.
pub(super) fn allowed_transition(
    act: ServiceAction,
    facts: ServiceFacts,
) -> Result<ServiceStatus, ServiceHurdle> {
    use ServiceAction::{Pause, Publish, Resume, Retire};
    use ServiceStatus::{Draft, Paused, Published, Retired};

    let to = match (act, facts.status) {
        (_, Retired) => return Err(ServiceHurdle::Retired),
        // a draft is published, not resumed
        (Pause | Resume, Draft) => return Err(ServiceHurdle::Draft),
        (Pause, Paused) => return Err(ServiceHurdle::Paused),
        (Resume, Published) => return Err(ServiceHurdle::OnSale),
        (Publish, Published) if facts.published == Some(facts.latest) => {
            return Err(ServiceHurdle::NothingNew);
        }
        // a paused service resumes with its latest version
        (Publish, Draft | Published | Paused) | (Resume, Paused) => Published,
        (Pause, Published) => Paused,
        (Retire, Draft | Published | Paused) => Retired,
    };
    if !act.sells() {
        return Ok(to);
    }
    let lacks_stem = if act == Publish { facts.latest_lacks_stem } else { facts.published_lacks_stem };
    match ServiceHurdle::of_provider(facts.provider) {
        Some(hurdle) => Err(hurdle),
        None if lacks_stem => Err(ServiceHurdle::NoStemCode),
        None => Ok(to),
    }
}

#[cfg(test)]
mod tests {
    use contracts::states::StateMachine;

    use super::*;

    #[test]
    fn what_is_allowed_is_a_move_of_the_machine() {
        for act in ServiceAction::ALL {
            for status in ServiceStatus::ALL {
                for (published, provider) in [(1, "verified"), (2, "verified"), (1, "suspended")] {
                    let facts = ServiceFacts {
                        status: *status,
                        published: Some(Uuid::from_u128(published)),
                        latest: Uuid::from_u128(2),
                        provider: provider.parse().unwrap(),
                        published_lacks_stem: false,
                        latest_lacks_stem: false,
                    };
                    let Ok(to) = allowed_transition(*act, facts) else { continue };
                    let is_new_version = *act == ServiceAction::Publish && *status == to && published == 1;
                    assert!(status.can_transition_to(to) || is_new_version, "{act} {status}");
                    assert!(!act.sells() || provider == "verified", "{act} {status}");
                }
            }
        }
    }

    #[test]
    fn extension_codes_alone_are_neither_published_nor_resumed() {
        let facts = |status, published_lacks_stem, latest_lacks_stem| ServiceFacts {
            status,
            published: Some(Uuid::from_u128(1)),
            latest: Uuid::from_u128(2),
            provider: OrganisationStatus::Verified,
            published_lacks_stem,
            latest_lacks_stem,
        };
        let lacking = Err(ServiceHurdle::NoStemCode);
        assert_eq!(
            allowed_transition(ServiceAction::Publish, facts(ServiceStatus::Draft, false, true)),
            lacking
        );
        assert_eq!(
            allowed_transition(ServiceAction::Resume, facts(ServiceStatus::Paused, true, false)),
            lacking
        );
        assert!(
            allowed_transition(ServiceAction::Publish, facts(ServiceStatus::Paused, true, false)).is_ok(),
            "mended"
        );
        assert!(
            allowed_transition(ServiceAction::Pause, facts(ServiceStatus::Published, true, true)).is_ok()
        );
    }

    #[test]
    fn each_act_has_its_states() {
        let allowed = |act: ServiceAction| -> Vec<&str> {
            let facts = |status: ServiceStatus| ServiceFacts {
                status,
                published: Some(Uuid::from_u128(2)),
                latest: Uuid::from_u128(2),
                provider: OrganisationStatus::Verified,
                published_lacks_stem: false,
                latest_lacks_stem: false,
            };
            let fits = |status: &&ServiceStatus| allowed_transition(act, facts(**status)).is_ok();
            ServiceStatus::ALL.iter().filter(fits).map(|status| status.as_str()).collect()
        };
        assert_eq!(allowed(ServiceAction::Publish), ["draft", "paused"]);
        assert_eq!(allowed(ServiceAction::Pause), ["published"]);
        assert_eq!(allowed(ServiceAction::Resume), ["paused"]);
        assert_eq!(allowed(ServiceAction::Retire), ["draft", "published", "paused"]);
    }
}
