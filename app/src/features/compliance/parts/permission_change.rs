//! A change of the permission table as the value of a button, so that one plain form holds the whole table.

use contracts::compliance::PermissionChange;

/// `role/level/permission/granted`.
pub fn write_change(change: &PermissionChange) -> String {
    let PermissionChange { role, level, permission, granted } = change;
    let granted = if *granted { "true" } else { "false" };
    [role.as_str(), level.as_str(), permission.as_str(), granted].join("/")
}

/// The change a button stands for; none when it is no button of ours.
pub fn read_change(text: &str) -> Option<PermissionChange> {
    let mut words = text.split('/');
    Some(PermissionChange {
        role: words.next()?.parse().ok()?,
        level: words.next()?.parse().ok()?,
        permission: words.next()?.parse().ok()?,
        granted: words.next()?.parse().ok()?,
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
        assert_eq!(read_change(&write_change(&change)), Some(change));
        assert!(read_change("admin/owner").is_none() && read_change("admin/owner/fly/true").is_none());
    }
}
