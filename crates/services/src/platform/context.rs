//! Who calls, for which organisation, with which rights. Every service takes an [`OpCtx`], and only it opens the database.

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    error::ErrorCode,
    identity::{MadeFor, OrganisationKind},
    ids::{OrgId, SessionId, UserId},
    permission::{Level, Permission, PermissionSet},
    states::OrganisationStatus,
};
use uuid::Uuid;

use super::{Elevation, Error, Platform, Result};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody signed in.
    Anonymous,
    /// A signed-in person.
    User(UserId),
    /// A job of ours.
    System,
    /// An operator at the command line.
    Command,
}

impl Actor {
    /// The word in the audit trail.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::System => "system",
            Self::Command => "command",
        }
    }

    /// Whether it is a job of ours or an operator, who see everything without being elevated.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::System | Self::Command)
    }

    /// The person, if one is signed in.
    pub fn user_id(self) -> Option<UserId> {
        if let Self::User(id) = self { Some(id) } else { None }
    }
}

/// The organisation somebody acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveOrganisation {
    /// Its id.
    pub id: OrgId,
    /// Its kind.
    pub kind: OrganisationKind,
    /// Its status; only a verified one trades.
    pub status: OrganisationStatus,
    /// How far the actor reaches in it.
    pub level: Level,
}

/// Names one request in answers, logs and the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(pub Uuid);

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a request came from. Personal data: it is kept with sessions and security events, never logged.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Network address, as far as a trusted proxy vouches for it.
    pub address: Option<IpAddr>,
    /// What the browser says it is.
    pub user_agent: Option<String>,
    /// SHA-256 of the secret that the browser keeps since somebody signed in with it.
    pub device: Option<[u8; 32]>,
}

impl Client {
    /// What is counted against limits: one IPv6 customer has a whole /64, and an IPv4 peer may come dressed as IPv6.
    pub fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The facts about a caller, settled once per request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// For which organisation.
    pub organisation: Option<ActiveOrganisation>,
    /// With which rights.
    pub permissions: PermissionSet,
    /// Why these are the rights of a job; `None`: they are the actor's own.
    pub elevation: Option<Elevation>,
    /// In which session.
    pub session: Option<SessionId>,
    /// In which request.
    pub request_id: RequestId,
    /// From where.
    pub client: Client,
}

/// The context of one operation.
#[derive(Clone)]
pub struct OpCtx {
    platform: Arc<Platform>,
    caller: Arc<Caller>,
}

impl OpCtx {
    /// Whether a person, rather than a job, is acting.
    pub fn is_person(&self) -> bool {
        matches!(self.caller().actor, Actor::User(_))
    }

    /// A context for `caller`.
    pub fn new(platform: Arc<Platform>, caller: Caller) -> Self {
        Self { platform, caller: Arc::new(caller) }
    }

    /// A visitor without a session.
    pub fn anonymous(platform: Arc<Platform>, request_id: RequestId, client: Client) -> Self {
        Self::without_organisation(platform, Actor::Anonymous, PermissionSet::public(), request_id, client)
    }

    /// A job of ours: sees every organisation, may do everything.
    pub fn system(platform: Arc<Platform>) -> Self {
        Self::without_organisation(
            platform,
            Actor::System,
            PermissionSet::all(),
            RequestId(Uuid::now_v7()),
            Client::default(),
        )
    }

    /// An operator at the command line.
    pub fn command(platform: Arc<Platform>) -> Self {
        Self::without_organisation(
            platform,
            Actor::Command,
            PermissionSet::all(),
            RequestId(Uuid::now_v7()),
            Client::default(),
        )
    }

    fn without_organisation(
        platform: Arc<Platform>,
        actor: Actor,
        permissions: PermissionSet,
        request_id: RequestId,
        client: Client,
    ) -> Self {
        Self::new(
            platform,
            Caller {
                actor,
                organisation: None,
                permissions,
                elevation: None,
                session: None,
                request_id,
                client,
            },
        )
    }

    /// The same request with the rights of a job, for a step that the caller's own rights cannot reach and a rule allows.
    /// The actor stays who it is, and audit records name the reason. A job and a command, which have these rights by
    /// themselves, need none.
    #[must_use]
    pub fn elevate(&self, reason: Elevation) -> Self {
        let caller = Caller {
            organisation: None,
            permissions: PermissionSet::all(),
            elevation: (!self.caller.actor.is_ours()).then_some(reason),
            ..(*self.caller).clone()
        };
        Self::new(Arc::clone(&self.platform), caller)
    }

    /// What the rules may need from outside.
    pub fn platform(&self) -> &Arc<Platform> {
        &self.platform
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.platform.clock.now()
    }

    /// Returns the start of a period of `days` days that ends now; `None` means no lower bound.
    pub fn start_of_period(&self, days: Option<u16>) -> Option<DateTime<Utc>> {
        days.map(|days| self.now() - TimeDelta::days(days.into()))
    }

    /// The signed-in person.
    pub fn user_id(&self) -> Result<UserId> {
        self.caller.actor.user_id().ok_or_else(|| Error::new(ErrorCode::NotSignedIn))
    }

    /// The active organisation.
    pub fn organisation(&self) -> Result<&ActiveOrganisation> {
        let missing = if self.caller.actor == Actor::Anonymous {
            ErrorCode::NotSignedIn
        } else {
            ErrorCode::NotAllowed
        };
        self.caller.organisation.as_ref().ok_or_else(|| Error::new(missing))
    }

    /// The active organisation's id.
    pub fn org_id(&self) -> Result<OrgId> {
        self.organisation().map(|organisation| organisation.id)
    }

    /// For whom the caller acts now, as every request of a page repeats it.
    pub fn made_for(&self) -> MadeFor {
        MadeFor {
            person: self.caller.actor.user_id(),
            organisation: self.caller.organisation.as_ref().map(|active| active.id),
        }
    }

    /// Whose rows a list holds: those of the active organisation, or everybody's (none) for the people of the platform.
    pub fn tenant(&self) -> Result<Option<OrgId>> {
        let organisation = self.organisation()?;
        Ok((organisation.kind != OrganisationKind::Platform).then_some(organisation.id))
    }

    /// Refuses a caller without `permission`: 401 for nobody, 403 for somebody.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.caller.permissions.has(permission) {
            return Ok(());
        }
        let code = if self.caller.actor == Actor::Anonymous {
            ErrorCode::NotSignedIn
        } else {
            ErrorCode::NotAllowed
        };
        Err(Error::new(code))
    }

    /// Refuses an organisation that no administrator has verified; the verified one is handed back.
    pub fn require_verified(&self) -> Result<&ActiveOrganisation> {
        let organisation = self.organisation()?;
        match organisation.status.trading_block() {
            None => Ok(organisation),
            Some(block) => Err(Error::new(block)),
        }
    }

    /// What row-level security lets through: everything for the console and for jobs, else the own organisation.
    pub(super) fn scope(&self) -> &'static str {
        match self.caller.actor {
            _ if self.caller.elevation.is_some() => "system",
            Actor::System | Actor::Command => "system",
            Actor::User(_)
                if self
                    .caller
                    .organisation
                    .as_ref()
                    .is_some_and(|o| o.kind == OrganisationKind::Platform) =>
            {
                "platform"
            }
            Actor::User(_) | Actor::Anonymous => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_counted_once_and_two_are_two() {
        let network = |address: &str| Client { address: address.parse().ok(), ..Client::default() }.network();
        assert_eq!(network("2001:db8:1:2::7"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::7"), network("2001:db8:1:3::7"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1".parse().ok());
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
        assert_eq!(Client::default().network(), None);
    }
}
