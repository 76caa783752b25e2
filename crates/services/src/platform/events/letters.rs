//! Messages of the outbox to the domain `mail`. A stored payload may be older than this code: fields are added with a default and never
//! renamed.

use chrono::{DateTime, Utc};
use contracts::{
    ids::{OrgId, UserId},
    states::OrganisationStatus,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{Error, Result};

/// An e-mail to be written, for one addressee: one failing mailbox does not hold up the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Letter {
    /// To the person whose password was changed.
    PasswordChanged(PasswordChanged),
    /// To one owner of an organisation that was decided about.
    OrganisationDecided(OrganisationDecided),
}

/// Somebody changed their password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// Whose password.
    pub user_id: UserId,
    /// Since when it is another.
    pub at: DateTime<Utc>,
}

/// An administrator decided about an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDecided {
    /// The organisation.
    pub org_id: OrgId,
    /// The owner the letter is for.
    pub user_id: UserId,
    /// The change of status, by which its reason is found.
    pub change_id: i64,
    /// Status before.
    pub from: OrganisationStatus,
    /// Status since.
    pub to: OrganisationStatus,
}

/// What a message of the outbox is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Topic of [`PasswordChanged`].
    PasswordChanged,
    /// Topic of [`OrganisationDecided`].
    OrganisationDecided,
}

impl Topic {
    /// Every topic.
    pub const ALL: &[Self] = &[Self::PasswordChanged, Self::OrganisationDecided];

    /// Returns the stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "identity.password_changed",
            Self::OrganisationDecided => "compliance.organisation_decided",
        }
    }
}

impl Letter {
    /// Returns the topic.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::PasswordChanged(_) => Topic::PasswordChanged,
            Self::OrganisationDecided(_) => Topic::OrganisationDecided,
        }
    }

    /// Reads a stored message.
    ///
    /// # Errors
    /// `internal` for a topic or a payload that this code does not know.
    pub fn read(topic: &str, payload: Value) -> Result<Self> {
        let known = Topic::ALL.iter().find(|known| known.as_str() == topic);
        match known.ok_or_else(|| Error::internal(format!("no handler for topic {topic}")))? {
            Topic::PasswordChanged => Ok(Self::PasswordChanged(serde_json::from_value(payload)?)),
            Topic::OrganisationDecided => Ok(Self::OrganisationDecided(serde_json::from_value(payload)?)),
        }
    }
}
