//! A small market with somebody of every kind and level in it, and something of everything to reach for.

use std::collections::BTreeMap;

use contracts::{
    cart::CartSave,
    catalog::{BulkCommand, ServiceInput},
    certificates::CertificateQuery,
    identity::{InvitationCreate, OrganisationKind, SignIn, SignUp},
    ids::{OrgId, ServiceId},
    money::Currency,
    orders::PurchaseStarted,
    permission::{Level, Role},
    states::OrganisationStatus,
    views::{ViewOpenFor, ViewSave},
};
use services::{cart, catalog, certificates, compliance, identity, orders, views};
use testkit::{Goods, Member, Sandbox, TestApp, card};

use crate::{
    refunds::hear,
    trade::{add, buy},
};

/// Who a request comes from.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) kind: OrganisationKind,
    pub(super) level: Level,
    pub(super) cookie: String,
}

/// The fixture of one section.
pub(super) struct World {
    pub(super) app: TestApp,
    /// One organisation of each kind, one member of each level.
    pub(super) members: Vec<Caller>,
    /// The owner of another organisation of the kind.
    pub(super) rivals: Vec<Caller>,
    /// The owner of an organisation nobody has verified.
    pub(super) unverified: Vec<Caller>,
    /// The owner of an organisation that signed up by itself: with a password, and with facts that can still be corrected.
    pub(super) newcomer: Caller,
    /// The ids behind the words with `$`.
    pub(super) names: BTreeMap<&'static str, String>,
    /// What only the organisations of a kind may see.
    pub(super) secrets: BTreeMap<&'static str, Vec<String>>,
    pub(super) organisations: BTreeMap<&'static str, OrgId>,
    sandbox: Sandbox,
}

const KINDS: [OrganisationKind; 4] = [
    OrganisationKind::Platform,
    OrganisationKind::Provider,
    OrganisationKind::Insurer,
    OrganisationKind::Intermediary,
];

fn caller(member: &Member<'_>, name: String, kind: OrganisationKind, level: Level) -> Caller {
    Caller { name, kind, level, cookie: member.cookie().to_owned() }
}

/// The owners of the four organisations.
struct Owners<'a> {
    clinic: Member<'a>,
    insurer: Member<'a>,
    broker: Member<'a>,
    admin: Member<'a>,
}

impl<'a> Owners<'a> {
    async fn of(app: &'a TestApp) -> Self {
        Self {
            admin: app.admin().await,
            clinic: app.organisation(OrganisationKind::Provider).await,
            insurer: app.organisation(OrganisationKind::Insurer).await,
            broker: app.organisation(OrganisationKind::Intermediary).await,
        }
    }

    const fn of_kind(&self, kind: OrganisationKind) -> &Member<'a> {
        match kind {
            OrganisationKind::Platform => &self.admin,
            OrganisationKind::Provider => &self.clinic,
            OrganisationKind::Insurer => &self.insurer,
            OrganisationKind::Intermediary => &self.broker,
        }
    }
}

impl World {
    pub(super) async fn start() -> Self {
        let (app, sandbox) = TestApp::with_sandbox().await;
        let (newcomer, session) = newcomer(&app).await;
        let mut world = Self {
            members: Vec::new(),
            rivals: Vec::new(),
            unverified: Vec::new(),
            newcomer,
            names: BTreeMap::from([("session", session)]),
            secrets: BTreeMap::new(),
            organisations: BTreeMap::new(),
            app,
            sandbox,
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let app = &self.app;
        let owners = Owners::of(app).await;
        let (mut members, mut rivals, mut unverified) = (Vec::new(), Vec::new(), Vec::new());
        let mut secrets: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for kind in KINDS {
            let owner = owners.of_kind(kind);
            self.organisations.insert(kind.as_str(), owner.org_id);
            let known = secrets.entry(kind.as_str()).or_default();
            known.extend([owner.org_id.to_string(), owner.email.clone()]);
            members.push(caller(owner, format!("{kind} owner"), kind, Level::Owner));
            for level in [Level::Manager, Level::Staff, Level::Auditor] {
                let member = app.join(owner.org_id, kind, OrganisationStatus::Verified, level).await;
                known.push(member.email.clone());
                members.push(caller(&member, format!("{kind} {level}"), kind, level));
            }
            if kind != OrganisationKind::Platform {
                let (other, new) = (app.organisation(kind).await, app.unverified(kind).await);
                rivals.push(caller(&other, format!("another {kind}"), kind, Level::Owner));
                unverified.push(caller(&new, format!("an unverified {kind}"), kind, Level::Owner));
            }
        }
        secrets.insert("newcomer", vec!["newcomer@north.example".to_owned()]);
        let names = names(app, &self.sandbox, &owners).await;
        let of = |words: &[&str]| words.iter().map(|word| names[word].clone()).collect::<Vec<_>>();
        secrets.entry("provider").or_default().extend(of(&[
            "draft",
            "membership",
            "invitation",
            "transaction",
            "view",
            "private_view",
        ]));
        secrets.entry("insurer").or_default().extend(of(&["purchase", "transaction", "certificate", "line"]));
        (self.members, self.rivals, self.unverified) = (members, rivals, unverified);
        self.names.extend(names);
        self.secrets = secrets;
    }
}

/// Somebody who has signed up, and another session of theirs.
async fn newcomer(app: &TestApp) -> (Caller, String) {
    let form = SignUp {
        kind: "insurer".into(),
        organisation: "Northern Cover".into(),
        legal_name: "Northern Cover Mutual".into(),
        registration_number: "IE-1".into(),
        country: "IE".into(),
        city: "Dublin".into(),
        name: "Ada Byron".into(),
        email: "newcomer@north.example".into(),
        password: "plum tractor eleven fog".into(),
    };
    let signed_in = identity::sign_up(&app.anonymous(), form.clone()).await.unwrap();
    let elsewhere = SignIn { email: form.email, password: form.password };
    let elsewhere = identity::sign_in(&app.anonymous(), elsewhere).await.unwrap();
    let elsewhere = crate::identity::caller(app, &elsewhere.token).await.unwrap();
    let caller = Caller {
        name: "newcomer".to_owned(),
        kind: OrganisationKind::Insurer,
        level: Level::Owner,
        cookie: format!("__Host-session={}", signed_in.token),
    };
    (caller, elsewhere.caller().session.unwrap().to_string())
}

async fn names(app: &TestApp, sandbox: &Sandbox, owners: &Owners<'_>) -> BTreeMap<&'static str, String> {
    let mut names = people(app, owners).await;
    names.extend(saved_views(owners).await);
    names.extend(goods(owners).await);
    let euro = app.service(&owners.clinic, &Goods::at(1_000, Currency::Eur)).await;
    let dollar = app.service(&owners.clinic, &Goods::at(700, Currency::Usd)).await;
    names.extend(purchases(app, sandbox, &owners.insurer, euro).await);
    certificates::sequence(&app.system()).await.unwrap();
    let paid = names["purchase"].parse().ok();
    let of_paid = CertificateQuery { purchase_id: paid, ..CertificateQuery::default() };
    let list = certificates::certificate_list(&owners.insurer.ctx, of_paid).await.unwrap();
    let [first, second, third] = &list.items[..] else { panic!("three certificates") };
    names.extend([
        ("certificate", first.id.to_string()),
        ("code", first.code.clone()),
        ("second_code", second.code.clone()),
        ("third", third.id.to_string()),
        ("service", euro.to_string()),
        // what is in the cart after the rows above the checkout
        ("dollars", "2100".to_owned()),
        ("euros", "2000".to_owned()),
    ]);
    let last = app.service(&owners.clinic, &Goods::at(1, Currency::Eur)).await;
    for (name, service) in [("line", dollar), ("last", last)] {
        let cart = add(&owners.insurer, service, 1).await;
        let line = cart.lines().find(|line| line.service_id == service).unwrap();
        names.insert(name, line.id.to_string());
    }
    // without a client the broker could not check out
    cart::cart_save(&owners.broker.ctx, CartSave::of_client("Harbour Mutual")).await.unwrap();
    names
}

/// Members, invitations and organisations to handle.
async fn people(app: &TestApp, owners: &Owners<'_>) -> BTreeMap<&'static str, String> {
    let clinic = &owners.clinic;
    let kind = OrganisationKind::Provider;
    let handled = app.join(clinic.org_id, kind, OrganisationStatus::Verified, Level::Staff).await;
    let members = identity::members_list(&clinic.ctx).await.unwrap();
    let membership = members.iter().find(|member| member.user_id == handled.user_id).unwrap().membership_id;
    let invite = async |email: &str| {
        let form = InvitationCreate { email: email.into(), level: "staff".into() };
        identity::invitation_create(&clinic.ctx, form).await.unwrap()
    };
    let waiting = app.unverified(kind).await.org_id;
    let shown = compliance::organisation_detail(&owners.admin.ctx, waiting).await.unwrap();
    let (withdrawn, accepted) = (invite("di@clinic.example").await, invite("bo@clinic.example").await);
    BTreeMap::from([
        ("clinic", clinic.org_id.to_string()),
        ("membership", membership.to_string()),
        ("invitation", withdrawn.id.to_string()),
        ("token", accepted.url.rsplit('/').next().unwrap().to_owned()),
        ("waiting", waiting.to_string()),
        ("waiting_facts", shown.facts_digest),
        (
            "permissions",
            compliance::permission_table(&owners.admin.ctx).await.unwrap().digest(Role::Provider).to_owned(),
        ),
        ("second_waiting", app.unverified(kind).await.org_id.to_string()),
        ("user", app.organisation(kind).await.user_id.to_string()),
    ])
}

/// A view that the clinic shares, and one that its owner keeps to herself.
async fn saved_views(owners: &Owners<'_>) -> BTreeMap<&'static str, String> {
    let ctx = &owners.clinic.ctx;
    for (name, shared) in [("Drafts", true), ("Mine", false)] {
        let (name, query) = (name.into(), "status=draft".into());
        views::view_save(ctx, ViewSave { list: "services".into(), name, query, shared }).await.unwrap();
    }
    let [shared, private] = &views::views_list(ctx, None).await.unwrap()[..] else { panic!("two views") };
    let open_for = ViewOpenFor { id: shared.id, levels: vec![Level::Auditor] };
    views::view_open_for(ctx, open_for).await.unwrap();
    BTreeMap::from([("view", shared.id.to_string()), ("private_view", private.id.to_string())])
}

/// A run that has published a service, and what is shown before another one.
async fn runs(clinic: &Member<'_>, input: ServiceInput) -> BTreeMap<&'static str, String> {
    let new = async || catalog::service_create(&clinic.ctx, input.clone()).await.unwrap().preview.service_id;
    let (first, second) = (new().await, new().await);
    let show = async |id: ServiceId| {
        catalog::service_bulk_preview(&clinic.ctx, &format!("act=publish&id={id}")).await.unwrap()
    };
    let shown = show(first).await;
    let command = BulkCommand {
        selection: shown.selection,
        digest: shown.digest,
        idempotency_key: "the-first-run".to_owned(),
        confirmation: String::new(),
    };
    let run = catalog::service_bulk_apply(&clinic.ctx, command).await.unwrap();
    let shown = show(second).await.digest;
    BTreeMap::from([("run", run.to_string()), ("second_draft", second.to_string()), ("shown", shown)])
}

/// A draft, and a form that saves one; runs of acts on several.
async fn goods(owners: &Owners<'_>) -> BTreeMap<&'static str, String> {
    let fields = [
        ("title", "Knee scan"),
        ("description", "Both knees, with a written report."),
        ("category", "imaging"),
        ("modality", "on_site"),
        ("country", "DE"),
        ("city", "Berlin"),
        ("duration_minutes", "45"),
        ("validity_days", "365"),
        ("currency", "EUR"),
        ("base_price", "120.00"),
    ];
    let of = |name: &str| fields.iter().find(|(field, _)| *field == name).unwrap().1.to_owned();
    let input = ServiceInput {
        title: of("title"),
        description: of("description"),
        category: of("category"),
        modality: of("modality"),
        country: of("country"),
        city: of("city"),
        duration_minutes: of("duration_minutes"),
        validity_days: of("validity_days"),
        currency: of("currency"),
        base_price: of("base_price"),
        codes: vec!["BA00".to_owned()],
        ..ServiceInput::default()
    };
    let mut names = runs(&owners.clinic, input.clone()).await;
    // the form changes its price: saving what is stored would write nothing
    let input = ServiceInput { base_price: "110.00".to_owned(), ..input };
    let draft = catalog::service_create(&owners.clinic.ctx, input).await.unwrap().preview.service_id;
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let form = format!("{}&codes[0]=BA00", pairs.join("&"));
    let nowhere = form.replace("country=DE", "country=ZZ");
    names.extend([("draft", draft.to_string()), ("service_form", form), ("form_of_nowhere", nowhere)]);
    names
}

/// Purchases of three units in every state a row needs.
async fn purchases(
    app: &TestApp,
    sandbox: &Sandbox,
    insurer: &Member<'_>,
    service: ServiceId,
) -> BTreeMap<&'static str, String> {
    let order = async |key: &str, card: Option<&str>| -> PurchaseStarted {
        add(insurer, service, 3).await;
        let purchase = buy(insurer, key).await.purchases.remove(0);
        if let Some(card) = card {
            sandbox.pay(purchase.payment.hosted_url.as_deref().unwrap(), card).await;
        }
        purchase
    };
    let paid = order("paid-purchase", Some(card::APPROVE)).await;
    let failed = order("failed-purchase", Some(card::DECLINE)).await;
    sandbox.flush().await;
    // a part of the price went back
    let (held, second_held) = (
        order("held-purchase", Some(card::APPROVE)).await,
        order("second-held-purchase", Some(card::APPROVE)).await,
    );
    hear(app, held.id, 1).await;
    hear(app, second_held.id, 1).await;
    // the provider knows it is paid, we do not yet
    let returned = order("returned-purchase", Some(card::APPROVE)).await;
    let open = order("open-purchase", None).await;
    let view = orders::purchase_get(&insurer.ctx, paid.id).await.unwrap();
    BTreeMap::from([
        ("purchase", paid.id.to_string()),
        ("payment", paid.payment.id.to_string()),
        ("transaction", view.transactions.first().unwrap().id.to_string()),
        ("failed", failed.id.to_string()),
        ("returned", returned.id.to_string()),
        ("open", open.id.to_string()),
        ("held", held.id.to_string()),
        ("second_held", second_held.id.to_string()),
    ])
}
