//! Tests that every error of a command names its field and says what to do, because a summary shows errors apart from fields.

#![expect(clippy::too_many_lines, reason = "one wrong form after another, best read in one place")]

use contracts::{
    cart::{CartAdd, CartSave},
    catalog::{BulkCommand, BulkRequest, MarketQuery, PriceStep, Pricing, ServiceInput, StepInput},
    certificates::{CertificateAction, CertificateChange, RedeemCommand},
    compliance::{AuditQuery, OrganisationDecision, SecurityEventsQuery},
    identity::{InvitationCreate, OrganisationUpdate, PasswordChange, SignIn, SignUp},
    ids::{CartLineId, CertificateId, OrgId, SavedViewId, ServiceId},
    money::{Currency, Money},
    orders::PurchaseInitiate,
    validate::{FieldErrors, field_label},
    views::{ViewChange, ViewSave},
};
use uuid::Uuid;

/// Invalid inputs for each text field: empty, too short, too long, a control character, text of another kind.
fn wrong_texts() -> [String; 6] {
    [
        String::new(),
        "x".to_owned(),
        "x".repeat(11_000),
        "a\u{0}bcdef".to_owned(),
        "-7".to_owned(),
        "1.5e3".to_owned(),
    ]
}

/// Returns the errors of all commands with this text in each of their fields.
fn errors_with(wrong: &str) -> Vec<FieldErrors> {
    let text = || wrong.to_owned();
    let step = || StepInput { min_quantity: text(), unit_price: text() };
    let service = ServiceInput {
        title: text(),
        description: text(),
        category: text(),
        modality: text(),
        country: text(),
        city: text(),
        duration_minutes: text(),
        validity_days: text(),
        capacity: text(),
        currency: "EUR".to_owned(),
        base_price: text(),
        steps: vec![step(), step()],
        codes: vec![text()],
    };
    let query =
        ["q", "chapter", "block", "code", "category", "modality", "country", "city", "provider", "sort"]
            .map(|key| format!("{key}={wrong}"))
            .join("&");
    let audit = AuditQuery {
        from: text(),
        to: text(),
        action: text(),
        entity_type: text(),
        entity_id: text(),
        actor: text(),
        organisation: text(),
        ..AuditQuery::default()
    };
    [
        CartSave::of_client(text()).validate().err(),
        service.clone().parse().err(),
        ServiceInput { currency: text(), ..service }.parse().err(),
        MarketQuery::parse(&query).err(),
        MarketQuery::parse(&format!("currency=EUR&price_min={wrong}&price_max={wrong}")).err(),
        BulkRequest::parse(&format!("act={wrong}&id={wrong}&status={wrong}")).err(),
        RedeemCommand { code: text(), place: text() }.parse().err(),
        CertificateChange {
            id: CertificateId(Uuid::nil()),
            act: CertificateAction::Revoke,
            reason: text(),
            confirmation: text(),
        }
        .parse_reason()
        .err(),
        audit.parse().err(),
        SecurityEventsQuery { severity: text(), ..SecurityEventsQuery::default() }.parse().err(),
        OrganisationDecision { id: OrgId(Uuid::nil()), reason: text() }.parse().err(),
        SignUp {
            kind: text(),
            organisation: text(),
            legal_name: text(),
            registration_number: text(),
            country: text(),
            city: text(),
            name: text(),
            email: text(),
            password: String::new().into(),
        }
        .parse()
        .err(),
        OrganisationUpdate {
            organisation: text(),
            legal_name: text(),
            registration_number: text(),
            country: text(),
            city: text(),
        }
        .parse()
        .err(),
        SignIn { email: text(), password: String::new().into() }.parse().err(),
        InvitationCreate { email: text(), level: text() }.parse().err(),
        PurchaseInitiate {
            idempotency_key: text(),
            confirmed_totals: Vec::new(),
            confirmed_digests: Vec::new(),
        }
        .validate()
        .err(),
        ViewSave { list: text(), name: text(), query: format!("q={wrong}"), shared: false }.parse().err(),
        ViewChange { id: SavedViewId(Uuid::nil()), name: text(), shared: false }.validate().err(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns errors of fields that are not text, and of fields that contradict each other.
fn errors_of_values() -> Vec<FieldErrors> {
    let eur = |minor| Money::new(minor, Currency::Eur);
    let step = |min_quantity, unit_price| PriceStep { min_quantity, unit_price };
    let wrong_steps = vec![step(1, eur(0)), step(20_000, eur(900)), step(5, Money::new(800, Currency::Usd))];
    let (service_id, line_id) = (ServiceId(Uuid::nil()), CartLineId(Uuid::nil()));
    let totals = vec![eur(0), eur(1)];
    [
        CartAdd { service_id, quantity: 0, idempotency_key: None }.validate().err(),
        CartSave::of_line(line_id, 20_000).validate().err(),
        Pricing::new(eur(0), Vec::new()).err(),
        Pricing::new(eur(2_000_000_000), vec![step(2, eur(1)); 9]).err(),
        Pricing::new(eur(1_000), wrong_steps).err(),
        MarketQuery::parse("price_min=1").err(),
        MarketQuery::parse("currency=EUR&price_min=9&price_max=1&after=%C3%A4").err(),
        BulkRequest::parse("act=pause").err(),
        Some(BulkRequest::too_many()),
        BulkCommand {
            selection: "act=retire&all=true".to_owned(),
            digest: String::new(),
            idempotency_key: String::new(),
            confirmation: "no".to_owned(),
        }
        .parse()
        .err(),
        AuditQuery { from: "2026-11-30".to_owned(), to: "2026-11-01".to_owned(), ..AuditQuery::default() }
            .parse()
            .err(),
        PasswordChange::default().parse().err(),
        PasswordChange { current_password: "same".into(), new_password: "same".into() }.parse().err(),
        PurchaseInitiate {
            idempotency_key: "12345678".to_owned(),
            confirmed_totals: totals,
            confirmed_digests: Vec::new(),
        }
        .validate()
        .err(),
        RedeemCommand { code: "x".repeat(2_001), place: "Desk".to_owned() }.parse().err(),
    ]
    .into_iter()
    .map(Option::unwrap)
    .collect()
}

/// True when a reason names its field: by the first word of the field's name, in any form ("categories" for "category").
fn names(field: &str, reason: &str) -> bool {
    let label = field_label(field).to_lowercase();
    let stem: String = label.split(' ').next().unwrap_or_default().chars().take(4).collect();
    reason.to_lowercase().contains(&stem)
}

#[test]
fn each_message_names_its_field_and_is_a_sentence() {
    let all = wrong_texts()
        .iter()
        .flat_map(|wrong| errors_with(wrong))
        .chain(errors_of_values())
        .collect::<Vec<_>>();
    assert!(all.len() > 60, "only {} commands refused", all.len());
    for (field, reason) in all.iter().flat_map(|errors| &errors.0) {
        assert!(names(field, reason), "{field}: {reason:?} does not say {:?}", field_label(field));
        assert!(reason.ends_with('.') && reason.starts_with(char::is_uppercase), "{field}: {reason:?}");
        assert_ne!(reason, "Enter a value.");
    }
}
