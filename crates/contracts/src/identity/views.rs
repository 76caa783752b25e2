//! What pages show of people and organisations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::OrganisationKind;
use crate::{
    ids::{InvitationId, MembershipId, OrgId, SessionId, UserId},
    permission::Level,
    states::OrganisationStatus,
};

/// An organisation, as its members and the console see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationView {
    /// Which.
    pub id: OrgId,
    /// What it is.
    pub kind: OrganisationKind,
    /// The name on the market.
    pub name: String,
    /// The name in the register.
    pub legal_name: String,
    /// The number in the register.
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Town; may be empty.
    pub city: String,
    /// Whether it may trade.
    pub status: OrganisationStatus,
    /// Why it was rejected or suspended.
    pub status_reason: Option<String>,
    /// When it signed up.
    pub created_at: DateTime<Utc>,
    /// When an administrator verified it.
    pub verified_at: Option<DateTime<Utc>>,
}

/// In which time zone the pages of an organisation are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeZoneSetting {
    /// The organisation's name.
    pub organisation: String,
    /// IANA name; `None` for the country's.
    pub chosen: Option<String>,
    /// IANA name of the country's.
    pub of_country: String,
    /// IANA names that may be chosen.
    pub names: Vec<String>,
}

/// A member of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Which membership.
    pub membership_id: MembershipId,
    /// Who.
    pub user_id: UserId,
    /// The person's name.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// How far the person reaches.
    pub level: Level,
    /// Member since.
    pub since: DateTime<Utc>,
    /// The account cannot sign in.
    pub disabled: bool,
}

/// An invitation nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Which.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// How far the person will reach.
    pub level: Level,
    /// Who invited.
    pub invited_by: String,
    /// It cannot be accepted afterwards.
    pub expires_at: DateTime<Utc>,
    /// That moment has passed.
    pub expired: bool,
}

/// A fresh invitation and its link, which is shown once: only a digest of it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    /// The invitation.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// What to hand over.
    pub url: String,
    /// It cannot be accepted afterwards.
    pub expires_at: DateTime<Utc>,
}

/// What the holder of an invitation's link sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOffer {
    /// The inviting organisation.
    pub organisation: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// How far the person will reach.
    pub level: Level,
    /// Whom.
    pub email: String,
    /// It cannot be accepted afterwards.
    pub expires_at: DateTime<Utc>,
    /// The signed-in person is the invited one.
    pub is_you: bool,
    /// Somebody else is signed in.
    pub is_another: bool,
}

/// The signed-in person's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The person's name.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// When the password was last chosen.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// Where the person is signed in, the latest first.
    pub sessions: Vec<SessionView>,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last heard of.
    pub last_seen_at: DateTime<Utc>,
    /// The browser and its system, such as "Firefox on Windows", as far as the browser told.
    pub browser: String,
    /// Where it was.
    pub address: Option<String>,
    /// This one.
    pub current: bool,
}
