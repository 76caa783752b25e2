//! Views of people, organisations, invitations and sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::OrganisationKind;
use crate::{
    ids::{InvitationId, MembershipId, OrgId, SessionId, UserId},
    permission::Level,
    states::OrganisationStatus,
};

/// An organisation as its members and the console see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationView {
    /// The organisation.
    pub id: OrgId,
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Name on the market.
    pub name: String,
    /// Name in the register.
    pub legal_name: String,
    /// Registration number.
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// City or town; may be empty.
    pub city: String,
    /// Status.
    pub status: OrganisationStatus,
    /// Reason for the rejection or suspension.
    pub status_reason: Option<String>,
    /// Time of sign-up.
    pub created_at: DateTime<Utc>,
    /// Time of verification.
    pub verified_at: Option<DateTime<Utc>>,
}

/// The time zone setting of an organisation's pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeZoneSetting {
    /// Name of the organisation.
    pub organisation: String,
    /// Chosen zone (IANA name); `None` means the zone of the country.
    pub chosen: Option<String>,
    /// Zone of the country (IANA name).
    pub of_country: String,
    /// Zones to choose from (IANA names).
    pub names: Vec<String>,
}

/// A member of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The membership.
    pub membership_id: MembershipId,
    /// The person.
    pub user_id: UserId,
    /// Name of the person.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// Level of the member.
    pub level: Level,
    /// Time the person became a member.
    pub since: DateTime<Utc>,
    /// True when the account is disabled and cannot sign in.
    pub disabled: bool,
}

/// A pending invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// The invitation.
    pub id: InvitationId,
    /// E-mail address of the invited person.
    pub email: String,
    /// Level that the person will have.
    pub level: Level,
    /// Name of the member who sent the invitation.
    pub invited_by: String,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// True when the validity has ended.
    pub expired: bool,
}

/// A new invitation with its link. The link is shown once: the database stores only a digest of the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    /// The invitation.
    pub id: InvitationId,
    /// E-mail address of the invited person.
    pub email: String,
    /// The link.
    pub url: String,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
}

/// An invitation as the holder of its link sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOffer {
    /// Name of the inviting organisation.
    pub organisation: String,
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Level that the person will have.
    pub level: Level,
    /// E-mail address of the invited person.
    pub email: String,
    /// End of validity.
    pub expires_at: DateTime<Utc>,
    /// True when the invited person is signed in.
    pub is_you: bool,
    /// True when another person is signed in.
    pub is_another: bool,
}

/// The account of the signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Name of the person.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// Time the password was last changed.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Sessions, most recent first.
    pub sessions: Vec<SessionView>,
}

/// A session: a browser in which the person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The session.
    pub id: SessionId,
    /// Time of sign-in.
    pub created_at: DateTime<Utc>,
    /// Time of the last recorded request.
    pub last_seen_at: DateTime<Utc>,
    /// Browser and operating system, such as "Firefox on Windows", as far as the browser reports them.
    pub browser: String,
    /// IP address at sign-in.
    pub address: Option<String>,
    /// True for the session of this request.
    pub current: bool,
}
