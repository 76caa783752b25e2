//! `hcts seed --demo`: a believable market, made through the services by people who sign up, sell, buy and redeem for a year.

use chrono::{DateTime, Utc};
use contracts::{
    compliance::{AuditQuery, OrganisationsQuery},
    permission::Permission,
};
use services::{
    OpCtx, compliance,
    platform::{
        Platform,
        events::{AuditAction, PlatformEvent},
    },
};

use super::{super::CommandError, progress::Progress, tables::houses, world::World};

/// How large the market becomes.
#[derive(Clone, Copy, Debug)]
pub struct Demo {
    /// Services, at most about 1,000.
    pub services: usize,
    /// Orders of the year; twenty are enough for every ending.
    pub purchases: usize,
}

impl Default for Demo {
    fn default() -> Self {
        Self { services: 300, purchases: 320 }
    }
}

/// What is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// Nobody.
    Nothing,
    /// The demo market; `complete` unless its making was cut off.
    Demo {
        /// Whether the making came to its end.
        complete: bool,
    },
    /// Somebody else's data.
    Other,
}

/// Looks at what the market holds.
pub async fn present(ctx: &OpCtx) -> Result<Present, CommandError> {
    let query = OrganisationsQuery::default();
    let everybody = compliance::organisations_list(ctx, query).await?;
    if everybody.page.items.is_empty() {
        return Ok(Present::Nothing);
    }
    let first = houses()?.into_iter().next().map(|house| house.name);
    if everybody.page.items.iter().all(|one| Some(one.name.as_str()) != first) {
        return Ok(Present::Other);
    }
    let query =
        AuditQuery { action: AuditAction::DemoCompleted.as_str().to_owned(), ..AuditQuery::default() };
    let complete = !compliance::audit_list(ctx, query).await?.items.is_empty();
    Ok(Present::Demo { complete })
}

/// Makes the market on `ground`; its year ends at `now`. The ground's own clock and payment provider are not used.
pub async fn demo(
    ground: &Platform,
    now: DateTime<Utc>,
    size: Demo,
    progress: &mut Progress,
) -> Result<(), CommandError> {
    let mut world = World::new(ground, now).await?;
    world.settle_in().await?;
    world.plan(size.services);
    world.plan_orders(size.purchases);
    world.live(progress).await?;
    world.save_views().await?;
    let operator = OpCtx::command(world.platform.clone());
    let Demo { services, purchases } = size;
    operator
        .tx("seed.demo", Permission::SystemManage, async move |tx| {
            tx.emit(PlatformEvent::DemoCompleted { services, purchases }).await
        })
        .await?;
    Ok(())
}
