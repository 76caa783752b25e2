//! For whom a page was made. Several tabs of a browser share one session: who signs in or changes organisation in one of them
//! leaves pages of somebody else in the others. Every request of a page repeats this, and the server refuses what was made for
//! another.

use std::{fmt, str::FromStr};

use crate::ids::{OrgId, UserId};

/// The person and the organisation a page was made for; neither for a visitor's. It is no secret and proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MadeFor {
    /// The signed-in person.
    pub person: Option<UserId>,
    /// The organisation the person acted for.
    pub organisation: Option<OrgId>,
}

impl MadeFor {
    /// The field of a form that carries it.
    pub const FIELD: &'static str = "made_for";
    /// The header of a scripted request that carries it.
    pub const HEADER: &'static str = "x-hcts-made-for";
}

/// `person.organisation`, either of them empty.
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
