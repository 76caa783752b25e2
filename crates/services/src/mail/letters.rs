//! The letters, word by word.

use chrono::{DateTime, Utc};
use contracts::states::OrganisationStatus;

use super::{letter::Letter, moment};

pub(super) fn password_changed(at: DateTime<Utc>) -> Letter {
    Letter {
        subject: "Your password was changed".to_owned(),
        paragraphs: vec![
            format!("The password of your HCTS account was changed on {}. You have been signed out on all other devices.", moment(at)),
            "If this was you, you don't need to do anything.".to_owned(),
            "If it wasn't you, tell an owner of your organisation immediately, so that an HCTS administrator can disable the account.".to_owned(),
        ],
        link: None,
    }
}

/// What was decided about an organisation; none for a step that nobody waits to hear of.
pub(super) fn organisation_decided(
    name: &str,
    from: OrganisationStatus,
    to: OrganisationStatus,
    reason: Option<&str>,
    origin: &str,
) -> Option<Letter> {
    use OrganisationStatus as Is;
    let because = reason.map(|reason| format!("Reason: {reason}"));
    let (subject, mut paragraphs, words, path) = match (from, to) {
        (Is::Suspended, Is::Verified) => (
            format!("{name} is no longer suspended"),
            vec!["Your organisation is no longer suspended. You can publish, sell and buy again.".to_owned()],
            "Go to your dashboard",
            "/dashboard",
        ),
        (_, Is::Verified) => (
            format!("{name} is verified"),
            vec!["Your organisation has been verified. You can now publish services and make purchases.".to_owned()],
            "Go to your dashboard",
            "/dashboard",
        ),
        (_, Is::Rejected) => (
            format!("{name} was not verified"),
            vec!["We could not verify your organisation. Correct its details and submit them again.".to_owned()],
            "Correct the details",
            "/organisation",
        ),
        (_, Is::Suspended) => (
            format!("{name} is suspended"),
            vec!["Your organisation cannot publish, sell or buy until further notice. Certificates already purchased stay valid.".to_owned()],
            "View your organisation",
            "/organisation",
        ),
        (_, Is::Unverified) => return None,
    };
    paragraphs.extend(because);
    Some(Letter { subject, paragraphs, link: Some((words, [origin, path].concat())) })
}
