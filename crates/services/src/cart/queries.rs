//! SQL of the cart.

use contracts::{
    cart::RemovedLine,
    ids::{CartId, CartLineId, OrgId, ServiceId, ServiceVersionId},
    states::OrganisationStatus,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{cart_lines, carts};

use crate::platform::{Error, Prepare, Result, Tx, new_id};

/// A cart.
#[derive(Clone, Queryable)]
pub(super) struct CartRow {
    pub(super) id: CartId,
    pub(super) on_behalf_of: Option<String>,
}

/// A line with what is known of the version it was added at, for when the service is gone.
#[derive(Clone, QueryableByName)]
pub(super) struct LineRow {
    #[diesel(sql_type = sql_types::Uuid)]
    pub(super) id: CartLineId,
    #[diesel(sql_type = sql_types::Uuid)]
    pub(super) service_id: ServiceId,
    #[diesel(sql_type = sql_types::Uuid, column_name = seen_version_id)]
    pub(super) confirmed_version_id: ServiceVersionId,
    #[diesel(sql_type = sql_types::BigInt, column_name = seen_unit_price_minor)]
    pub(super) confirmed_unit_price_minor: i64,
    #[diesel(sql_type = sql_types::Integer)]
    pub(super) quantity: i32,
    #[diesel(sql_type = sql_types::Text)]
    pub(super) title: String,
    #[diesel(sql_type = sql_types::Text)]
    pub(super) currency: contracts::money::Currency,
    #[diesel(sql_type = sql_types::Uuid)]
    pub(super) seller_org_id: OrgId,
    #[diesel(sql_type = sql_types::Text)]
    pub(super) seller_name: String,
}

/// Numbers of lines and units in a cart, and of units of one service.
#[derive(QueryableByName)]
pub(super) struct CartContents {
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) lines: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    pub(super) units: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    pub(super) of_service: Option<i32>,
}

/// Locks the organisation's cart (FOR UPDATE) until the transaction ends, and creates it when there is none: changes by two members wait for
/// each other.
pub(super) async fn cart_lock(tx: &mut Tx) -> Result<CartRow> {
    let (org_id, now) = (tx.ctx().org_id()?, tx.ctx().now());
    Ok(diesel::insert_into(carts::table)
        .values((carts::id.eq(new_id::<CartId>(now)), carts::org_id.eq(org_id), carts::updated_at.eq(now)))
        .on_conflict(carts::org_id)
        .do_update()
        .set(carts::updated_at.eq(now))
        .returning((carts::id, carts::on_behalf_of))
        .prepared()
        .get_result(tx.conn()?)
        .await?)
}

pub(super) async fn cart_find(tx: &mut Tx) -> Result<Option<CartRow>> {
    let org_id = tx.ctx().org_id()?;
    Ok(carts::table
        .filter(carts::org_id.eq(org_id))
        .select((carts::id, carts::on_behalf_of))
        .first(tx.conn()?)
        .await
        .optional()?)
}

/// A cart with the status of its organisation.
#[derive(QueryableByName)]
struct LockedCart {
    #[diesel(sql_type = sql_types::Uuid)]
    id: CartId,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    on_behalf_of: Option<String>,
    #[diesel(sql_type = sql_types::Text)]
    status: OrganisationStatus,
}

/// Locks the cart (FOR UPDATE) and its organisation (FOR SHARE) until the transaction ends. Returns `None` when there is no cart; does not
/// create one.
pub(super) async fn cart_find_locked(tx: &mut Tx) -> Result<Option<(CartRow, OrganisationStatus)>> {
    let org_id = tx.ctx().org_id()?;
    let held: Option<LockedCart> = diesel::sql_query(
        "SELECT c.id, c.on_behalf_of, o.status FROM carts c JOIN organisations o ON o.id = c.org_id
         WHERE c.org_id = $1 FOR UPDATE OF c FOR SHARE OF o",
    )
    .bind::<sql_types::Uuid, _>(org_id)
    .prepared()
    .get_result(tx.conn()?)
    .await
    .optional()?;
    Ok(held.map(|LockedCart { id, on_behalf_of, status }| (CartRow { id, on_behalf_of }, status)))
}

pub(super) async fn lines(tx: &mut Tx, cart_id: CartId) -> Result<Vec<LineRow>> {
    Ok(diesel::sql_query(
        "SELECT l.id, l.service_id, l.seen_version_id, l.seen_unit_price_minor, l.quantity, v.title, v.currency,
                v.org_id AS seller_org_id, coalesce(o.name, '') AS seller_name
         FROM cart_lines l JOIN service_versions v ON v.id = l.seen_version_id LEFT JOIN organisations o ON o.id = v.org_id
         WHERE l.cart_id = $1 ORDER BY l.added_at, l.id",
    )
    .bind::<sql_types::Uuid, _>(cart_id)
    .prepared()
    .load(tx.conn()?)
    .await?)
}

pub(super) async fn count_contents(
    tx: &mut Tx,
    cart_id: CartId,
    service_id: ServiceId,
) -> Result<CartContents> {
    Ok(diesel::sql_query(
        "SELECT count(*) AS lines, coalesce(sum(quantity), 0) AS units, max(quantity) FILTER (WHERE service_id = $2) AS of_service FROM cart_lines WHERE cart_id = $1",
    )
    .bind::<sql_types::Uuid, _>(cart_id)
    .bind::<sql_types::Uuid, _>(service_id)
    .prepared()
    .get_result(tx.conn()?)
    .await?)
}

pub(super) async fn line_put(
    tx: &mut Tx,
    cart_id: CartId,
    service_id: ServiceId,
    version_id: ServiceVersionId,
    unit_minor: i64,
    quantity: u32,
) -> Result<()> {
    let (org_id, user_id, now) = (tx.ctx().org_id()?, tx.ctx().user_id()?, tx.ctx().now());
    let quantity = i32::try_from(quantity).map_err(Error::internal)?;
    let agreed = (
        cart_lines::seen_version_id.eq(version_id),
        cart_lines::seen_unit_price_minor.eq(unit_minor),
        cart_lines::quantity.eq(quantity),
    );
    diesel::insert_into(cart_lines::table)
        .values((
            cart_lines::id.eq(new_id::<CartLineId>(now)),
            cart_lines::org_id.eq(org_id),
            cart_lines::cart_id.eq(cart_id),
            cart_lines::service_id.eq(service_id),
            cart_lines::added_by.eq(user_id),
            cart_lines::added_at.eq(now),
            agreed,
        ))
        .on_conflict((cart_lines::cart_id, cart_lines::service_id))
        .do_update()
        .set(agreed)
        .prepared()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Sets the quantity and, when given, the unit price agreed to.
pub(super) async fn line_set_quantity(
    tx: &mut Tx,
    line_id: CartLineId,
    quantity: u32,
    agreed_minor: Option<i64>,
) -> Result<()> {
    let quantity = i32::try_from(quantity).map_err(Error::internal)?;
    let line = cart_lines::table.find(line_id);
    diesel::update(line).set(cart_lines::quantity.eq(quantity)).execute(tx.conn()?).await?;
    if let Some(minor) = agreed_minor {
        diesel::update(line).set(cart_lines::seen_unit_price_minor.eq(minor)).execute(tx.conn()?).await?;
    }
    Ok(())
}

pub(super) async fn line_confirm(
    tx: &mut Tx,
    line_id: CartLineId,
    version_id: ServiceVersionId,
    unit_minor: i64,
) -> Result<()> {
    diesel::update(cart_lines::table.find(line_id))
        .set((cart_lines::seen_version_id.eq(version_id), cart_lines::seen_unit_price_minor.eq(unit_minor)))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Takes lines of the active organisation's cart out; answers how many there were.
pub async fn lines_delete(tx: &mut Tx, lines: &[CartLineId]) -> Result<usize> {
    let org_id = tx.ctx().org_id()?;
    Ok(diesel::delete(cart_lines::table)
        .filter(cart_lines::org_id.eq(org_id).and(cart_lines::id.eq_any(lines)))
        .execute(tx.conn()?)
        .await?)
}

/// Takes one line of the active organisation's cart out, if it is there.
pub(super) async fn line_remove(tx: &mut Tx, line_id: CartLineId) -> Result<Option<RemovedLine>> {
    let org_id = tx.ctx().org_id()?;
    let removed: Option<(ServiceId, i32)> = diesel::delete(cart_lines::table)
        .filter(cart_lines::org_id.eq(org_id).and(cart_lines::id.eq(line_id)))
        .returning((cart_lines::service_id, cart_lines::quantity))
        .get_result(tx.conn()?)
        .await
        .optional()?;
    Ok(removed.map(|(service_id, quantity)| RemovedLine { service_id, quantity: quantity.unsigned_abs() }))
}

/// Removes the client from the active organisation's cart once it has no lines: the next purchase may be for another one.
pub async fn client_clear_if_empty(tx: &mut Tx) -> Result<()> {
    let org_id = tx.ctx().org_id()?;
    let lines = cart_lines::table.filter(cart_lines::cart_id.eq(carts::id));
    diesel::update(
        carts::table.filter(carts::org_id.eq(org_id).and(diesel::dsl::not(diesel::dsl::exists(lines)))),
    )
    .set(carts::on_behalf_of.eq(None::<String>))
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

pub(super) async fn lines_clear(tx: &mut Tx, cart_id: CartId) -> Result<usize> {
    Ok(diesel::delete(cart_lines::table).filter(cart_lines::cart_id.eq(cart_id)).execute(tx.conn()?).await?)
}

pub(super) async fn client_set(tx: &mut Tx, cart_id: CartId, on_behalf_of: &str) -> Result<()> {
    diesel::update(carts::table.find(cart_id))
        .set(carts::on_behalf_of.eq(on_behalf_of))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}
