//! The permission table and its changes. A change is a set of cells of one role: selected, reviewed with its effects, and confirmed
//! with a reason.

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

/// The permission table with the history of its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionTable {
    /// The grants, one row per role and permission that at least one level holds.
    pub grants: Vec<Grant>,
    /// True when the caller may change the table.
    pub may_change: bool,
    /// Digest of each role's grants as shown; a change refers to the digest it was reviewed against.
    pub digests: Vec<(Role, String)>,
    /// Latest changes, newest first; empty for a caller who may not change the table.
    pub history: Vec<PermissionChangeRecord>,
}

impl PermissionTable {
    /// Returns the digest of this role's grants; empty for an unknown role.
    pub fn digest(&self, role: Role) -> &str {
        self.digests.iter().find(|(one, _)| *one == role).map_or("", |(_, digest)| digest)
    }

    /// True when `level` of `role` holds `permission`.
    pub fn holds(&self, role: Role, level: Level, permission: Permission) -> bool {
        self.grants.iter().any(|grant| {
            grant.role == role && grant.permission == permission && grant.levels.contains(&level)
        })
    }
}

/// A change of one cell of a role's table, written `level/permission/granted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PermissionChange {
    /// Level of the cell.
    pub level: Level,
    /// Permission of the cell.
    pub permission: Permission,
    /// True grants the permission, false withdraws it.
    pub granted: bool,
}

impl PermissionChange {
    /// True when the change is inside the bounds of `role`: see [`Permission::may_be_granted`] and [`Permission::must_be_granted`].
    pub fn is_allowed(self, role: Role) -> bool {
        if self.granted {
            self.permission.may_be_granted(role, self.level)
        } else {
            !self.permission.must_be_granted(role, self.level)
        }
    }

    /// Returns the change that reverses this one.
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

/// Error for a text that is no [`PermissionChange`].
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

/// A selection to be reviewed: the ticked cells of a role's form, or an earlier change to be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PermissionSelection {
    /// All cells that are to be granted; all others are to be withdrawn.
    Cells {
        /// The role.
        role: Role,
        /// The ticked cells.
        granted: BTreeSet<(Level, Permission)>,
        /// [`PermissionTable::digest`] of the role at the time of ticking.
        digest: String,
    },
    /// Undoes an earlier change.
    Undo(PermissionChangeId),
}

impl PermissionSelection {
    /// Parses the query of the review page: `role`, `digest` and a `grant` per ticked cell, written `level/permission`; or `undo`.
    ///
    /// # Errors
    /// Error under `role`, `grant` or `undo` for an unknown value.
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

/// A changed cell with the number of people it affects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewedChange {
    /// The changed cell.
    pub change: PermissionChange,
    /// Number of organisations with members of this level.
    pub organisations: u64,
    /// Number of members of this level in all organisations.
    pub people: u64,
}

/// Review of a set of changes before they are confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionReview {
    /// The role whose permissions change.
    pub role: Role,
    /// Changed cells in the order of the table; empty when nothing would change.
    pub changes: Vec<ReviewedChange>,
    /// Digest of the table that the selection was compared with.
    pub digest: String,
    /// True when the table has changed since the cells were ticked.
    pub is_outdated: bool,
    /// The earlier change that this one undoes; `None` for another selection.
    pub undoes: Option<PermissionChangeRecord>,
}

/// Changes cells of one role's table, all or none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsChange {
    /// Word of a [`Role`].
    #[serde(default)]
    pub role: String,
    /// The changed cells, each a [`PermissionChange`] in text form.
    #[serde(default)]
    pub changes: Vec<String>,
    /// [`PermissionReview::digest`] of the review.
    #[serde(default)]
    pub digest: String,
    /// Reason, 10 to 500 characters.
    #[serde(default)]
    pub reason: String,
}

/// A validated [`PermissionsChange`]: every change is inside the bounds of the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPermissions {
    /// The role.
    pub role: Role,
    /// The changed cells, without duplicates.
    pub changes: BTreeSet<PermissionChange>,
    /// Digest of the table they were reviewed against.
    pub digest: String,
    /// Reason.
    pub reason: String,
}

impl PermissionsChange {
    /// Validates the form.
    ///
    /// # Errors
    /// Errors under `role`, `changes` and `reason`; under `changes` also for a cell outside the bounds of the role.
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

/// A recorded change of the permission table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionChangeRecord {
    /// The change.
    pub id: PermissionChangeId,
    /// The role whose permissions changed.
    pub role: Role,
    /// The changed cells.
    pub changes: Vec<PermissionChange>,
    /// Reason.
    pub reason: String,
    /// Name of the person who made the change; `None` for an operator at the command line.
    pub by: Option<String>,
    /// Time of the change.
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
