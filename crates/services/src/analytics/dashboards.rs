//! A dashboard for each kind of organisation: a few figures with the rows behind them, the year by month, and what waits.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use contracts::{
    analytics::{DashboardView, Figure, Months, Tile},
    identity::OrganisationKind,
    ids::OrgId,
    money::{Currency, Money},
    permission::Permission,
};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;

use super::work::{self, WorkList};
use crate::{
    identity::time_zone_of,
    platform::{OpCtx, Result, Tx, start_of_day},
};

/// What differs between the kinds, and the statements.
struct Plan {
    tiles: &'static [TilePlan],
    money: MoneyPlan,
    months_title: &'static str,
    months_series: &'static str,
    months: &'static str,
    work_title: &'static str,
    work_empty: &'static str,
    work: &'static [WorkList],
}

struct TilePlan {
    label: &'static str,
    href: &'static str,
    note: &'static str,
    count: Count,
}

/// What is counted.
enum Count {
    /// How many there are: a statement of one number.
    Now(&'static str),
    /// How many there were in the last 30 days: a statement of their times, as `at`.
    Lately(&'static str),
}

/// Sums of the last 30 days: a statement of `currency`, `amount` and `at`.
struct MoneyPlan {
    label: &'static str,
    href: &'static str,
    note: &'static str,
    sums: &'static str,
}

const fn now(label: &'static str, href: &'static str, note: &'static str, count: &'static str) -> TilePlan {
    TilePlan { label, href, note, count: Count::Now(count) }
}

const fn lately(
    label: &'static str,
    href: &'static str,
    note: &'static str,
    times: &'static str,
) -> TilePlan {
    TilePlan { label, href, note, count: Count::Lately(times) }
}

// $1 is the organisation, $2 the present moment

const PROVIDER: Plan = Plan {
    tiles: &[
        now("Published services", "/services?status=published", "on sale now",
            "SELECT count(*) FROM services WHERE org_id = $1 AND status = 'published'"),
        lately("Orders", "/orders?status=fulfilled&days=30", "paid in the last 30 days",
            "SELECT created_at AS at FROM transactions WHERE seller_org_id = $1 AND status IN ('paid', 'fulfilled')"),
        now("Certificates to redeem", "/certificates?status=issued", "valid now",
            "SELECT count(*) FROM certificates WHERE seller_org_id = $1 AND status = 'issued' AND expires_at > $2"),
        lately("Redeemed", "/certificates?status=redeemed&days=30", "in the last 30 days",
            "SELECT redeemed_at AS at FROM certificates WHERE seller_org_id = $1 AND redeemed_at IS NOT NULL"),
    ],
    money: MoneyPlan {
        label: "Net sales",
        href: "/orders?status=fulfilled&days=30",
        note: "last 30 days, after commission",
        sums: "SELECT t.currency, l.seller_net_minor AS amount, t.created_at AS at FROM transactions t JOIN transaction_lines l ON l.transaction_id = t.id
               WHERE t.seller_org_id = $1 AND t.status IN ('paid', 'fulfilled')",
    },
    months_title: "Paid orders by month",
    months_series: "Orders",
    months: "SELECT created_at AS at FROM transactions WHERE seller_org_id = $1 AND status IN ('paid', 'fulfilled')",
    work_title: "Certificates expiring soon",
    work_empty: "No certificates expire in the next 30 days.",
    work: &[WorkList::SoldCertificates],
};

const INSURER: Plan = Plan {
    tiles: &[
        lately("Purchases", "/purchases?status=fulfilled&days=30", "paid in the last 30 days", PAID),
        WAITING,
        now(
            "Valid certificates",
            "/certificates?status=issued",
            "not redeemed yet",
            "SELECT count(*) FROM certificates WHERE org_id = $1 AND status = 'issued' AND expires_at > $2",
        ),
        lately(
            "Redeemed",
            "/certificates?status=redeemed&days=30",
            "in the last 30 days",
            "SELECT redeemed_at AS at FROM certificates WHERE org_id = $1 AND redeemed_at IS NOT NULL",
        ),
    ],
    money: MoneyPlan {
        label: "Spent",
        href: "/purchases?status=fulfilled&days=30",
        note: "last 30 days",
        sums: "SELECT currency, total_minor AS amount, paid_at AS at FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled')",
    },
    months_title: "Paid purchases by month",
    months_series: "Purchases",
    months: PAID,
    work_title: "Awaiting payment or expiring soon",
    work_empty: "No purchases are awaiting payment and no certificates expire in the next 30 days.",
    work: &[WorkList::Payments, WorkList::BoughtCertificates],
};

const INTERMEDIARY: Plan = Plan {
    tiles: &[
        lately("Purchases for clients", "/purchases?status=fulfilled&days=30", "paid in the last 30 days", PAID),
        WAITING,
        now("Clients served", "/purchases?status=fulfilled&days=365", "in the last 12 months",
            "SELECT count(DISTINCT on_behalf_of) FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled') AND paid_at > $2 - interval '365 days'"),
        now("In the cart", "/cart", "services", "SELECT count(*) FROM cart_lines WHERE org_id = $1"),
    ],
    money: MoneyPlan {
        label: "Commission earned",
        href: "/purchases?status=fulfilled&days=30",
        note: "last 30 days",
        sums: "SELECT t.currency, c.amount_minor AS amount, t.created_at AS at FROM commission_lines c
               JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
               WHERE c.beneficiary_org_id = $1 AND c.kind = 'intermediary' AND t.status IN ('paid', 'fulfilled')",
    },
    months_title: "Paid purchases by month",
    months_series: "Purchases",
    months: PAID,
    work_title: "Purchases awaiting payment",
    work_empty: "No purchases are awaiting payment.",
    work: &[WorkList::Payments],
};

const CONSOLE: Plan = Plan {
    tiles: &[
        now(
            "Organisations to verify",
            "/console/organisations?status=unverified",
            "pending now",
            "SELECT count(*) FROM organisations WHERE status = 'unverified'",
        ),
        now(
            "Verified organisations",
            "/console/organisations?status=verified",
            "can publish and buy",
            "SELECT count(*) FROM organisations WHERE status = 'verified' AND id <> $1",
        ),
        lately(
            "Paid purchases",
            "/purchases?status=fulfilled&days=30",
            "in the last 30 days",
            "SELECT paid_at AS at FROM purchases WHERE status IN ('paid', 'fulfilled') AND $1 IS NOT NULL",
        ),
        now(
            "Valid certificates",
            "/certificates?status=issued",
            "not redeemed yet",
            "SELECT count(*) FROM certificates WHERE status = 'issued' AND expires_at > $2",
        ),
        lately(
            "High-severity events",
            "/console/security?severity=high&days=30",
            "in the last 30 days",
            "SELECT occurred_at AS at FROM security_events WHERE severity = 'high' AND $1 IS NOT NULL",
        ),
    ],
    money: MoneyPlan {
        label: "Platform commission",
        href: "/orders?status=fulfilled&days=30",
        note: "last 30 days",
        sums: "SELECT t.currency, c.amount_minor AS amount, t.created_at AS at FROM commission_lines c
               JOIN transaction_lines l ON l.id = c.line_id JOIN transactions t ON t.id = l.transaction_id
               WHERE c.beneficiary_org_id = $1 AND c.kind = 'platform' AND t.status IN ('paid', 'fulfilled')",
    },
    months_title: "Paid purchases by month",
    months_series: "Purchases",
    months: "SELECT paid_at AS at FROM purchases WHERE status IN ('paid', 'fulfilled') AND $1 IS NOT NULL",
    work_title: "Organisations to verify",
    work_empty: "No organisations are waiting for verification.",
    work: &[WorkList::Verifications],
};

const PAID: &str =
    "SELECT paid_at AS at FROM purchases WHERE org_id = $1 AND status IN ('paid', 'fulfilled')";

const WAITING: TilePlan = now(
    "Awaiting payment",
    "/purchases?status=awaiting_payment",
    "unpaid now",
    "SELECT count(*) FROM purchases WHERE org_id = $1 AND status = 'awaiting_payment'",
);

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
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What fell into one of the last twelve times 30 days; 0 is the present one.
#[derive(QueryableByName)]
struct SpanRow {
    #[diesel(sql_type = Integer)]
    ago: i32,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

#[derive(QueryableByName)]
struct SumRow {
    #[diesel(sql_type = Text)]
    currency: Currency,
    #[diesel(sql_type = Integer)]
    ago: i32,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

#[derive(QueryableByName)]
struct MonthRow {
    #[diesel(sql_type = Integer)]
    month: i32,
    #[diesel(sql_type = BigInt)]
    value: i64,
}

async fn draw(tx: &mut Tx, plan: &'static Plan, org_id: OrgId) -> Result<DashboardView> {
    let now = tx.ctx().now();
    let mut tiles = Vec::with_capacity(plan.tiles.len() + 1);
    for tile in plan.tiles {
        tiles.push(count_tile(tx, tile, org_id, now).await?);
    }
    tiles.push(money_tile(tx, &plan.money, org_id, now).await?);
    Ok(DashboardView {
        tiles,
        months: load_months(tx, plan, org_id).await?,
        work_title: plan.work_title.to_owned(),
        work_empty: plan.work_empty.to_owned(),
        work: work::load(tx, plan.work, org_id).await?,
    })
}

/// The last twelve months, the present one last, as they begin and end in the organisation's time zone.
async fn load_months(tx: &mut Tx, plan: &'static Plan, org_id: OrgId) -> Result<Months> {
    let zone = time_zone_of(tx.conn()?, org_id).await?;
    let this = tx.ctx().now().with_timezone(&zone).date_naive();
    let this = this.with_day(1).unwrap_or(this);
    let back = |months: u32| this.checked_sub_months(chrono::Months::new(months)).unwrap_or(this);
    let starts: Vec<NaiveDate> = (0..MONTHS).rev().map(back).collect();
    let next = this.checked_add_months(chrono::Months::new(1)).unwrap_or(this);
    let bounds: Vec<DateTime<Utc>> =
        starts.iter().chain([&next]).map(|day| start_of_day(*day, zone)).collect();
    let by_month = format!(
        "SELECT width_bucket(f.at, $2) AS month, count(*) AS value FROM ({}) f
         WHERE f.at >= $2[1] AND f.at < $2[array_length($2, 1)] GROUP BY 1",
        plan.months
    );
    let rows: Vec<MonthRow> = diesel::sql_query(by_month)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Array<Timestamptz>, _>(bounds)
        .load(tx.conn()?)
        .await?;
    let value_of = |place: usize| {
        let is_it = |row: &&MonthRow| usize::try_from(row.month).is_ok_and(|month| month == place + 1);
        rows.iter().find(is_it).map_or(0, |row| row.value)
    };
    Ok(Months {
        title: plan.months_title.to_owned(),
        series: plan.months_series.to_owned(),
        values: (0..starts.len()).map(value_of).collect(),
        starts,
    })
}

/// So many months are shown.
const MONTHS: u32 = 12;

async fn count_tile(tx: &mut Tx, plan: &'static TilePlan, org_id: OrgId, now: DateTime<Utc>) -> Result<Tile> {
    let (count, course) = match plan.count {
        Count::Now(count) => {
            let row: CountRow = diesel::sql_query(format!("SELECT ({count}) AS count, $2 AS now"))
                .bind::<SqlUuid, _>(org_id)
                .bind::<Timestamptz, _>(now)
                .get_result(tx.conn()?)
                .await?;
            (row.count, Vec::new())
        }
        Count::Lately(times) => {
            let spans = format!(
                "SELECT {AGO} AS ago, count(*) AS amount FROM ({times}) f WHERE {IN_A_YEAR} GROUP BY 1"
            );
            let rows: Vec<SpanRow> = diesel::sql_query(spans)
                .bind::<SqlUuid, _>(org_id)
                .bind::<Timestamptz, _>(now)
                .load(tx.conn()?)
                .await?;
            let course = course(rows.into_iter().map(|row| (row.ago, row.amount)));
            (course.last().copied().unwrap_or_default(), course)
        }
    };
    Ok(Tile {
        label: plan.label.to_owned(),
        figure: Figure::Count(count),
        href: plan.href.to_owned(),
        note: plan.note.to_owned(),
        besides: Vec::new(),
        course,
    })
}

/// How many times 30 days a row is old.
const AGO: &str = "floor(extract(epoch FROM $2 - f.at) / 2592000)::int";
const IN_A_YEAR: &str = "f.at > $2 - interval '360 days' AND f.at <= $2";
/// So many spans of 30 days are looked at.
const SPANS: usize = 12;

/// Spans in the order of time, the present one last.
fn course(spans: impl IntoIterator<Item = (i32, i64)>) -> Vec<i64> {
    let mut course = vec![0; SPANS];
    for (ago, amount) in spans {
        let place = usize::try_from(ago).ok().and_then(|ago| (SPANS - 1).checked_sub(ago));
        if let Some(value) = place.and_then(|place| course.get_mut(place)) {
            *value += amount;
        }
    }
    course
}

/// The sum in the currency there is most of, and those in the others.
async fn money_tile(tx: &mut Tx, plan: &MoneyPlan, org_id: OrgId, now: DateTime<Utc>) -> Result<Tile> {
    let spans = format!(
        "SELECT f.currency::text AS currency, {AGO} AS ago, sum(f.amount)::bigint AS amount FROM ({}) f WHERE {IN_A_YEAR} GROUP BY 1, 2",
        plan.sums
    );
    let rows: Vec<SumRow> = diesel::sql_query(spans)
        .bind::<SqlUuid, _>(org_id)
        .bind::<Timestamptz, _>(now)
        .load(tx.conn()?)
        .await?;
    let mut sums: Vec<Money> =
        rows.iter().filter(|row| row.ago == 0).map(|row| Money::new(row.amount, row.currency)).collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.amount_minor));
    let most = match (sums.as_slice(), rows.as_slice()) {
        ([most, ..], _) => *most,
        ([], [earlier, ..]) => Money::zero(earlier.currency),
        ([], []) => Money::zero(Currency::Eur),
    };
    let of_most = rows.iter().filter(|row| row.currency == most.currency);
    Ok(Tile {
        label: plan.label.to_owned(),
        figure: Figure::Money(most),
        href: plan.href.to_owned(),
        note: plan.note.to_owned(),
        besides: sums.into_iter().skip(1).collect(),
        course: course(of_most.map(|row| (row.ago, row.amount))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_ends_with_the_present() {
        assert_eq!(course([(0, 7), (1, 5), (11, 1)]), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 7]);
        assert_eq!(course([(12, 9), (-1, 9)]), [0; SPANS], "neither older nor yet to come");
    }
}
