//! What a frame needs to know of the person in front of it.

/// What an organisation does here; decides its rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationRole {
    /// Sells and redeems.
    Provider,
    /// Buys for the people it covers.
    Insurer,
    /// Buys for clients.
    Intermediary,
    /// Runs the console.
    Platform,
}

impl OrganisationRole {
    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Insurer => "Insurer",
            Self::Intermediary => "Intermediary",
            Self::Platform => "Platform",
        }
    }
}

/// The organisation the person acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameOrganisation {
    /// Its name.
    pub name: String,
    /// What it does here.
    pub role: OrganisationRole,
    /// An administrator has verified it.
    pub verified: bool,
}

/// Another organisation the person may switch to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameMembership {
    /// What the switch form sends as `organisation`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does here.
    pub role: OrganisationRole,
    /// Active now.
    pub current: bool,
}

/// A signed-in person, as bars and rails show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameViewer {
    /// Full name.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// The active organisation.
    pub organisation: Option<FrameOrganisation>,
    /// All memberships.
    pub memberships: Vec<FrameMembership>,
}

impl FrameViewer {
    /// What the active organisation does here.
    pub fn role(&self) -> Option<OrganisationRole> {
        self.organisation.as_ref().map(|organisation| organisation.role)
    }
}
