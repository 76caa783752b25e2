//! Actions of the audit trail: the name a record is stored under, and the words the console shows for it.

/// Declares the closed enum of actions. Each row is a variant, the stored name (`domain.verb_done`) and the words on screen.
macro_rules! actions {
    ($($variant:ident = $name:literal, $label:literal;)+) => {
        /// What was done, as an audit record names it. A stored name is never changed: records refer to it for years.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditAction {
            $(#[doc = $label] $variant,)+
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the stored name: `orders.purchase_placed`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns the words on screen: "Purchase placed".
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

actions! {
    CartChangesConfirmed = "cart.changes_confirmed", "Changes in the cart accepted";
    CartCleared = "cart.cleared", "Cart cleared";
    CartClientSet = "cart.client_set", "Client of the cart set";
    CartLineAdded = "cart.line_added", "Service added to the cart";
    CartLineRemoved = "cart.line_removed", "Service removed from the cart";
    CartLineSet = "cart.line_set", "Quantity in the cart changed";
    Icd11Imported = "catalog.icd11_imported", "Icd11 imported";
    ServiceBulkEnded = "catalog.service_bulk_ended", "Bulk edit completed";
    ServiceBulkRefused = "catalog.service_bulk_refused", "Service not changed by bulk edit";
    ServiceBulkStarted = "catalog.service_bulk_started", "Bulk edit started";
    ServiceCreated = "catalog.service_created", "Service created";
    ServiceEdited = "catalog.service_edited", "Service edited";
    ServicePaused = "catalog.service_paused", "Service paused";
    ServicePublished = "catalog.service_published", "Service published";
    ServiceResumed = "catalog.service_resumed", "Service resumed";
    ServiceRetired = "catalog.service_retired", "Service retired";
    ServicesExported = "catalog.services_exported", "Services exported";
    CertificateChanged = "certificates.changed", "Certificate status changed";
    CertificatesChangedWithPayment = "certificates.changed_with_payment", "Certificate status changed with its payment";
    CertificatesExpired = "certificates.expired", "Certificates expired";
    CertificatesExported = "certificates.exported", "Certificates exported";
    CertificatesIssued = "certificates.issued", "Certificates issued";
    SigningKeyListed = "certificates.key_listed", "Signing key registered";
    SigningKeyRetired = "certificates.key_retired", "Signing key retired";
    LogAccepted = "certificates.log_accepted", "Loss of log entries accepted";
    CertificateRedeemed = "certificates.redeemed", "Certificate redeemed";
    AuditExported = "compliance.audit_exported", "Audit trail exported";
    OrganisationRejected = "compliance.organisation_rejected", "Organisation rejected";
    OrganisationResumed = "compliance.organisation_resumed", "Organisation resumed";
    OrganisationSuspended = "compliance.organisation_suspended", "Organisation suspended";
    OrganisationVerified = "compliance.organisation_verified", "Organisation verified";
    OrganisationsExported = "compliance.organisations_exported", "Organisations exported";
    OwnRecordsExported = "compliance.own_records_exported", "Own activity exported";
    PermissionsChanged = "compliance.permissions_changed", "Permissions changed";
    SecurityEventsExported = "compliance.security_events_exported", "Security events exported";
    AccountUpdated = "identity.account_updated", "Account updated";
    InvitationAccepted = "identity.invitation_accepted", "Invitation accepted";
    InvitationCreated = "identity.invitation_created", "Invitation created";
    InvitationRevoked = "identity.invitation_revoked", "Invitation revoked";
    MemberLevelChanged = "identity.member_level_changed", "Member role changed";
    MemberRemoved = "identity.member_removed", "Member removed";
    OrganisationSwitched = "identity.organisation_switched", "Organisation switched";
    OrganisationTimeZoneSet = "identity.organisation_time_zone_set", "Organisation time zone changed";
    OrganisationUpdated = "identity.organisation_updated", "Organisation updated";
    PasswordChanged = "identity.password_changed", "Password changed";
    PlatformCreated = "identity.platform_created", "Platform created";
    SignInDataPurged = "identity.purged", "Old sign-in data removed";
    SessionEnded = "identity.session_ended", "Session ended";
    SessionExpired = "identity.session_expired", "Session expired";
    OtherSessionsEnded = "identity.sessions_ended", "Sessions ended";
    SignedIn = "identity.signed_in", "Signed in";
    SignedOut = "identity.signed_out", "Signed out";
    SignedUp = "identity.signed_up", "Signed up";
    SkeletonsFilled = "identity.skeletons_filled", "Names prepared for similarity checks";
    UserCreated = "identity.user_created", "Account created";
    UserDisabled = "identity.user_disabled", "Account disabled";
    UserEnabled = "identity.user_enabled", "Account enabled";
    PurchaseCancelled = "orders.purchase_cancelled", "Purchase cancelled";
    PurchaseExpired = "orders.purchase_expired", "Purchase expired";
    PurchasePlaced = "orders.purchase_placed", "Purchase placed";
    PurchasesExported = "orders.purchases_exported", "Purchases exported";
    SaleUndone = "orders.sale_undone", "Sale undone";
    UndoneSaleSettled = "orders.undone_sale_settled", "Undone sale settled";
    TransactionsExported = "orders.transactions_exported", "Transactions exported";
    PaymentAttemptStarted = "payments.attempt_started", "Payment attempt started";
    PaymentCaptured = "payments.captured", "Payment received";
    GatewayEventKept = "payments.event_kept", "Payment event recorded";
    PaymentOutcomeUnknown = "payments.outcome_unknown", "Payment outcome unknown";
    RefundDecided = "payments.refund_decided", "Partial refund decided";
    PaymentRefunded = "payments.refunded", "Payment refunded";
    PaymentPageClosed = "payments.session_closed", "Payment page closed";
    PaymentPageOpened = "payments.session_opened", "Payment page opened";
    PaymentPageRefused = "payments.session_refused", "Payment page refused";
    PaymentStatusChanged = "payments.status_changed", "Payment status changed";
    CspReportsPurged = "platform.csp_reports_purged", "Old browser security reports removed";
    IdempotencyKeysPurged = "platform.idempotency_keys_purged", "Old idempotency keys removed";
    OutboxPurged = "platform.outbox_purged", "Old messages removed";
    DemoCompleted = "seed.demo_completed", "Demo market added";
    ViewChanged = "views.view_changed", "View changed";
    ViewDeleted = "views.view_deleted", "View deleted";
    ViewOpenedFor = "views.view_opened_for", "Default view changed";
    ViewSaved = "views.view_saved", "View saved";
}

impl AuditAction {
    /// Returns the action with this stored name. `None`: a migration or an older version wrote the record.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DOMAINS: &[&str] = &[
        "cart",
        "catalog",
        "certificates",
        "compliance",
        "identity",
        "orders",
        "payments",
        "platform",
        "seed",
        "views",
    ];

    fn is_well_formed(name: &str) -> bool {
        let Some((domain, verb)) = name.split_once('.') else { return false };
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        DOMAINS.contains(&domain) && verb.split('_').all(is_word)
    }

    #[test]
    fn stored_names_are_unique_and_name_their_domain() {
        let names: BTreeSet<&str> = AuditAction::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(names.len(), AuditAction::ALL.len(), "a name means one action");
        let labels: BTreeSet<&str> = AuditAction::ALL.iter().map(|action| action.label()).collect();
        assert_eq!(labels.len(), AuditAction::ALL.len(), "the words tell actions apart");
        for action in AuditAction::ALL {
            assert!(is_well_formed(action.as_str()), "{} is not domain.verb_done", action.as_str());
            assert_eq!(AuditAction::of(action.as_str()), Some(*action));
        }
        assert!(!is_well_formed("purchase_placed") && !is_well_formed("orders.Purchase Placed"));
    }
}
