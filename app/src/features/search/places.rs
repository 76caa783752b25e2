//! Pages and actions that a search can find by name. The list is on the server, so that browsers need not load it.

use contracts::{
    identity::OrganisationKind,
    permission::Permission as May,
    search::{Hit, HitGroup, HitKind},
};
use services::OpCtx;

use crate::frame::{entries_of, paths};

/// Label, path, and the permission that the page requires.
type Place = (&'static str, &'static str, May);

/// Pages that are not in the navigation.
const PAGES: [Place; 3] = [
    ("Your account", paths::ACCOUNT, May::OwnDataRead),
    ("Saved views", paths::VIEWS, May::OwnDataRead),
    ("Check a certificate", paths::CHECK, May::CertificatesVerify),
];

/// Actions by name.
const ACTS: [Place; 7] = [
    ("Redeem a certificate", paths::REDEEM, May::CertificatesRedeem),
    ("Go to checkout", "/checkout", May::MarketplaceBuy),
    ("Invite a person", paths::ORGANISATION, May::MembersManage),
    ("Change your name or password", paths::ACCOUNT, May::OwnDataWrite),
    ("Verify an organisation", "/console/organisations?status=unverified", May::UserDataWrite),
    ("Change permissions", paths::CONSOLE_PERMISSIONS, May::SystemManage),
    ("Put on hold or revoke a certificate", paths::CERTIFICATES, May::CertificatesWrite),
];

/// Actions that are done at once, without a page: they are posted to the path, with the query as fields.
const POSTED_ACTS: [Place; 4] = [
    ("Use light theme", "/rpc/theme_set?theme=light", May::OwnDataRead),
    ("Use dark theme", "/rpc/theme_set?theme=dark", May::OwnDataRead),
    ("Use the system's theme", "/rpc/theme_set?theme=system", May::OwnDataRead),
    ("Sign out", paths::SIGN_OUT, May::OwnDataRead),
];

/// Actions of providers only: the platform has no services of its own.
const PROVIDERS_ACTS: [Place; 1] = [("New service", "/services/new", May::ServicesWrite)];

/// Returns the caller's pages and actions whose names contain all words; all of them for an empty text.
pub(super) fn places_named(ctx: &OpCtx, q: &str) -> impl Iterator<Item = HitGroup> + use<> {
    let kind = ctx.organisation().map(|organisation| organisation.kind).ok();
    let entries = kind.map(entries_of).unwrap_or_default();
    let pages = entries.iter().map(|entry| (entry.label, entry.href, entry.needs)).chain(PAGES);
    let own = PROVIDERS_ACTS.into_iter().filter(|_| kind == Some(OrganisationKind::Provider));
    let q = q.to_lowercase();
    let group = |kind, places: Vec<Place>| {
        let is_meant = |(label, ..): &Place| {
            let label = label.to_lowercase();
            q.split_whitespace().all(|word| label.contains(word))
        };
        let may = |(.., needs): &Place| ctx.require(*needs).is_ok();
        let hit = |(label, href, _): Place| Hit { id: href.into(), title: label.into(), note: String::new() };
        let hits: Vec<_> = places.into_iter().filter(is_meant).filter(may).map(hit).collect();
        (!hits.is_empty()).then_some(HitGroup { kind, hits, more: false })
    };
    let groups = [
        group(HitKind::Page, pages.collect()),
        group(HitKind::Act, own.chain(ACTS).chain(POSTED_ACTS).collect()),
    ];
    groups.into_iter().flatten()
}
