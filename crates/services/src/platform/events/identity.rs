//! What happens to people, organisations, sessions and invitations.

use chrono::{DateTime, Utc};
use contracts::{
    identity::OrganisationKind,
    ids::{InvitationId, MembershipId, OrgId, SessionId, UserId},
    permission::Level,
};
use serde::Serialize;

use super::{
    Alert, AuditAction, Channels, DomainEvent, Entity, EntityKind, Letter, PasswordChanged, Retention,
};

/// A fact about people and organisations.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum IdentityEvent {
    /// An organisation signed up.
    SignedUp {
        /// The organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// What it is on the market.
        kind: OrganisationKind,
        /// Its first owner.
        owner: UserId,
    },
    /// The platform's own organisation was made.
    PlatformCreated {
        /// The organisation.
        #[serde(skip)]
        org_id: OrgId,
    },
    /// An organisation changed the facts about itself.
    OrganisationUpdated {
        /// The organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// Whether it had been rejected and waits again.
        resubmitted: bool,
    },
    /// An organisation chose its time zone.
    OrganisationTimeZoneSet {
        /// The organisation.
        #[serde(skip)]
        org_id: OrgId,
        /// The zone (IANA name). `None`: that of its country.
        time_zone: Option<String>,
    },
    /// Names of organisations were prepared for comparison.
    SkeletonsFilled {
        /// How many organisations.
        organisations: usize,
    },
    /// An account was made for somebody.
    UserCreated {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
    },
    /// A person changed their name.
    AccountUpdated {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
    },
    /// An administrator disabled an account.
    UserDisabled {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
        /// How many of their invitations were withdrawn.
        invitations: usize,
    },
    /// An administrator enabled an account again.
    UserEnabled {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
    },
    /// A person changed their password.
    PasswordChanged {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
        /// When.
        #[serde(skip)]
        at: DateTime<Utc>,
    },
    /// A session began.
    SignedIn {
        /// The session.
        #[serde(skip)]
        session_id: SessionId,
    },
    /// A person ended their session.
    SignedOut {
        /// The session.
        #[serde(skip)]
        session_id: SessionId,
    },
    /// A person acts for another organisation of theirs, in a new session.
    OrganisationSwitched {
        /// The new session.
        #[serde(skip)]
        session_id: SessionId,
        /// The organisation.
        organisation: OrgId,
    },
    /// A session was used after its end.
    SessionExpired {
        /// The session.
        #[serde(skip)]
        session_id: SessionId,
    },
    /// A person ended one of their sessions from another.
    SessionEnded {
        /// The session.
        #[serde(skip)]
        session_id: SessionId,
    },
    /// A person ended all their sessions but one.
    OtherSessionsEnded {
        /// The person.
        #[serde(skip)]
        user_id: UserId,
        /// How many sessions ended.
        sessions: usize,
    },
    /// Old data of sign-ins was deleted.
    SignInDataPurged {
        /// How many sessions.
        sessions: usize,
        /// How many counters of failures.
        sign_in_counters: usize,
        /// How many known devices.
        devices: usize,
    },
    /// Somebody was invited.
    InvitationCreated {
        /// The invitation.
        #[serde(skip)]
        invitation_id: InvitationId,
        /// The level that is offered.
        level: Level,
    },
    /// An invitation was withdrawn.
    InvitationRevoked {
        /// The invitation.
        #[serde(skip)]
        invitation_id: InvitationId,
    },
    /// An invitation was accepted.
    InvitationAccepted {
        /// The invitation.
        #[serde(skip)]
        invitation_id: InvitationId,
        /// The new member.
        user: UserId,
        /// The level.
        level: Level,
    },
    /// A member got another level.
    MemberLevelChanged {
        /// The membership.
        #[serde(skip)]
        membership_id: MembershipId,
        /// Level before.
        from: Level,
        /// Level since.
        to: Level,
        /// How many of their invitations were withdrawn.
        invitations: usize,
    },
    /// A member was taken out of the organisation.
    MemberRemoved {
        /// The membership.
        #[serde(skip)]
        membership_id: MembershipId,
        /// The person.
        user: UserId,
        /// The level the person had.
        level: Level,
        /// How many of their invitations were withdrawn.
        invitations: usize,
        /// How many of their private views were deleted.
        private_views: i64,
    },
}

impl DomainEvent for IdentityEvent {
    const VERSION: u16 = 1;

    fn channels(&self) -> Channels {
        let organisation =
            |action, org_id| Channels::record(action, Entity::Organisation(org_id), Retention::Business);
        let user = |action, user_id| Channels::record(action, Entity::User(user_id), Retention::Access);
        let session =
            |action, session_id| Channels::record(action, Entity::Session(session_id), Retention::Access);
        let invitation = |action, id| Channels::record(action, Entity::Invitation(id), Retention::Business);
        let membership = |action, id| Channels::record(action, Entity::Membership(id), Retention::Business);
        let operation = |action, kind| Channels::record(action, Entity::Many(kind), Retention::Operation);
        match *self {
            Self::SignedUp { org_id, .. } => organisation(AuditAction::SignedUp, org_id),
            Self::PlatformCreated { org_id } => organisation(AuditAction::PlatformCreated, org_id),
            Self::OrganisationUpdated { org_id, .. } => {
                organisation(AuditAction::OrganisationUpdated, org_id)
            }
            Self::OrganisationTimeZoneSet { org_id, .. } => {
                organisation(AuditAction::OrganisationTimeZoneSet, org_id)
            }
            Self::SkeletonsFilled { .. } => operation(AuditAction::SkeletonsFilled, EntityKind::Organisation),
            Self::UserCreated { user_id } => user(AuditAction::UserCreated, user_id),
            Self::AccountUpdated { user_id } => user(AuditAction::AccountUpdated, user_id),
            Self::UserDisabled { user_id, .. } => user(AuditAction::UserDisabled, user_id),
            Self::UserEnabled { user_id } => user(AuditAction::UserEnabled, user_id),
            Self::PasswordChanged { user_id, at } => user(AuditAction::PasswordChanged, user_id)
                .and_letters([Letter::PasswordChanged(PasswordChanged { user_id, at })])
                .and_alert(Alert::PasswordChanged { user_id }),
            Self::SignedIn { session_id } => session(AuditAction::SignedIn, session_id),
            Self::SignedOut { session_id } => session(AuditAction::SignedOut, session_id),
            Self::OrganisationSwitched { session_id, .. } => {
                session(AuditAction::OrganisationSwitched, session_id)
            }
            Self::SessionExpired { session_id } => session(AuditAction::SessionExpired, session_id),
            Self::SessionEnded { session_id } => session(AuditAction::SessionEnded, session_id),
            Self::OtherSessionsEnded { user_id, .. } => user(AuditAction::OtherSessionsEnded, user_id),
            Self::SignInDataPurged { .. } => operation(AuditAction::SignInDataPurged, EntityKind::Session),
            Self::InvitationCreated { invitation_id, .. } => {
                invitation(AuditAction::InvitationCreated, invitation_id)
            }
            Self::InvitationRevoked { invitation_id } => {
                invitation(AuditAction::InvitationRevoked, invitation_id)
            }
            Self::InvitationAccepted { invitation_id, .. } => {
                invitation(AuditAction::InvitationAccepted, invitation_id)
            }
            Self::MemberLevelChanged { membership_id, .. } => {
                membership(AuditAction::MemberLevelChanged, membership_id)
            }
            Self::MemberRemoved { membership_id, .. } => {
                membership(AuditAction::MemberRemoved, membership_id)
            }
        }
    }
}
