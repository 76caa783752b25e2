//! What words may name besides things: pages, and what the caller may do. The list is the server's: a browser need not carry it.

use contracts::{
    identity::OrganisationKind,
    permission::Permission as May,
    search::{Hit, HitGroup, HitKind},
};
use services::OpCtx;

use crate::frame::{entries_of, paths};

/// What it is called, where it is, and what one must be allowed to find anything there.
type Place = (&'static str, &'static str, May);

/// Pages that the navigation has no room for.
const PAGES: [Place; 3] = [
    ("Your account", paths::ACCOUNT, May::OwnDataRead),
    ("Saved views", paths::VIEWS, May::OwnDataRead),
    ("Check a certificate", paths::CHECK, May::CertificatesVerify),
];

/// What somebody may do.
const ACTS: [Place; 7] = [
    ("Redeem a certificate", paths::REDEEM, May::CertificatesRedeem),
    ("Go to checkout", "/checkout", May::MarketplaceBuy),
    ("Invite a person", paths::ORGANISATION, May::MembersManage),
    ("Change your name or password", paths::ACCOUNT, May::OwnDataWrite),
    ("Verify an organisation", "/console/organisations?status=unverified", May::UserDataWrite),
    ("Change permissions", paths::CONSOLE_PERMISSIONS, May::SystemManage),
    ("Put on hold or revoke a certificate", paths::CERTIFICATES, May::CertificatesWrite),
];

/// The platform writes no services of its own.
const PROVIDERS_ACTS: [Place; 1] = [("New service", "/services/new", May::ServicesWrite)];

/// The caller's pages and acts whose names hold every one of the words; without words, all of them.
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
    let groups = [group(HitKind::Page, pages.collect()), group(HitKind::Act, own.chain(ACTS).collect())];
    groups.into_iter().flatten()
}
