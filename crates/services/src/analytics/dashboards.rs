//! A dashboard for each kind of organisation: a few figures with the rows behind them, the year by month, and what waits.

use chrono::{DateTime, Utc};
use contracts::{
    analytics::{DashboardView, Figure, Months, Tile, WorkItem},
    identity::OrganisationKind,
    ids::OrgId,
    money::{Currency, Money},
    permission::Permission,
};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;

use crate::platform::{OpCtx, Result, Tx};

/// What differs between the kinds: tiles (label, address, note) in the order of the counts, and the statements.
struct Plan {
    tiles: &'static [(&'static str, &'static str, &'static str)],
    counts: &'static str,
    money: Option<MoneyPlan>,
    months_title: &'static str,
    months_series: &'static str,
    months: &'static str,
    work_title: &'static str,
    work_empty: &'static str,
    work: &'static str,
}

struct MoneyPlan {
    label: &'static str,
    href: &'static str,
    note: &'static str,
    sums: &'static str,
}

// $1 is the organisation, $2 the present moment

const PROVIDER: Plan = Plan {
    tiles: &[
        ("Published services", "/services?status=published", "on the market now"),
        ("Orders", "/orders", "paid in the last 30 days"),
        ("Certificates to redeem", "/certificates?status=issued", "issued and still valid"),
        ("Redeemed", "/certificates?status=redeemed", "in the last 30 days"),
    ],
    counts: "SELECT ARRAY[
        (SELECT count(*) FROM services WHERE org_id = $1 AND status = 'published'),
        (SELECT count(*) FROM transactions WHERE seller_org_id = $1 AND status IN ('paid', 'fulfilled') AND created_at > $2 - interval '30 days'),
        (SELECT count(*) FROM certificates WHERE seller_org_id = $1 AND status = 'issued' AND expires_at > $2),
        (SELECT count(*) FROM certificates WHERE seller_org_id = $1 AND redeemed_at > $2 - interval '30 days')] AS counts",
    money: Some(MoneyPlan {
        label: "Net sales",
        href: "/orders",
        note: "last 30 days, after commission",
        sums: "SELECT t.currency::text AS currency, sum(l.seller_net_minor)::bigint AS amount FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id
               WHERE t.seller_org_id = $1 AND t.status IN ('paid', 'fulfilled') AND t.created_at > $2 - interval '30 days' GROUP BY 1 ORDER BY 2 DESC",
    }),
    months_title: "Orders paid by month",
    months_series: "Orders",
    months: "SELECT created_at AS at FROM transactions WHERE seller_org_id = $1 AND status IN ('paid', 'fulfilled')",
    work_title: "Certificates that end soon",
    work_empty: "No certificate of yours ends in the next 30 days.",
    work: ENDING,
};

const INSURER: Plan = Plan {
    tiles: &[
        ("Purchases", "/purchases", "paid in the last 30 days"),
        ("Waiting for payment", "/purchases?status=awaiting_payment", "open now"),
        ("Valid certificates", "/certificates?status=issued", "to be redeemed"),
        ("Redeemed", "/certificates?status=redeemed", "in the last 30 days"),
    ],
    counts: "SELECT ARRAY[
        (SELECT count(*) FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '30 days'),
        (SELECT count(*) FROM purchases WHERE org_id = $1 AND status = 'awaiting_payment'),
        (SELECT count(*) FROM certificates WHERE org_id = $1 AND status = 'issued' AND expires_at > $2),
        (SELECT count(*) FROM certificates WHERE org_id = $1 AND redeemed_at > $2 - interval '30 days')] AS counts",
    money: Some(MoneyPlan { label: "Spent", href: "/purchases", note: "last 30 days", sums: SPENT }),
    months_title: "Purchases paid by month",
    months_series: "Purchases",
    months: "SELECT paid_at AS at FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled')",
    work_title: "Payments and certificates that need you",
    work_empty: "Nothing waits for payment, and no certificate ends in the next 30 days.",
    work: "SELECT * FROM (SELECT 'Pay purchase ' || number AS title, 'waits for payment' AS note, '/purchases/' || id AS href, expires_at AS at
             FROM purchases WHERE org_id = $1 AND status IN ('open', 'awaiting_payment') AND expires_at > $2
           UNION ALL
           SELECT c.title, count(*) || ' not redeemed yet', '/certificates?status=issued&purchase=' || t.purchase_id, min(c.expires_at)
             FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
             WHERE c.org_id = $1 AND c.status = 'issued' AND c.expires_at BETWEEN $2 AND $2 + interval '30 days'
             GROUP BY c.title, t.purchase_id) w ORDER BY at LIMIT 8",
};

const INTERMEDIARY: Plan = Plan {
    tiles: &[
        ("Purchases for clients", "/purchases", "paid in the last 30 days"),
        ("Waiting for payment", "/purchases?status=awaiting_payment", "open now"),
        ("Clients served", "/purchases", "in the last 12 months"),
        ("In the cart", "/cart", "services"),
    ],
    counts: "SELECT ARRAY[
        (SELECT count(*) FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '30 days'),
        (SELECT count(*) FROM purchases WHERE org_id = $1 AND status = 'awaiting_payment'),
        (SELECT count(DISTINCT on_behalf_of) FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '1 year'),
        (SELECT count(*) FROM cart_lines WHERE org_id = $1)] AS counts",
    money: Some(MoneyPlan {
        label: "Commission earned",
        href: "/purchases",
        note: "last 30 days",
        sums: "SELECT t.currency::text AS currency, sum(c.amount_minor)::bigint AS amount FROM commission_lines c
               JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
               WHERE c.beneficiary_org_id = $1 AND c.kind = 'intermediary' AND t.status IN ('paid', 'fulfilled') AND t.created_at > $2 - interval '30 days'
               GROUP BY 1 ORDER BY 2 DESC",
    }),
    months_title: "Purchases paid by month",
    months_series: "Purchases",
    months: "SELECT paid_at AS at FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled')",
    work_title: "Purchases that wait for payment",
    work_empty: "No purchase waits for payment.",
    work: "SELECT 'Pay purchase ' || number AS title, coalesce('for ' || on_behalf_of, 'waits for payment') AS note, '/purchases/' || id AS href, expires_at AS at
           FROM purchases WHERE org_id = $1 AND status IN ('open', 'awaiting_payment') AND expires_at > $2 ORDER BY expires_at LIMIT 8",
};

const CONSOLE: Plan = Plan {
    tiles: &[
        ("Organisations to verify", "/console/organisations?status=unverified", "waiting now"),
        ("Verified organisations", "/console/organisations?status=verified", "may trade"),
        ("Purchases paid", "/purchases?status=fulfilled", "in the last 30 days"),
        ("Valid certificates", "/certificates?status=issued", "to be redeemed"),
        ("Security events", "/console/security?severity=high", "high, in the last 30 days"),
    ],
    counts: "SELECT ARRAY[
        (SELECT count(*) FROM organisations WHERE status = 'unverified'),
        (SELECT count(*) FROM organisations WHERE status = 'verified' AND id <> $1),
        (SELECT count(*) FROM purchases WHERE status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '30 days'),
        (SELECT count(*) FROM certificates WHERE status = 'issued' AND expires_at > $2),
        (SELECT count(*) FROM security_events WHERE severity = 'high' AND occurred_at > $2 - interval '30 days')] AS counts",
    money: Some(MoneyPlan {
        label: "Platform commission",
        href: "/orders?status=fulfilled",
        note: "last 30 days",
        sums: "SELECT t.currency::text AS currency, sum(c.amount_minor)::bigint AS amount FROM commission_lines c
               JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
               WHERE c.beneficiary_org_id = $1 AND c.kind = 'platform' AND t.status IN ('paid', 'fulfilled') AND t.created_at > $2 - interval '30 days'
               GROUP BY 1 ORDER BY 2 DESC",
    }),
    months_title: "Purchases paid by month",
    months_series: "Purchases",
    months: "SELECT paid_at AS at FROM purchases WHERE status IN ('paid', 'fulfilled') AND $1 IS NOT NULL",
    work_title: "Organisations to verify",
    work_empty: "No organisation waits.",
    work: "SELECT name AS title, kind || ', ' || country AS note, '/console/organisations/' || id AS href, created_at AS at
           FROM organisations WHERE status = 'unverified' AND id <> $1 AND created_at <= $2 ORDER BY created_at LIMIT 8",
};

const ENDING: &str = "SELECT c.title, count(*) || ' not redeemed yet' AS note,
      '/certificates?status=issued&purchase=' || t.purchase_id AS href, min(c.expires_at) AS at
    FROM certificates c JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
    WHERE c.seller_org_id = $1 AND c.status = 'issued' AND c.expires_at BETWEEN $2 AND $2 + interval '30 days'
    GROUP BY c.title, t.purchase_id ORDER BY at LIMIT 8";

const SPENT: &str = "SELECT currency::text AS currency, sum(total_minor)::bigint AS amount FROM purchases
    WHERE org_id = $1 AND status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '30 days' GROUP BY 1 ORDER BY 2 DESC";

const fn plan_of(kind: OrganisationKind) -> &'static Plan {
    match kind {
        OrganisationKind::Provider => &PROVIDER,
        OrganisationKind::Insurer => &INSURER,
        OrganisationKind::Intermediary => &INTERMEDIARY,
        OrganisationKind::Platform => &CONSOLE,
    }
}

/// The dashboard of the caller's organisation.
pub async fn dashboard_get(ctx: &OpCtx) -> Result<DashboardView> {
    let organisation = ctx.organisation()?;
    let (org_id, plan) = (organisation.id, plan_of(organisation.kind));
    ctx.read(Permission::TransactionsRead, async move |tx| draw(tx, plan, org_id).await).await
}

#[derive(QueryableByName)]
struct CountsRow {
    #[diesel(sql_type = Array<BigInt>)]
    counts: Vec<i64>,
}

#[derive(QueryableByName)]
struct SumRow {
    #[diesel(sql_type = Text)]
    currency: Currency,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

#[derive(QueryableByName)]
struct MonthRow {
    #[diesel(sql_type = Text)]
    label: String,
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct WorkRow {
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    note: String,
    #[diesel(sql_type = Text)]
    href: String,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

async fn draw(tx: &mut Tx, plan: &'static Plan, org_id: OrgId) -> Result<DashboardView> {
    let now = tx.ctx().now();
    let counted: CountsRow = diesel::sql_query(plan.counts)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Timestamptz, _>(now)
        .get_result(tx.conn()?)
        .await?;
    let mut tiles: Vec<Tile> = plan
        .tiles
        .iter()
        .zip(counted.counts)
        .map(|((label, href, note), count)| Tile {
            label: (*label).to_owned(),
            figure: Figure::Count(count),
            href: (*href).to_owned(),
            note: (*note).to_owned(),
        })
        .collect();
    if let Some(money) = &plan.money {
        tiles.push(money_tile(tx, money, org_id, now).await?);
    }
    let by_month = format!(
        "SELECT to_char(m, 'Mon YYYY') AS label, count(f.at) AS value
         FROM generate_series(date_trunc('month', $2) - interval '11 months', date_trunc('month', $2), interval '1 month') AS m
         LEFT JOIN ({}) f ON f.at >= m AND f.at < m + interval '1 month' GROUP BY m ORDER BY m",
        plan.months
    );
    let months: Vec<MonthRow> = diesel::sql_query(by_month)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Timestamptz, _>(now)
        .load(tx.conn()?)
        .await?;
    let work: Vec<WorkRow> = diesel::sql_query(plan.work)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Timestamptz, _>(now)
        .load(tx.conn()?)
        .await?;
    let (labels, values) = months.into_iter().map(|month| (month.label, month.value)).unzip();
    Ok(DashboardView {
        tiles,
        months: Months {
            title: plan.months_title.to_owned(),
            series: plan.months_series.to_owned(),
            labels,
            values,
            currency: None,
        },
        work_title: plan.work_title.to_owned(),
        work_empty: plan.work_empty.to_owned(),
        work: work
            .into_iter()
            .map(|row| WorkItem { title: row.title, note: row.note, href: row.href, at: row.at })
            .collect(),
    })
}

/// The largest currency's sum; the note names the others.
async fn money_tile(tx: &mut Tx, money: &MoneyPlan, org_id: OrgId, now: DateTime<Utc>) -> Result<Tile> {
    let sums: Vec<SumRow> = diesel::sql_query(money.sums)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Timestamptz, _>(now)
        .load(tx.conn()?)
        .await?;
    let mut sums = sums.into_iter().map(|row| Money::new(row.amount, row.currency));
    let most = sums.next().unwrap_or(Money::zero(Currency::Eur));
    let others: Vec<String> = sums.map(|sum| sum.to_string()).collect();
    let note = if others.is_empty() {
        money.note.to_owned()
    } else {
        format!("{}; and {}", money.note, others.join(", "))
    };
    Ok(Tile { label: money.label.to_owned(), figure: Figure::Money(most), href: money.href.to_owned(), note })
}
