//! SQL of payments and their attempts.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    ids::{AttemptId, OrgId, PaymentId, PurchaseId},
    money::Money,
    payments::{AttemptOutcome, DisputeStatus},
    states::PaymentStatus,
};
use diesel::{prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use schema::{payment_attempts, payments};

use super::{
    PaymentState,
    machine::{Attempt, Heard},
};
use crate::platform::{Error, Prepare, Result, Tx, new_id};

/// Everything of [`PaymentState`]; a condition on `p` follows.
const STATE: &str = "SELECT p.id, p.org_id, p.purchase_id, p.status, p.currency, p.amount_minor, p.captured_minor, p.refunded_minor, \
     p.refund_accepted_minor, p.failure_code, \
     p.created_at, p.captured_at, u.number AS purchase_number, u.status AS purchase_status, u.expires_at, a.id AS attempt_id, \
     a.attempt_no, a.created_at AS attempt_created_at, a.gateway, a.gateway_session_id, a.gateway_payment_id, a.hosted_url \
     FROM payments p JOIN purchases u ON u.id = p.purchase_id JOIN LATERAL (SELECT * FROM payment_attempts t \
     WHERE t.payment_id = p.id ORDER BY t.attempt_no DESC LIMIT 1) a ON true";

/// A payment the caller may see.
pub async fn payment_state(tx: &mut Tx, payment_id: PaymentId) -> Result<PaymentState> {
    one(tx, "WHERE p.id = $1", payment_id.0).await
}

/// The payment of a purchase the caller may see.
pub async fn payment_of_purchase(tx: &mut Tx, purchase_id: PurchaseId) -> Result<PaymentState> {
    one(tx, "WHERE p.purchase_id = $1", purchase_id.0).await
}

/// Locks a payment and its purchase (FOR NO KEY UPDATE) until the transaction ends and returns the payment.
pub async fn payment_lock(tx: &mut Tx, payment_id: PaymentId) -> Result<PaymentState> {
    // the join does not see what was committed while it waited for the lock: lock first, read then
    diesel::sql_query("SELECT 1 FROM payments WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<sql_types::Uuid, _>(payment_id)
        .prepared()
        .execute(tx.conn()?)
        .await?;
    one(tx, "WHERE p.id = $1 FOR NO KEY UPDATE OF u", payment_id.0).await
}

async fn one(tx: &mut Tx, condition: &str, id: uuid::Uuid) -> Result<PaymentState> {
    diesel::sql_query(format!("{STATE} {condition}"))
        .bind::<sql_types::Uuid, _>(id)
        .prepared()
        .get_result(tx.conn()?)
        .await
        .optional()?
        .ok_or_else(Error::not_found)
}

/// The parameters of a checkout session: what has to be known to open a payment page.
#[derive(Clone, Debug)]
pub struct CheckoutSessionParams {
    /// The payment.
    pub payment_id: PaymentId,
    /// The attempt; its id is the idempotency key.
    pub attempt_id: AttemptId,
    /// Name of the provider it is at.
    pub gateway: String,
    /// What is paid for.
    pub purchase_id: PurchaseId,
    /// Its number, for people.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// How long the page stays open.
    pub open_for: TimeDelta,
}

impl PaymentState {
    /// Returns the parameters of the latest attempt's session. They are the same on every call, as the provider requires for a repeated
    /// request.
    pub(super) fn session_params(&self) -> CheckoutSessionParams {
        CheckoutSessionParams {
            payment_id: self.id,
            attempt_id: self.attempt_id,
            gateway: self.gateway.clone(),
            purchase_id: self.purchase_id,
            number: self.purchase_number.clone(),
            amount: self.amount(),
            open_for: self.expires_at - self.attempt_created_at,
        }
    }
}

/// Creates the payment of a purchase with its first attempt, to be opened when the transaction has committed.
pub async fn payment_create(
    tx: &mut Tx,
    org_id: OrgId,
    (purchase_id, number): (PurchaseId, &str),
    amount: Money,
    expires_at: DateTime<Utc>,
) -> Result<CheckoutSessionParams> {
    let now = tx.ctx().now();
    let payment_id: PaymentId = new_id(now);
    let (attempt_id, gateway) =
        (new_id::<AttemptId>(now), tx.ctx().platform().gateways.choose(amount.currency).name());
    diesel::sql_query(
        "WITH payment AS (INSERT INTO payments (id, org_id, purchase_id, status, currency, amount_minor) VALUES ($1, $2, $3, $4, $5, $6))
         INSERT INTO payment_attempts (id, org_id, payment_id, attempt_no, gateway, outcome, created_at) VALUES ($7, $2, $1, 1, $8, 'started', $9)",
    )
    .bind::<sql_types::Uuid, _>(payment_id)
    .bind::<sql_types::Uuid, _>(org_id)
    .bind::<sql_types::Uuid, _>(purchase_id)
    .bind::<sql_types::Text, _>(PaymentStatus::Created)
    .bind::<sql_types::Text, _>(amount.currency)
    .bind::<sql_types::BigInt, _>(amount.amount_minor)
    .bind::<sql_types::Uuid, _>(attempt_id)
    .bind::<sql_types::Text, _>(gateway)
    .bind::<sql_types::Timestamptz, _>(now)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    let open_for = expires_at - now;
    Ok(CheckoutSessionParams {
        payment_id,
        attempt_id,
        gateway: gateway.to_owned(),
        purchase_id,
        number: number.to_owned(),
        amount,
        open_for,
    })
}

/// Stores a new attempt to collect a locked payment, which is its latest from now on.
pub(super) async fn attempt_create(tx: &mut Tx, state: &mut PaymentState, id: AttemptId) -> Result<()> {
    let gateway = tx.ctx().platform().gateways.choose(state.currency).name();
    let now = tx.ctx().now();
    (state.attempt_id, state.attempt_no, state.attempt_created_at) = (id, state.attempt_no + 1, now);
    gateway.clone_into(&mut state.gateway);
    (state.gateway_session_id, state.gateway_payment_id, state.hosted_url) = (None, None, None);
    diesel::insert_into(payment_attempts::table)
        .values((
            payment_attempts::id.eq(id),
            payment_attempts::org_id.eq(state.org_id),
            payment_attempts::payment_id.eq(state.id),
            payment_attempts::attempt_no.eq(state.attempt_no),
            payment_attempts::gateway.eq(gateway),
            payment_attempts::outcome.eq(AttemptOutcome::Started),
            payment_attempts::created_at.eq(now),
        ))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Stores how an attempt stands.
pub(super) async fn attempt_update(tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    let heard = attempt.heard;
    diesel::update(payment_attempts::table.find(attempt.id))
        .set((
            payment_attempts::outcome.eq(attempt.outcome),
            payment_attempts::failure_code.eq(&attempt.failure_code),
            payment_attempts::gateway_payment_id.eq(&attempt.gateway_payment_id),
            payment_attempts::captured_minor.eq(heard.captured_minor),
            payment_attempts::refunded_minor.eq(heard.refunded_minor),
            payment_attempts::dispute.eq(heard.dispute),
        ))
        .prepared()
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// Stores why a person decided as they did about a sale whose price went back in part.
pub(crate) async fn refund_reason_store(tx: &mut Tx, payment_id: PaymentId, reason: &str) -> Result<()> {
    diesel::update(payments::table.find(payment_id))
        .set(payments::refund_accepted_reason.eq(reason))
        .execute(tx.conn()?)
        .await?;
    Ok(())
}

/// A stored attempt, as far as news decides about it.
#[derive(Queryable)]
struct AttemptRow {
    id: AttemptId,
    gateway_payment_id: Option<String>,
    outcome: AttemptOutcome,
    failure_code: Option<String>,
    captured_minor: i64,
    refunded_minor: i64,
    dispute: Option<DisputeStatus>,
}

impl From<AttemptRow> for Attempt {
    fn from(row: AttemptRow) -> Self {
        let (captured_minor, refunded_minor) = (row.captured_minor, row.refunded_minor);
        Self {
            id: row.id,
            gateway_payment_id: row.gateway_payment_id,
            outcome: row.outcome,
            failure_code: row.failure_code,
            heard: Heard { captured_minor, refunded_minor, dispute: row.dispute },
        }
    }
}

/// Returns the attempts of a payment, the latest last.
pub(super) async fn attempts_of(tx: &mut Tx, payment_id: PaymentId) -> Result<Vec<Attempt>> {
    let rows: Vec<AttemptRow> = payment_attempts::table
        .filter(payment_attempts::payment_id.eq(payment_id))
        .order(payment_attempts::attempt_no)
        .select((
            payment_attempts::id,
            payment_attempts::gateway_payment_id,
            payment_attempts::outcome,
            payment_attempts::failure_code,
            payment_attempts::captured_minor,
            payment_attempts::refunded_minor,
            payment_attempts::dispute,
        ))
        .load(tx.conn()?)
        .await?;
    Ok(rows.into_iter().map(Attempt::from).collect())
}

/// A hosted payment session that was opened at the provider.
#[derive(Queryable)]
pub(super) struct HostedSession {
    /// The attempt it belongs to.
    pub(super) attempt_id: AttemptId,
    /// Name of the provider it is at.
    pub(super) gateway: String,
    /// The provider's id of it.
    pub(super) session_id: Option<String>,
    /// The provider's id of its payment.
    pub(super) payment_id: Option<String>,
}

/// Returns every hosted session that was opened for a payment, the latest last.
pub(super) async fn hosted_sessions(tx: &mut Tx, payment_id: PaymentId) -> Result<Vec<HostedSession>> {
    Ok(payment_attempts::table
        .filter(
            payment_attempts::payment_id
                .eq(payment_id)
                .and(payment_attempts::gateway_session_id.is_not_null()),
        )
        .order(payment_attempts::attempt_no)
        .select((
            payment_attempts::id,
            payment_attempts::gateway,
            payment_attempts::gateway_session_id,
            payment_attempts::gateway_payment_id,
        ))
        .load(tx.conn()?)
        .await?)
}

/// Returns the attempt that the provider knows under this id; `None` for `gateway` searches the attempts at all providers.
pub(crate) async fn attempt_of_gateway(
    tx: &mut Tx,
    payment_id: PaymentId,
    gateway: Option<&str>,
    gateway_payment_id: &str,
) -> Result<Option<AttemptId>> {
    let mut attempts = payment_attempts::table.into_boxed();
    if let Some(gateway) = gateway {
        attempts = attempts.filter(payment_attempts::gateway.eq(gateway));
    }
    Ok(attempts
        .filter(
            payment_attempts::payment_id
                .eq(payment_id)
                .and(payment_attempts::gateway_payment_id.eq(gateway_payment_id)),
        )
        .select(payment_attempts::id)
        .first(tx.conn()?)
        .await
        .optional()?)
}

/// Records that the money of an attempt came and went, in minor units, before anybody settles it: news of the capture may come later, and
/// must find that the money is gone. The caller has locked the payment, and has made sure that no more went back than was collected.
pub(super) async fn record_attempt_money(
    tx: &mut Tx,
    attempt_id: AttemptId,
    captured_minor: i64,
    refunded_minor: i64,
) -> Result<()> {
    diesel::sql_query(
        "UPDATE payment_attempts SET captured_minor = greatest(captured_minor, $2), refunded_minor = greatest(refunded_minor, $3) WHERE id = $1",
    )
    .bind::<sql_types::Uuid, _>(attempt_id)
    .bind::<sql_types::BigInt, _>(captured_minor)
    .bind::<sql_types::BigInt, _>(refunded_minor)
    .prepared()
    .execute(tx.conn()?)
    .await?;
    Ok(())
}

/// The statuses whose outcome may still come, as a list in SQL: in the statement's text, so that the index over them serves.
fn open_statuses() -> String {
    let open = PaymentStatus::ALL.iter().filter(|status| status.is_open());
    open.map(|status| format!("'{status}'")).collect::<Vec<_>>().join(", ")
}

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = sql_types::Uuid)]
    payment_id: PaymentId,
}

/// Takes up to `most` payments whose outcome is open, was not asked for lately, and that are older than `quiet_for`. The
/// pause between two questions doubles from 5 seconds to 5 minutes, or to 10 seconds while there is no page yet: somebody waits for
/// it. A payment that failed is asked about once its purchase is over: somebody may have paid on a page that stayed open. Two workers
/// never take the same one.
pub async fn claim_unsettled(tx: &mut Tx, quiet_for: TimeDelta, most: i32) -> Result<Vec<PaymentId>> {
    let now = tx.ctx().now();
    let claimed: Vec<ClaimedRow> = diesel::sql_query(format!(
        "UPDATE payment_attempts SET last_checked_at = $1, checks = checks + 1 WHERE id IN (
           SELECT a.id FROM payments p JOIN payment_attempts a ON a.payment_id = p.id
             JOIN purchases u ON u.id = p.purchase_id
           WHERE (p.status IN ({})
               OR p.status = 'failed' AND u.status IN ('open', 'awaiting_payment') AND u.expires_at <= $1)
             AND p.created_at < $2
             AND a.attempt_no = (SELECT max(t.attempt_no) FROM payment_attempts t WHERE t.payment_id = p.id)
             AND a.created_at < $2
             AND (a.last_checked_at IS NULL OR a.last_checked_at < $1 - least(interval '5 seconds' * power(2, least(a.checks, 10)),
                 CASE WHEN a.gateway_session_id IS NULL THEN interval '10 seconds' ELSE interval '5 minutes' END))
           ORDER BY a.last_checked_at NULLS FIRST, a.id LIMIT $3 FOR UPDATE OF a SKIP LOCKED)
         RETURNING payment_id",
        open_statuses()
    ))
    .bind::<sql_types::Timestamptz, _>(now)
    .bind::<sql_types::Timestamptz, _>(now - quiet_for)
    .bind::<sql_types::Integer, _>(most)
    .prepared()
    .load(tx.conn()?)
    .await?;
    Ok(claimed.into_iter().map(|row| row.payment_id).collect())
}
