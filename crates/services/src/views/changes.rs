//! Saving, sharing and deleting. Everybody keeps views of their own; what is shared belongs to the organisation.

use contracts::{
    error::ErrorCode,
    ids::{OrgId, SavedViewId, UserId},
    permission::{Level, Permission},
    views::{ListName, NewView, Opening, ViewChange, ViewOpenFor, ViewSave},
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{list_openings, memberships, saved_views};

use crate::{
    Error, OpCtx, Result,
    platform::{Tx, events::ViewsEvent, new_id},
};

/// Maximum number of views a person keeps in an organisation.
const MAX_OWN: i64 = 50;

diesel::define_sql_function! {
    /// The text in small letters.
    fn lower(text: sql_types::Text) -> sql_types::Text;
}
diesel::define_sql_function! {
    /// Deletes what somebody who has left kept to themselves; how many there were.
    fn forget_saved_views(person: sql_types::Uuid) -> sql_types::BigInt;
}

/// What it takes to change a view, or to delete it.
pub(super) const fn right_to_change(is_own: bool, is_shared: bool) -> Permission {
    match (is_own, is_shared) {
        (true, false) => Permission::OwnDataWrite,
        (true, true) => Permission::ViewsShare,
        (false, _) => Permission::MembersManage,
    }
}

/// A view that is locked for a change.
struct LockedView {
    id: SavedViewId,
    org_id: OrgId,
    owner_id: UserId,
    list: ListName,
    is_shared: bool,
}

impl LockedView {
    /// Locks a view of the active organisation that the caller may see (FOR UPDATE).
    async fn lock(tx: &mut Tx, id: SavedViewId) -> Result<Self> {
        let (org_id, user_id) = (tx.ctx().org_id()?, tx.ctx().user_id()?);
        let (owner_id, list, is_shared) = saved_views::table
            .find(id)
            .filter(saved_views::org_id.eq(org_id))
            .filter(saved_views::is_shared.or(saved_views::owner_id.eq(user_id)))
            .select((saved_views::owner_id, saved_views::list, saved_views::is_shared))
            .for_update()
            .first(tx.conn()?)
            .await?;
        Ok(Self { id, org_id, owner_id, list, is_shared })
    }

    fn is_callers(&self, ctx: &OpCtx) -> bool {
        ctx.caller().actor.user_id() == Some(self.owner_id)
    }
}

/// Refuses one view more than a person keeps. Whoever saves holds the membership, so that two requests at once are counted.
async fn require_room(tx: &mut Tx, org_id: OrgId, owner_id: UserId) -> Result<()> {
    memberships::table
        .filter(memberships::org_id.eq(org_id).and(memberships::user_id.eq(owner_id)))
        .filter(memberships::removed_at.is_null())
        .select(memberships::id)
        .for_no_key_update()
        .first::<uuid::Uuid>(tx.conn()?)
        .await?;
    let kept: i64 = saved_views::table
        .filter(saved_views::org_id.eq(org_id).and(saved_views::owner_id.eq(owner_id)))
        .count()
        .get_result(tx.conn()?)
        .await?;
    if kept >= MAX_OWN {
        let reason = format!("You can save at most {MAX_OWN} views. Delete one before you save another.");
        return Err(Error::invalid_field("name", reason));
    }
    Ok(())
}

fn name_is_taken() -> Error {
    Error::invalid_field("name", "You already have a view of this list with this name. Choose another name.")
}

/// Saves what a list shows under a name; answers where it is.
///
/// # Errors
/// `invalid_input` on `list`, `name` or `query`, `not_allowed` for who may not see the list, or not share.
pub async fn view_save(ctx: &OpCtx, form: ViewSave) -> Result<Opening> {
    let (org_id, owner_id) = (ctx.org_id()?, ctx.user_id()?);
    let NewView { list, name, query, shared } = form.parse().map_err(Error::invalid)?;
    ctx.require(list.needs())?;
    ctx.tx("views.save", right_to_change(true, shared), async move |tx| {
        require_room(tx, org_id, owner_id).await?;
        let now = tx.ctx().now();
        let id: SavedViewId = new_id(now);
        // a second one of this name is no error to the database, whose log would tell the name
        let saved = diesel::insert_into(saved_views::table)
            .values((
                saved_views::id.eq(id),
                saved_views::org_id.eq(org_id),
                saved_views::owner_id.eq(owner_id),
                saved_views::list.eq(list),
                saved_views::name.eq(&name),
                saved_views::query.eq(&query),
                saved_views::is_shared.eq(shared),
                saved_views::created_at.eq(now),
                saved_views::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(tx.conn()?)
            .await?;
        if saved == 0 {
            return Err(name_is_taken());
        }
        tx.emit(ViewsEvent::Saved { view_id: id, list, shared }).await?;
        Ok(Opening { list, query: query.clone() })
    })
    .await
}

/// Renames a view, shares it or makes it private again; the navigation opens no list with what is private.
///
/// # Errors
/// `invalid_input` on `name` or `shared`, `not_allowed`, `not_found`.
pub async fn view_change(ctx: &OpCtx, form: ViewChange) -> Result<()> {
    let ViewChange { id, name, shared } = form.validate().map_err(Error::invalid)?;
    ctx.tx("views.change", Permission::OwnDataWrite, async move |tx| {
        let view = LockedView::lock(tx, id).await?;
        let is_own = view.is_callers(tx.ctx());
        tx.ctx().require(right_to_change(is_own, view.is_shared || shared))?;
        if !is_own && !shared {
            let reason =
                "Only the person who saved this view can stop sharing it. You can delete it instead.";
            return Err(Error::invalid_field("shared", reason));
        }
        rename(tx, &view, &name, shared).await?;
        if !shared {
            diesel::delete(openings_with(&view)).execute(tx.conn()?).await?;
        }
        tx.emit(ViewsEvent::Changed { view_id: id, from_shared: view.is_shared, shared }).await
    })
    .await
}

async fn rename(tx: &mut Tx, view: &LockedView, name: &str, shared: bool) -> Result<()> {
    let now = tx.ctx().now();
    let namesakes = saved_views::table
        .filter(saved_views::org_id.eq(view.org_id).and(saved_views::owner_id.eq(view.owner_id)))
        .filter(saved_views::list.eq(view.list).and(saved_views::id.ne(view.id)))
        .filter(lower(saved_views::name).eq(lower(name)));
    if diesel::select(diesel::dsl::exists(namesakes)).get_result(tx.conn()?).await? {
        return Err(name_is_taken());
    }
    let renamed = diesel::update(saved_views::table.find(view.id))
        .set((saved_views::name.eq(name), saved_views::is_shared.eq(shared), saved_views::updated_at.eq(now)))
        .execute(tx.conn()?)
        .await;
    // the owner of somebody else's view may have a private one of this name
    renamed.map(drop).map_err(|cause| match Error::from(cause) {
        error if error.code == ErrorCode::AlreadyExists => name_is_taken(),
        error => error,
    })
}

#[diesel::dsl::auto_type]
fn openings_with(view: &LockedView) -> _ {
    let (org_id, id): (OrgId, SavedViewId) = (view.org_id, view.id);
    list_openings::table.filter(list_openings::org_id.eq(org_id)).filter(list_openings::view_id.eq(id))
}

/// Says for which levels the navigation opens a list with a shared view; no other view is opened for them.
///
/// # Errors
/// `invalid_input` on `levels` for a view that is not shared, `not_found`.
pub async fn view_open_for(ctx: &OpCtx, command: ViewOpenFor) -> Result<()> {
    let ViewOpenFor { id, levels } = command;
    let levels: Vec<Level> = Level::ALL.iter().copied().filter(|level| levels.contains(level)).collect();
    ctx.tx("views.open_for", Permission::MembersManage, async move |tx| {
        let view = LockedView::lock(tx, id).await?;
        if !view.is_shared {
            return Err(Error::invalid_field(
                "levels",
                "Share this view before you make it the default for other roles.",
            ));
        }
        diesel::delete(openings_with(&view)).execute(tx.conn()?).await?;
        for level in &levels {
            diesel::insert_into(list_openings::table)
                .values((
                    list_openings::org_id.eq(view.org_id),
                    list_openings::list.eq(view.list),
                    list_openings::level.eq(level),
                    list_openings::view_id.eq(id),
                ))
                .on_conflict((list_openings::org_id, list_openings::list, list_openings::level))
                .do_update()
                .set(list_openings::view_id.eq(id))
                .execute(tx.conn()?)
                .await?;
        }
        tx.emit(ViewsEvent::OpenedFor { view_id: id, list: view.list, levels }).await
    })
    .await
}

/// Deletes a view; the navigation opens nothing with it any more.
///
/// # Errors
/// `not_allowed`, `not_found`.
pub async fn view_delete(ctx: &OpCtx, id: SavedViewId) -> Result<()> {
    ctx.tx("views.delete", Permission::OwnDataWrite, async move |tx| {
        let view = LockedView::lock(tx, id).await?;
        tx.ctx().require(right_to_change(view.is_callers(tx.ctx()), view.is_shared))?;
        diesel::delete(saved_views::table.find(id)).execute(tx.conn()?).await?;
        tx.emit(ViewsEvent::Deleted { view_id: id, list: view.list, shared: view.is_shared }).await
    })
    .await
}

/// Deletes the private views of somebody who has just left the active organisation; answers how many there were. The caller
/// records it.
pub async fn forget_private(tx: &mut Tx, person: UserId) -> Result<i64> {
    Ok(diesel::select(forget_saved_views(person)).get_result(tx.conn()?).await?)
}
