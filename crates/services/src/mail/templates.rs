//! The texts of the e-mails.

use chrono::{DateTime, Utc};
use contracts::states::OrganisationStatus;

use super::{content::EmailContent, moment};

/// Returns the e-mail to a person whose password was changed.
pub(super) fn password_changed(at: DateTime<Utc>) -> EmailContent {
    EmailContent {
        subject: "Your password was changed".to_owned(),
        paragraphs: vec![
            format!("The password of your HCTS account was changed on {}. You have been signed out on all other devices.", moment(at)),
            "If this was you, you don't need to do anything.".to_owned(),
            "If it wasn't you, tell an owner of your organisation immediately, so that an HCTS administrator can disable the account.".to_owned(),
        ],
        link: None,
    }
}

/// Returns the e-mail about a decision on an organisation; `None` for a status change that nobody is notified of.
pub(super) fn organisation_decided(
    name: &str,
    from: OrganisationStatus,
    to: OrganisationStatus,
    reason: Option<&str>,
    origin: &str,
) -> Option<EmailContent> {
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
    Some(EmailContent { subject, paragraphs, link: Some((words, [origin, path].concat())) })
}
