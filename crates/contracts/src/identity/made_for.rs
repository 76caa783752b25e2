//! The person and organisation that a page was rendered for. Browser tabs share one session: signing in or switching organisation
//! in one tab leaves pages of another person or organisation in the others. Every request of a page therefore carries this value, and
//! the server refuses it when the session has changed.

use std::{fmt, str::FromStr};

use crate::ids::{OrgId, UserId};

/// The person and organisation a page was rendered for; both `None` for a visitor. Not secret, and no proof of identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MadeFor {
    /// The signed-in person.
    pub person: Option<UserId>,
    /// The person's active organisation.
    pub organisation: Option<OrgId>,
}

impl MadeFor {
    /// Name of the form field that carries the value.
    pub const FIELD: &'static str = "made_for";
    /// Name of the header that carries the value in scripted requests.
    pub const HEADER: &'static str = "x-hcts-made-for";
}

/// Writes `person.organisation`; either part may be empty.
impl fmt::Display for MadeFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(person) = self.person {
            person.fmt(f)?;
        }
        f.write_str(".")?;
        self.organisation.map_or(Ok(()), |organisation| organisation.fmt(f))
    }
}

impl FromStr for MadeFor {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (person, organisation) = text.split_once('.').unwrap_or((text, ""));
        let person = (!person.is_empty()).then(|| person.parse()).transpose()?;
        let organisation = (!organisation.is_empty()).then(|| organisation.parse()).transpose()?;
        Ok(Self { person, organisation })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let (person, organisation) = (Some(UserId(Uuid::now_v7())), Some(OrgId(Uuid::now_v7())));
        for page in
            [MadeFor { person, organisation }, MadeFor { person, organisation: None }, MadeFor::default()]
        {
            assert_eq!(page.to_string().parse(), Ok(page));
        }
        assert!("somebody.".parse::<MadeFor>().is_err());
    }
}
