//! People and organisations, as pages and the API see them. Begin with [`Viewer`], the signed-in person.

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
    /// Kinds of organisation.
    OrganisationKind { Platform = "platform", Provider = "provider", Insurer = "insurer", Intermediary = "intermediary" }
}

impl OrganisationKind {
    /// Returns the role of the organisation's members in the permission table.
    pub const fn role(self) -> Role {
        match self {
            Self::Platform => Role::Admin,
            Self::Provider => Role::Provider,
            Self::Insurer => Role::Insurance,
            Self::Intermediary => Role::Intermediary,
        }
    }

    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Platform => "Platform",
            Self::Provider => "Provider",
            Self::Insurer => "Insurer",
            Self::Intermediary => "Intermediary",
        }
    }

    /// True when the organisation may have a cart.
    pub const fn buys(self) -> bool {
        matches!(self, Self::Insurer | Self::Intermediary)
    }
}

/// A membership of a person in an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipView {
    /// The organisation.
    pub org_id: OrgId,
    /// Name of the organisation.
    pub name: String,
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Status of the organisation.
    pub status: OrganisationStatus,
    /// Level of the member.
    pub level: Level,
    /// IANA name of the time zone of the organisation's pages.
    pub time_zone: String,
}

/// The signed-in person, with everything the frame of a page needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person.
    pub user_id: UserId,
    /// Name of the person.
    pub name: String,
    /// The sign-in address.
    pub email: String,
    /// The active organisation; `None` for a person without memberships.
    pub active: Option<MembershipView>,
    /// All organisations of the person, the active one included.
    pub memberships: Vec<MembershipView>,
    /// Permissions in the active organisation.
    pub permissions: PermissionSet,
    /// Saved views that the navigation opens lists with.
    #[serde(default)]
    pub openings: Vec<Opening>,
}

impl Viewer {
    /// True when the person has `permission` in the active organisation.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// True when an administrator has verified the active organisation, even if it is suspended now.
    pub fn is_admitted(&self) -> bool {
        self.active.as_ref().is_some_and(|active| active.status.is_admitted())
    }

    /// True for staff at a provider's desk, who redeem certificates.
    pub fn is_desk(&self) -> bool {
        let level = self.active.as_ref().map(|active| active.level);
        self.kind() == Some(OrganisationKind::Provider) && level == Some(Level::Staff) && self.is_admitted()
    }

    /// Returns the kind of the active organisation.
    pub fn kind(&self) -> Option<OrganisationKind> {
        self.active.as_ref().map(|active| active.kind)
    }
}
