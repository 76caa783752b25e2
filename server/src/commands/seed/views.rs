//! What the organisations of the demo market look for every day, saved and opened by their navigation.

use contracts::{
    permission::Level,
    views::{ListName, ViewOpenFor, ViewSave},
};
use services::{OpCtx, views};

use super::{super::CommandError, world::World};

/// A view that is shared, and for whom it opens.
struct Shared {
    list: ListName,
    name: &'static str,
    query: &'static str,
    levels: &'static [Level],
}

const OF_PROVIDERS: [Shared; 2] = [
    Shared {
        list: ListName::Certificates,
        name: "Not redeemed yet",
        query: "status=issued",
        levels: &[Level::Staff],
    },
    Shared { list: ListName::Services, name: "Paused", query: "status=paused", levels: &[] },
];
const OF_INSURERS: [Shared; 1] = [Shared {
    list: ListName::Purchases,
    name: "Awaiting payment",
    query: "status=awaiting_payment",
    levels: &[Level::Manager],
}];
const OF_THE_PLATFORM: [Shared; 1] = [Shared {
    list: ListName::Organisations,
    name: "Awaiting verification",
    query: "status=unverified",
    levels: &[Level::Staff],
}];

impl World {
    /// Every provider and insurer shares a view or two, and so does the platform.
    pub(super) async fn save_views(&self) -> Result<(), CommandError> {
        for view in &OF_THE_PLATFORM {
            share(&self.admin, view).await?;
        }
        for party in self.providers.iter().chain(&self.buyers) {
            let shared: &[Shared] = match party.house.kind {
                "provider" => &OF_PROVIDERS,
                "insurer" => &OF_INSURERS,
                _ => &[],
            };
            for view in shared {
                share(&party.ctx, view).await?;
            }
        }
        Ok(())
    }
}

async fn share(ctx: &OpCtx, view: &Shared) -> Result<(), CommandError> {
    let Shared { list, name, query, levels } = view;
    let form = ViewSave {
        list: list.to_string(),
        name: (*name).to_owned(),
        query: (*query).to_owned(),
        shared: true,
    };
    views::view_save(ctx, form).await?;
    for saved in views::views_list(ctx, Some(*list)).await?.iter().filter(|saved| saved.name == *name) {
        views::view_open_for(ctx, ViewOpenFor { id: saved.id, levels: levels.to_vec() }).await?;
    }
    Ok(())
}
