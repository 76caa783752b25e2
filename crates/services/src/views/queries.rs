//! What somebody may open.

use contracts::{
    ids::{SavedViewId, UserId},
    permission::{Level, Permission},
    views::{ListName, Opening, SavedView},
};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::{list_openings, saved_views, users};

use super::changes::right_to_change;
use crate::{
    OpCtx, Result,
    platform::{Prepare, Tx},
};

/// Maximum number of views that a menu shows.
const MAX_VIEWS: i64 = 500;

/// The caller's own views and those shared in the active organisation, of one list or of all that the caller may see, by name.
pub async fn views_list(ctx: &OpCtx, list: Option<ListName>) -> Result<Vec<SavedView>> {
    let (org_id, user_id) = (ctx.org_id()?, ctx.user_id()?);
    ctx.read(Permission::OwnDataRead, async move |tx| {
        let openings: Vec<(SavedViewId, Level)> = list_openings::table
            .filter(list_openings::org_id.eq(org_id))
            .select((list_openings::view_id, list_openings::level))
            .load(tx.conn()?)
            .await?;
        let lists: Vec<ListName> = match list {
            Some(list) => vec![list],
            None => ListName::ALL.to_vec(),
        };
        let lists = lists.into_iter().filter(|list| tx.ctx().require(list.needs()).is_ok());
        let rows: Vec<(SavedViewId, UserId, ListName, String, String, bool, String)> = saved_views::table
            .inner_join(users::table.on(users::id.eq(saved_views::owner_id)))
            .filter(saved_views::org_id.eq(org_id).and(saved_views::list.eq_any(lists.collect::<Vec<_>>())))
            .filter(saved_views::is_shared.or(saved_views::owner_id.eq(user_id)))
            // what is one's own comes first if there is no end of them
            .order((saved_views::is_shared, saved_views::name, saved_views::id))
            .limit(MAX_VIEWS)
            .select((
                saved_views::id,
                saved_views::owner_id,
                saved_views::list,
                saved_views::name,
                saved_views::query,
                saved_views::is_shared,
                users::name,
            ))
            .load(tx.conn()?)
            .await?;
        let ctx = tx.ctx();
        let view = |(id, owner, list, name, query, is_shared, owner_name)| SavedView {
            id,
            list,
            name,
            query,
            is_shared,
            is_own: owner == user_id,
            owner_name,
            opens_for: Level::ALL.iter().copied().filter(|level| openings.contains(&(id, *level))).collect(),
            may_change: ctx.require(right_to_change(owner == user_id, is_shared)).is_ok(),
        };
        let mut views: Vec<SavedView> = rows.into_iter().map(view).collect();
        views.sort_by_cached_key(|view| (view.list, view.name.to_lowercase()));
        Ok(views)
    })
    .await
}

/// What the navigation opens lists with for who calls.
pub async fn openings_of(tx: &mut Tx) -> Result<Vec<Opening>> {
    let Some((org_id, level)) =
        tx.ctx().caller().organisation.as_ref().map(|active| (active.id, active.level))
    else {
        return Ok(Vec::new());
    };
    let rows: Vec<(ListName, String)> = list_openings::table
        .inner_join(saved_views::table.on(saved_views::id.eq(list_openings::view_id)))
        .filter(list_openings::org_id.eq(org_id).and(list_openings::level.eq(level)))
        .order(list_openings::list)
        .select((list_openings::list, saved_views::query))
        .prepared()
        .load(tx.conn()?)
        .await?;
    let ctx = tx.ctx();
    let seen = rows.into_iter().filter(|(list, _)| ctx.require(list.needs()).is_ok());
    Ok(seen.map(|(list, query)| Opening { list, query }).collect())
}
