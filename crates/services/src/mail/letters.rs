//! The letters, word by word.

use chrono::{DateTime, Utc};
use contracts::states::OrganisationStatus;

use super::{letter::Letter, moment};

pub(super) fn password_changed(at: DateTime<Utc>) -> Letter {
    Letter {
        subject: "Your password was changed".to_owned(),
        paragraphs: vec![
            format!("The password of your HCTS account was changed on {}. All other sessions were ended.", moment(at)),
            "If that was you, there is nothing to do.".to_owned(),
            "If it was not, tell an owner of your organisation at once: the platform's administrators can close the account.".to_owned(),
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
    let because = reason.map(|reason| format!("The reason given: {reason}"));
    let (subject, mut paragraphs, words, path) = match (from, to) {
        (Is::Suspended, Is::Verified) => (
            format!("{name} may trade again"),
            vec!["The suspension of your organisation has been lifted. Publishing, selling and buying are open again.".to_owned()],
            "Go to your dashboard",
            "/dashboard",
        ),
        (_, Is::Verified) => (
            format!("{name} is verified"),
            vec!["Your organisation has been verified. What you have prepared can be published or bought now.".to_owned()],
            "Go to your dashboard",
            "/dashboard",
        ),
        (_, Is::Rejected) => (
            format!("{name} was not verified"),
            vec!["We could not verify your organisation. Correct its facts, and it waits for us again.".to_owned()],
            "Correct the facts",
            "/organisation",
        ),
        (_, Is::Suspended) => (
            format!("{name} is suspended"),
            vec!["Your organisation may not publish, sell or buy until further notice. Certificates that were bought stay valid.".to_owned()],
            "See your organisation",
            "/organisation",
        ),
        (_, Is::Unverified) => return None,
    };
    paragraphs.extend(because);
    Some(Letter { subject, paragraphs, link: Some((words, [origin, path].concat())) })
}
