//! A change of the permission table as the value of a button, so that one plain form holds the whole table.

use contracts::{compliance::PermissionChange, error::ErrorCode};

use crate::error::UiError;

/// `role/level/permission/granted`.
pub fn write_change(change: &PermissionChange) -> String {
    let PermissionChange { role, level, permission, granted } = change;
    let granted = if *granted { "true" } else { "false" };
    [role.as_str(), level.as_str(), permission.as_str(), granted].join("/")
}

/// The change a button stands for.
///
/// # Errors
/// `invalid_input` when it is no button of ours.
pub fn read_change(text: &str) -> Result<PermissionChange, UiError> {
    let unreadable = || UiError::new(ErrorCode::InvalidInput);
    let mut words = text.split('/');
    let mut word = || words.next().ok_or_else(unreadable);
    Ok(PermissionChange {
        role: word()?.parse().map_err(|_| unreadable())?,
        level: word()?.parse().map_err(|_| unreadable())?,
        permission: word()?.parse().map_err(|_| unreadable())?,
        granted: word()?.parse().map_err(|_| unreadable())?,
    })
}

#[cfg(test)]
mod tests {
    use contracts::permission::{Level, Permission, Role};

    use super::*;

    #[test]
    fn reads_back_what_it_writes_and_nothing_else() {
        let change = PermissionChange {
            role: Role::Insurance,
            level: Level::Staff,
            permission: Permission::MarketplaceBuy,
            granted: false,
        };
        assert_eq!(read_change(&write_change(&change)), Ok(change));
        assert!(read_change("admin/owner").is_err() && read_change("admin/owner/fly/true").is_err());
    }
}
