//! Permissions, roles and levels. The vocabulary is closed; the table that grants permissions is data: `policy.json` holds the
//! start values (domain: "Who may do what"), the database the table as administrators have changed it. Two permissions are not in the
//! domain's matrix: `organisation.write` and `views.share`, for data that belongs to more than one person.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// Permissions, each one action on one kind of object: `resource.action`.
    Permission {
        AuditLogsRead = "audit_logs.read",
        SecurityEventsRead = "security_events.read",
        UserDataRead = "user_data.read",
        UserDataWrite = "user_data.write",
        UserDataDelete = "user_data.delete",
        SystemManage = "system.manage",
        OwnDataRead = "own_data.read",
        OwnDataWrite = "own_data.write",
        OrganisationWrite = "organisation.write",
        ViewsShare = "views.share",
        MembersManage = "members.manage",
        ServicesRead = "services.read",
        ServicesWrite = "services.write",
        TransactionsRead = "transactions.read",
        TransactionsWrite = "transactions.write",
        CertificatesRead = "certificates.read",
        CertificatesVerify = "certificates.verify",
        CertificatesRedeem = "certificates.redeem",
        CertificatesWrite = "certificates.write",
        MarketplaceRead = "marketplace.read",
        MarketplaceBuy = "marketplace.buy",
        MarketplaceAssemble = "marketplace.assemble",
    }
}

impl Permission {
    /// Returns the kind of object: the part before the dot.
    pub fn resource(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }

    /// Returns the action: the part after the dot.
    pub fn action(self) -> &'static str {
        self.as_str().split('.').nth(1).unwrap_or_default()
    }

    /// Returns what the permission allows, in words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AuditLogsRead => "Read the audit trail",
            Self::SecurityEventsRead => "Read security events",
            Self::UserDataRead => "See organisations and their members",
            Self::UserDataWrite => "Verify, reject and suspend organisations",
            Self::UserDataDelete => "Disable accounts",
            Self::SystemManage => "Manage the system and permissions",
            Self::OwnDataRead => "See own account and organisation",
            Self::OwnDataWrite => "Change own account and views",
            Self::OrganisationWrite => "Correct organisation details",
            Self::ViewsShare => "Share saved views",
            Self::MembersManage => "Manage members",
            Self::ServicesRead => "See services",
            Self::ServicesWrite => "Create and change services",
            Self::TransactionsRead => "See purchases and orders",
            Self::TransactionsWrite => "Pay and cancel purchases",
            Self::CertificatesRead => "See certificates",
            Self::CertificatesVerify => "Check certificates",
            Self::CertificatesRedeem => "Redeem certificates",
            Self::CertificatesWrite => "Put on hold and revoke certificates",
            Self::MarketplaceRead => "Browse the market",
            Self::MarketplaceBuy => "Buy services",
            Self::MarketplaceAssemble => "Prepare carts for clients",
        }
    }

    /// True when the table may grant this permission to `level` of `role`. Administrators move grants inside these bounds: where the
    /// matrix and the text of the domain disagree the narrower one holds, the console belongs to administrators, and an auditor changes
    /// nothing but their own account.
    pub fn may_be_granted(self, role: Role, level: Level) -> bool {
        let changes_nothing = matches!(self.action(), "read" | "verify");
        if level == Level::Auditor && !changes_nothing && self != Self::OwnDataWrite {
            return false;
        }
        match self {
            Self::AuditLogsRead
            | Self::SecurityEventsRead
            | Self::UserDataRead
            | Self::UserDataWrite
            | Self::UserDataDelete
            | Self::SystemManage
            | Self::CertificatesWrite => role == Role::Admin,
            Self::ServicesWrite => matches!(role, Role::Admin | Role::Provider),
            Self::TransactionsWrite => matches!(role, Role::Admin | Role::Insurance),
            Self::CertificatesRedeem => role == Role::Provider,
            Self::MarketplaceBuy => matches!(role, Role::Insurance | Role::Intermediary),
            Self::MarketplaceAssemble => role == Role::Intermediary,
            Self::MembersManage => matches!(level, Level::Owner | Level::Manager),
            Self::OrganisationWrite => role != Role::Admin && matches!(level, Level::Owner | Level::Manager),
            Self::OwnDataRead
            | Self::OwnDataWrite
            | Self::ViewsShare
            | Self::ServicesRead
            | Self::TransactionsRead
            | Self::CertificatesRead
            | Self::CertificatesVerify
            | Self::MarketplaceRead => true,
        }
    }

    /// True when the grant cannot be withdrawn: everybody may see and correct their own data (GDPR Art. 15 and 16) and change their
    /// password, and an owner of the platform can always repair the table.
    pub fn must_be_granted(self, role: Role, level: Level) -> bool {
        match self {
            Self::OwnDataRead | Self::OwnDataWrite => true,
            Self::SystemManage | Self::AuditLogsRead | Self::UserDataRead | Self::MembersManage => {
                role == Role::Admin && level == Level::Owner
            }
            _ => false,
        }
    }

    /// Permissions that need no sign-in (domain: "Public, without sign-in").
    pub const PUBLIC: &'static [Self] = &[Self::MarketplaceRead, Self::CertificatesVerify];
}

text_enum! {
    /// The four roles of the permission matrix. The kind of an organisation determines the role of its members.
    Role { Admin = "admin", Provider = "provider", Insurance = "insurance", Intermediary = "intermediary" }
}

impl Role {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Admin => "Administrator",
            Self::Provider => "Provider",
            Self::Insurance => "Insurer",
            Self::Intermediary => "Intermediary",
        }
    }

    /// Returns the permission to cancel an unpaid purchase. An intermediary may not write transactions; it cancels with the
    /// permission to buy.
    pub const fn cancel_permission(self) -> Permission {
        match self {
            Self::Intermediary => Permission::MarketplaceBuy,
            Self::Admin | Self::Provider | Self::Insurance => Permission::TransactionsWrite,
        }
    }
}

text_enum! {
    /// Levels of members within their organisation.
    Level { Owner = "owner", Manager = "manager", Staff = "staff", Auditor = "auditor" }
}

impl Level {
    /// Returns the label on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Staff => "Staff",
            Self::Auditor => "Auditor",
        }
    }
}

/// The set of permissions that a person has in the active organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PermissionSet(BTreeSet<Permission>);

impl PermissionSet {
    /// Returns the permissions of visitors.
    pub fn public() -> Self {
        Permission::PUBLIC.iter().copied().collect()
    }

    /// Returns all permissions; for jobs and the command line.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// True when the set contains `permission`.
    pub fn has(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Iterates over the permissions in the order of the vocabulary.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

/// A row of the permission table: these levels of this role have this permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The permission.
    pub permission: Permission,
    /// The levels.
    pub levels: Vec<Level>,
    /// Restriction in words, such as "own services" or "as buyer".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Returns the start values of the permission table.
pub fn start_policy() -> Result<Vec<Grant>, serde_json::Error> {
    serde_json::from_str(include_str!("../policy.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(role: Role, level: Level, permission: Permission) -> bool {
        start_policy().unwrap().iter().any(|grant| {
            grant.role == role && grant.permission == permission && grant.levels.contains(&level)
        })
    }

    #[test]
    fn the_policy_reads_and_names_no_pair_twice() {
        let policy = start_policy().unwrap();
        let pairs: BTreeSet<_> = policy.iter().map(|grant| (grant.role, grant.permission)).collect();
        assert_eq!(pairs.len(), policy.len());
    }

    #[test]
    fn the_start_values_stay_inside_the_bounds() {
        for grant in start_policy().unwrap() {
            for level in &grant.levels {
                assert!(grant.permission.may_be_granted(grant.role, *level), "{} {level}", grant.permission);
            }
        }
        for (role, level) in
            Role::ALL.iter().flat_map(|role| Level::ALL.iter().map(move |level| (*role, *level)))
        {
            for permission in Permission::ALL {
                let kept = permission.must_be_granted(role, level);
                assert!(!kept || permission.may_be_granted(role, level), "{role} {level} {permission}");
                assert!(!kept || holds(role, level, *permission), "{role} {level} {permission}");
            }
        }
    }

    #[test]
    fn the_narrower_reading_of_the_matrix_holds() {
        for permission in [Permission::CertificatesRedeem, Permission::ServicesWrite] {
            assert!(!holds(Role::Intermediary, Level::Owner, permission), "{permission}");
        }
        assert!(holds(Role::Intermediary, Level::Owner, Permission::MarketplaceAssemble));
        assert!(!holds(Role::Provider, Level::Owner, Permission::MarketplaceBuy));
        assert!(!holds(Role::Insurance, Level::Owner, Permission::CertificatesRedeem));
    }

    #[test]
    fn who_may_buy_can_read_the_certificates_that_are_bought() {
        for (role, level) in
            Role::ALL.iter().flat_map(|role| Level::ALL.iter().map(move |level| (*role, *level)))
        {
            let buys = holds(role, level, Permission::MarketplaceBuy);
            assert!(!buys || holds(role, level, Permission::CertificatesRead), "{role} {level}");
        }
    }

    #[test]
    fn who_may_buy_may_give_a_purchase_up_and_no_provider_may() {
        for (role, level) in
            Role::ALL.iter().flat_map(|role| Level::ALL.iter().map(move |level| (*role, *level)))
        {
            let gives_up = holds(role, level, role.cancel_permission());
            assert!(gives_up || !holds(role, level, Permission::MarketplaceBuy), "{role} {level}");
            assert!(!gives_up || role != Role::Provider, "{role} {level}");
        }
    }

    #[test]
    fn console_rights_belong_to_administrators_alone() {
        for grant in start_policy().unwrap() {
            if matches!(
                grant.permission.resource(),
                "audit_logs" | "security_events" | "user_data" | "system"
            ) {
                assert_eq!(grant.role, Role::Admin, "{}", grant.permission);
            }
        }
    }

    #[test]
    fn an_auditor_changes_nothing_but_their_own_account() {
        for grant in start_policy().unwrap() {
            if grant.levels.contains(&Level::Auditor) {
                let is_own = grant.permission == Permission::OwnDataWrite;
                assert!(
                    is_own || matches!(grant.permission.action(), "read" | "verify"),
                    "{}",
                    grant.permission
                );
            }
        }
    }
}
