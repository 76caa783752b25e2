//! Commands of identity. Each is a form: its fields are text, and its `parse` method returns validated values.

use serde::{Deserialize, Serialize};

use super::{OrganisationKind, Secret};
use crate::{
    ids::MembershipId,
    permission::Level,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// Kinds of organisation that can sign up. The platform's own organisation is created at the command line.
    SignUpKind { Provider = "provider", Insurer = "insurer", Intermediary = "intermediary" }
}

impl SignUpKind {
    /// Returns the kind of the organisation to be created.
    pub const fn organisation(self) -> OrganisationKind {
        match self {
            Self::Provider => OrganisationKind::Provider,
            Self::Insurer => OrganisationKind::Insurer,
            Self::Intermediary => OrganisationKind::Intermediary,
        }
    }
}

/// Signs up an organisation with its first member, who becomes its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    /// Word of a [`SignUpKind`].
    #[serde(default)]
    pub kind: String,
    /// Name on the market.
    #[serde(default)]
    pub organisation: String,
    /// Name in the register.
    #[serde(default)]
    pub legal_name: String,
    /// Registration number.
    #[serde(default)]
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// City or town.
    #[serde(default)]
    pub city: String,
    /// Name of the person.
    #[serde(default)]
    pub name: String,
    /// The sign-in address.
    #[serde(default)]
    pub email: String,
    /// New password.
    #[serde(default)]
    pub password: Secret,
}

/// A validated [`SignUp`]. The service judges the strength of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpChecked {
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Details of the organisation.
    pub organisation: OrganisationFacts,
    /// Name of the person.
    pub name: String,
    /// Sign-in address, in lower case.
    pub email: String,
    /// New password.
    pub password: Secret,
}

impl SignUp {
    /// Validates the form.
    pub fn parse(self) -> Result<SignUpChecked, FieldErrors> {
        let mut errors = FieldErrors::new();
        let kind = self.kind.parse::<SignUpKind>().map(SignUpKind::organisation);
        errors.check(kind.is_ok(), "kind", "Choose the type of organisation.");
        let organisation = OrganisationUpdate {
            organisation: self.organisation,
            legal_name: self.legal_name,
            registration_number: self.registration_number,
            country: self.country,
            city: self.city,
        }
        .read(&mut errors);
        let name = validate::name(&mut errors, "name", &self.name, 1, 120);
        let email = validate::email(&mut errors, "email", &self.email);
        errors.check(!self.password.expose().is_empty(), "password", "Enter a password.");
        match kind {
            Ok(kind) if errors.is_empty() => {
                Ok(SignUpChecked { kind, organisation, name, email, password: self.password })
            }
            _ => Err(errors),
        }
    }
}

/// Details of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFacts {
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
}

/// Corrects the details of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationUpdate {
    /// Name on the market.
    #[serde(default)]
    pub organisation: String,
    /// Name in the register.
    #[serde(default)]
    pub legal_name: String,
    /// Registration number.
    #[serde(default)]
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// City or town.
    #[serde(default)]
    pub city: String,
}

impl OrganisationUpdate {
    /// Validates the form.
    pub fn parse(self) -> Result<OrganisationFacts, FieldErrors> {
        let mut errors = FieldErrors::new();
        let facts = self.read(&mut errors);
        if errors.is_empty() { Ok(facts) } else { Err(errors) }
    }

    fn read(self, errors: &mut FieldErrors) -> OrganisationFacts {
        OrganisationFacts {
            name: validate::name(errors, "organisation", &self.organisation, 2, 120),
            legal_name: validate::name(errors, "legal_name", &self.legal_name, 2, 200),
            registration_number: validate::name(
                errors,
                "registration_number",
                &self.registration_number,
                2,
                64,
            ),
            country: validate::country(errors, "country", &self.country),
            city: validate::name(errors, "city", &self.city, 0, 120),
        }
    }
}

/// Signs a person in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The sign-in address.
    #[serde(default)]
    pub email: String,
    /// The password.
    #[serde(default)]
    pub password: Secret,
}

impl SignIn {
    /// Returns the address in lower case and the password.
    pub fn parse(self) -> Result<(String, Secret), FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = validate::email(&mut errors, "email", &self.email);
        errors.check(!self.password.expose().is_empty(), "password", "Enter your password.");
        if errors.is_empty() { Ok((email, self.password)) } else { Err(errors) }
    }
}

/// Changes the password of the signed-in person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChange {
    /// Current password.
    #[serde(default)]
    pub current_password: Secret,
    /// New password.
    #[serde(default)]
    pub new_password: Secret,
}

impl PasswordChange {
    /// Returns the current and the new password.
    pub fn parse(self) -> Result<(Secret, Secret), FieldErrors> {
        let mut errors = FieldErrors::new();
        let Self { current_password: current, new_password: new } = self;
        errors.check(!current.expose().is_empty(), "current_password", "Enter your current password.");
        errors.check(!new.expose().is_empty(), "new_password", "Enter a new password.");
        errors.check(
            new.expose().is_empty() || current != new,
            "new_password",
            "Choose a new password that differs from your current one.",
        );
        if errors.is_empty() { Ok((current, new)) } else { Err(errors) }
    }
}

/// Invites a person into the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationCreate {
    /// E-mail address of the person.
    #[serde(default)]
    pub email: String,
    /// Word of a [`Level`].
    #[serde(default)]
    pub level: String,
}

/// A validated [`InvitationCreate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// E-mail address of the person, in lower case.
    pub email: String,
    /// Level that the person will have.
    pub level: Level,
}

impl InvitationCreate {
    /// Validates the form.
    pub fn parse(self) -> Result<NewInvitation, FieldErrors> {
        let mut errors = FieldErrors::new();
        let email = validate::email(&mut errors, "email", &self.email);
        match self.level.parse() {
            Ok(level) if errors.is_empty() => Ok(NewInvitation { email, level }),
            Ok(_) => Err(errors),
            Err(_) => {
                errors.add("level", "Choose a role.");
                Err(errors)
            }
        }
    }
}

/// Accepts an invitation. A person signed in with the invited address needs only the token; otherwise the password of the existing
/// account is needed, or a name and a new password for a new account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAccept {
    /// Token from the invitation link.
    #[serde(default)]
    pub token: Secret,
    /// Name of the person; used for a new account only.
    #[serde(default)]
    pub name: String,
    /// Password of the account, or the new password.
    #[serde(default)]
    pub password: Secret,
}

/// Changes the level of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLevelChange {
    /// The membership.
    pub membership_id: MembershipId,
    /// New level.
    pub level: Level,
}
