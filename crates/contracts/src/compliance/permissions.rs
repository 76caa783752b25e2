//! The permission table and its changes: a set of cells, reviewed with what it affects, confirmed with a reason.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::PermissionChangeId,
    permission::{Grant, Level, Permission, Role},
    query_text::query_pairs,
    validate::{self, FieldErrors},
};

const WRONG_CHOICE: &str = "Choose the permissions again: this link is wrong or out of date.";

/// The permission table: what is granted, what an administrator may make of it, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionTable {
    /// One row per role and permission that is granted to anyone.
    pub grants: Vec<Grant>,
    /// Whether the caller may change it.
    pub may_change: bool,
    /// Stands for the grants of each role as they are here: a change names the table that it was reviewed against.
    pub digests: Vec<(Role, String)>,
    /// The latest changes, newest first; empty for a caller who may not change the table.
    pub history: Vec<PermissionChangeRecord>,
}

impl PermissionTable {
    /// Stands for the grants of this role.
    pub fn digest(&self, role: Role) -> &str {
        self.digests.iter().find(|(one, _)| *one == role).map_or("", |(_, digest)| digest)
    }

    /// Whether `level` of `role` holds `permission`.
    pub fn holds(&self, role: Role, level: Level, permission: Permission) -> bool {
        self.grants.iter().any(|grant| {
            grant.role == role && grant.permission == permission && grant.levels.contains(&level)
        })
    }
}

/// One cell of a role's table that changes. Written `level/permission/granted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermissionChange {
    /// At which level.
    pub level: Level,
    /// What.
    pub permission: Permission,
    /// Granted from now on, or not.
    pub granted: bool,
}

impl PermissionChange {
    /// Whether `role` may get or lose this: what a role can never hold is not granted, what it must hold is not withdrawn.
    pub fn is_allowed(self, role: Role) -> bool {
        if self.granted {
            self.permission.may_be_granted(role, self.level)
        } else {
            !self.permission.must_be_granted(role, self.level)
        }
    }

    /// Returns the change that takes this one back.
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self { granted: !self.granted, ..self }
    }
}

impl fmt::Display for PermissionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.level, self.permission, self.granted)
    }
}

/// A text that is no [`PermissionChange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a change of the permission table")]
pub struct NoPermissionChange;

impl FromStr for PermissionChange {
    type Err = NoPermissionChange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split('/');
        let mut next = || words.next().ok_or(NoPermissionChange);
        Ok(Self {
            level: next()?.parse().map_err(|_| NoPermissionChange)?,
            permission: next()?.parse().map_err(|_| NoPermissionChange)?,
            granted: next()?.parse().map_err(|_| NoPermissionChange)?,
        })
    }
}

/// What somebody wants to review: the table of a role as its form was sent, or the way back from an earlier change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PermissionSelection {
    /// All cells that are to be granted; those left out are not.
    Cells {
        /// Whose.
        role: Role,
        /// The ticked cells.
        granted: BTreeSet<(Level, Permission)>,
        /// [`PermissionTable::digest`] of the role when they were ticked.
        digest: String,
    },
    /// Takes an earlier change back.
    Undo(PermissionChangeId),
}

impl PermissionSelection {
    /// Reads the query of the review's address: `role`, `digest` and a `grant` for each ticked cell, written `level/permission`; or `undo`.
    ///
    /// # Errors
    /// Under `role`, `grant` or `undo`, what is none of the choices.
    pub fn parse(query: &str) -> Result<Self, FieldErrors> {
        let pairs = query_pairs(query);
        let text = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
        if let Some(id) = text("undo") {
            let id = id.parse().map_err(|_| FieldErrors::one("undo", WRONG_CHOICE))?;
            return Ok(Self::Undo(id));
        }
        let role = text("role").and_then(|role| role.parse().ok());
        let role = role.ok_or_else(|| FieldErrors::one("role", WRONG_CHOICE))?;
        let cells = pairs.iter().filter(|(name, _)| name == "grant");
        let cell = |(_, cell): &(String, String)| {
            let (level, permission) = cell.split_once('/')?;
            Some((level.parse().ok()?, permission.parse().ok()?))
        };
        let granted: Option<BTreeSet<_>> = cells.map(cell).collect();
        let granted = granted.ok_or_else(|| FieldErrors::one("grant", WRONG_CHOICE))?;
        Ok(Self::Cells { role, granted, digest: text("digest").unwrap_or_default().to_owned() })
    }
}

/// One cell of a review, with whom it reaches today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewedChange {
    /// The cell.
    pub change: PermissionChange,
    /// Organisations that have members of this level.
    pub organisations: u64,
    /// Members of this level, in all of them.
    pub people: u64,
}

/// What a set of changes would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionReview {
    /// Whose permissions change.
    pub role: Role,
    /// The cells, in the order of the table; empty when nothing would change.
    pub changes: Vec<ReviewedChange>,
    /// The table they were compared with.
    pub digest: String,
    /// The table has changed since the cells were ticked: they are not what was seen.
    pub is_outdated: bool,
    /// The change that this one takes back.
    pub undoes: Option<PermissionChangeRecord>,
}

/// Changes cells of one role's table, all or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsChange {
    /// One of [`Role`].
    #[serde(default)]
    pub role: String,
    /// The cells, each a written [`PermissionChange`].
    #[serde(default)]
    pub changes: Vec<String>,
    /// [`PermissionReview::digest`] as it was shown.
    #[serde(default)]
    pub digest: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A change whose fields are well formed and inside the bounds of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPermissions {
    /// Whose.
    pub role: Role,
    /// Each cell once.
    pub changes: BTreeSet<PermissionChange>,
    /// The table that they were reviewed against.
    pub digest: String,
    /// Why.
    pub reason: String,
}

impl PermissionsChange {
    /// Reads the form.
    ///
    /// # Errors
    /// Under `role`, `changes` and `reason`; a cell outside the bounds of the role stands under `changes`.
    pub fn parse(self) -> Result<NewPermissions, FieldErrors> {
        let mut errors = FieldErrors::new();
        let role: Option<Role> = self.role.parse().ok();
        errors.check(role.is_some(), "role", WRONG_CHOICE);
        let changes: Option<BTreeSet<PermissionChange>> =
            self.changes.iter().map(|change| change.parse().ok()).collect();
        let changes = changes.filter(|changes| !changes.is_empty());
        errors.check(changes.is_some(), "changes", WRONG_CHOICE);
        let reason = validate::text(&mut errors, "reason", &self.reason, 10, 500);
        let (Some(role), Some(changes)) = (role, changes) else { return Err(errors) };
        errors.check(
            changes.iter().all(|change| change.is_allowed(role)),
            "changes",
            "One of these permissions can't be changed for this role.",
        );
        if errors.is_empty() {
            Ok(NewPermissions { role, changes, digest: self.digest, reason })
        } else {
            Err(errors)
        }
    }
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionChangeRecord {
    /// Which.
    pub id: PermissionChangeId,
    /// Whose permissions changed.
    pub role: Role,
    /// The cells.
    pub changes: Vec<PermissionChange>,
    /// Why.
    pub reason: String,
    /// Who changed them, by name; `None` for an operator at the command line.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> PermissionChange {
        text.parse().unwrap()
    }

    #[test]
    fn a_written_change_reads_back_and_nothing_else_does() {
        let withdrawn = change("manager/services.write/false");
        assert_eq!(change(&withdrawn.to_string()), withdrawn);
        assert_eq!(withdrawn.inverse().to_string(), "manager/services.write/true");
        for wrong in
            ["", "manager", "manager/fly/true", "king/services.write/true", "manager/services.write/maybe"]
        {
            assert_eq!(wrong.parse::<PermissionChange>(), Err(NoPermissionChange), "{wrong}");
        }
    }

    #[test]
    fn a_selection_is_the_ticked_cells_or_the_way_back() {
        let cells =
            PermissionSelection::parse("role=provider&digest=d&grant=manager%2Fservices.write").unwrap();
        let granted = BTreeSet::from([(Level::Manager, Permission::ServicesWrite)]);
        assert_eq!(cells, PermissionSelection::Cells { role: Role::Provider, granted, digest: "d".into() });
        for (wrong, field) in
            [("", "role"), ("role=king", "role"), ("role=admin&grant=x", "grant"), ("undo=x", "undo")]
        {
            assert!(PermissionSelection::parse(wrong).unwrap_err().get(field).is_some(), "{wrong}");
        }
    }

    #[test]
    fn a_change_needs_cells_inside_the_bounds_and_a_reason() {
        let command = |role: &str, change: &str, reason: &str| {
            let changes = vec![change.to_owned()];
            PermissionsChange { role: role.into(), changes, digest: "d".into(), reason: reason.into() }
                .parse()
        };
        let reason = "Clinics asked for it.";
        assert!(command("provider", "manager/services.write/false", reason).is_ok());
        for (role, change) in [
            ("intermediary", "owner/certificates.redeem/true"),
            ("provider", "owner/system.manage/true"),
            ("admin", "owner/system.manage/false"),
            ("insurance", "staff/own_data.read/false"),
        ] {
            assert!(command(role, change, reason).unwrap_err().get("changes").is_some(), "{role} {change}");
        }
        let empty = PermissionsChange::default().parse().unwrap_err();
        assert_eq!(empty.0.into_keys().collect::<Vec<_>>(), ["changes", "reason", "role"]);
    }
}
