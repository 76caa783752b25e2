//! What people ask of identity. Each command is a form: its fields are text, and `checked` makes values of them.

use serde::{Deserialize, Serialize};

use super::{OrganisationKind, Secret};
use crate::{
    ids::MembershipId,
    permission::Level,
    text_enum::text_enum,
    validate::{self, FieldErrors},
};

text_enum! {
    /// What an organisation may sign up as. The platform itself is made at the command line.
    SignUpKind { Provider = "provider", Insurer = "insurer", Intermediary = "intermediary" }
}

impl SignUpKind {
    /// What the organisation will be.
    pub const fn organisation(self) -> OrganisationKind {
        match self {
            Self::Provider => OrganisationKind::Provider,
            Self::Insurer => OrganisationKind::Insurer,
            Self::Intermediary => OrganisationKind::Intermediary,
        }
    }
}

/// Signs up an organisation with its first user, who becomes its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    /// One of [`SignUpKind`].
    #[serde(default)]
    pub kind: String,
    /// The name on the market.
    #[serde(default)]
    pub organisation: String,
    /// The name in the register.
    #[serde(default)]
    pub legal_name: String,
    /// The number in the register.
    #[serde(default)]
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// Town.
    #[serde(default)]
    pub city: String,
    /// The person's name.
    #[serde(default)]
    pub name: String,
    /// The sign-in address.
    #[serde(default)]
    pub email: String,
    /// The new password.
    #[serde(default)]
    pub password: Secret,
}

/// A sign-up whose fields are well formed. Whether the password is good enough, the service decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpChecked {
    /// What the organisation is.
    pub kind: OrganisationKind,
    /// Its facts.
    pub organisation: OrganisationFacts,
    /// The person's name.
    pub name: String,
    /// The sign-in address, lower case.
    pub email: String,
    /// The new password.
    pub password: Secret,
}

impl SignUp {
    /// Reads the form.
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

/// What is known about an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFacts {
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
}

/// Corrects an organisation's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationUpdate {
    /// The name on the market.
    #[serde(default)]
    pub organisation: String,
    /// The name in the register.
    #[serde(default)]
    pub legal_name: String,
    /// The number in the register.
    #[serde(default)]
    pub registration_number: String,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// Town.
    #[serde(default)]
    pub city: String,
}

impl OrganisationUpdate {
    /// Reads the form.
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
    /// The one in use.
    #[serde(default)]
    pub current_password: Secret,
    /// The one to use from now on.
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
    /// The person's address.
    #[serde(default)]
    pub email: String,
    /// One of [`Level`].
    #[serde(default)]
    pub level: String,
}

/// An invitation whose fields are well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The person's address, lower case.
    pub email: String,
    /// How far the person will reach.
    pub level: Level,
}

impl InvitationCreate {
    /// Reads the form.
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

/// Accepts an invitation. Signed in as the invited person, the token is enough; otherwise the password of the account, or a
/// name and a new password where there is no account yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAccept {
    /// What the link ends in.
    #[serde(default)]
    pub token: Secret,
    /// The person's name; for a new account.
    #[serde(default)]
    pub name: String,
    /// The account's password, or the new one.
    #[serde(default)]
    pub password: Secret,
}

/// Moves a member to another level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLevelChange {
    /// Whom.
    pub membership_id: MembershipId,
    /// Where to.
    pub level: Level,
}
