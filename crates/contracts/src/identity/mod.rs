//! People and organisations, as pages and the API see them.

mod commands;
mod made_for;
mod next;
mod secret;
mod views;

pub use commands::{
    InvitationAccept, InvitationCreate, MemberLevelChange, NewInvitation, OrganisationFacts,
    OrganisationUpdate, PasswordChange, SignIn, SignUp, SignUpChecked, SignUpKind,
};
pub use made_for::MadeFor;
pub use next::safe_next;
pub use secret::Secret;
pub use views::{
    AccountView, InvitationLink, InvitationOffer, InvitationView, MemberView, OrganisationView, SessionView,
    TimeZoneSetting,
};

use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrgId, UserId},
    permission::{Level, Permission, PermissionSet, Role},
    states::OrganisationStatus,
    text_enum::text_enum,
    views::Opening,
};

text_enum! {
    /// What an organisation is on the market.
    OrganisationKind { Platform = "platform", Provider = "provider", Insurer = "insurer", Intermediary = "intermediary" }
}

impl OrganisationKind {
    /// The role its members have in the permission table.
    pub const fn role(self) -> Role {
        match self {
            Self::Platform => Role::Admin,
            Self::Provider => Role::Provider,
            Self::Insurer => Role::Insurance,
            Self::Intermediary => Role::Intermediary,
        }
    }

    /// What it is, in a word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Platform => "Platform",
            Self::Provider => "Provider",
            Self::Insurer => "Insurer",
            Self::Intermediary => "Intermediary",
        }
    }

    /// Whether it may hold a cart.
    pub const fn buys(self) -> bool {
        matches!(self, Self::Insurer | Self::Intermediary)
    }
}

/// An organisation somebody belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipView {
    /// The organisation.
    pub org_id: OrgId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Whether it may trade.
    pub status: OrganisationStatus,
    /// How far the member reaches.
    pub level: Level,
    /// IANA name of the time zone its pages are written in.
    pub time_zone: String,
}

/// Who looks at a page: everything a frame needs to know about the signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person.
    pub user_id: UserId,
    /// The person's name.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// The active organisation, if the person belongs to any.
    pub active: Option<MembershipView>,
    /// All organisations the person may switch to, the active one included.
    pub memberships: Vec<MembershipView>,
    /// What the person may do in the active one.
    pub permissions: PermissionSet,
    /// What the navigation opens lists with.
    #[serde(default)]
    pub openings: Vec<Opening>,
}

impl Viewer {
    /// Whether the person may do `permission` in the active organisation.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// Whether an administrator has verified the active organisation once.
    pub fn is_admitted(&self) -> bool {
        self.active.as_ref().is_some_and(|active| active.status.is_admitted())
    }

    /// What the active organisation is.
    pub fn kind(&self) -> Option<OrganisationKind> {
        self.active.as_ref().map(|active| active.kind)
    }
}
