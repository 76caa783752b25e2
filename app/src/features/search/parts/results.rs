//! Search results as groups of links.

use contracts::{
    query_text::{push_pair, query_pairs},
    search::{Found, Hit, HitGroup, HitKind},
};
use leptos::prelude::*;

use crate::{
    frame::paths,
    ui::{Glyph, Icon, IconSize},
    viewer::MadeForField,
};

/// Returns heading and icon of a kind, the path before the IDs of its results, and the list that takes the same search text.
const fn shown_as(kind: HitKind) -> (&'static str, Icon, &'static str, Option<&'static str>) {
    match kind {
        HitKind::Page => ("Pages", Icon::ArrowRight, "", None),
        HitKind::Act => ("Actions", Icon::ArrowRight, "", None),
        HitKind::Listing => ("Market", Icon::Store, "/market/", Some("/market")),
        HitKind::Service => ("Services", Icon::Services, "/services/", Some("/services")),
        HitKind::Purchase => ("Purchases", Icon::Purchases, "/purchases/", None),
        HitKind::Order => ("Orders", Icon::Orders, "/orders/", None),
        HitKind::Certificate => ("Certificates", Icon::Certificate, "/certificates/", Some("/certificates")),
        HitKind::Organisation => {
            ("Organisations", Icon::Building, "/console/organisations/", Some("/console/organisations"))
        }
    }
}

/// Paths of the actions that are posted, because they change something.
const POSTED: [&str; 2] = [paths::SIGN_OUT, "/rpc/theme_set"];

/// Returns the number of results in words, for screen readers.
pub fn result_count_text(count: usize) -> String {
    match count {
        0 => "Nothing found.".to_owned(),
        1 => "1 result.".to_owned(),
        count => format!("{count} results."),
    }
}

/// Results, group by group.
#[component]
pub fn Results(
    /// Results of the server.
    found: Found,
) -> impl IntoView {
    let (q, mut links) = (found.q, Links::default());
    let groups: Vec<_> = found.groups.into_iter().map(|group| group_view(group, &q, &mut links)).collect();
    view! { <div class="found">{groups}</div> }
}

/// Returns the panel shown before anything is typed: recent searches and the server's suggestions.
pub(super) fn render_panel(queries: Vec<String>, offered: Option<Found>) -> AnyView {
    let mut links = Links::default();
    let recent: Vec<_> = queries
        .into_iter()
        .map(|q| {
            let mut href = [paths::SEARCH, "?"].concat();
            push_pair(&mut href, "q", &q);
            links.to(href, Icon::Search, q, String::new())
        })
        .collect();
    let recent = (!recent.is_empty()).then(|| section("Recent", recent));
    let groups = offered.map(|found| found.groups).unwrap_or_default();
    let groups: Vec<_> = groups.into_iter().map(|group| group_view(group, "", &mut links)).collect();
    view! { <div class="found">{recent}{groups}</div> }.into_any()
}

fn group_view(group: HitGroup, q: &str, links: &mut Links) -> AnyView {
    let (heading, icon, path, list) = shown_as(group.kind);
    let hits = group.hits.into_iter();
    let is_posted = |id: &str| group.kind == HitKind::Act && POSTED.iter().any(|start| id.starts_with(start));
    let mut shown: Vec<_> = hits
        .map(|Hit { id, title, note }| match id {
            id if is_posted(&id) => links.post(&id, icon, title),
            id => links.to([path, &id].concat(), icon, title, note),
        })
        .collect();
    if let (true, Some(list)) = (group.more, list) {
        let mut all = [list, "?"].concat();
        push_pair(&mut all, "q", q);
        shown.push(links.to(all, Icon::ArrowRight, format!("See all results in {heading}"), String::new()));
    }
    section(heading, shown)
}

fn section(heading: &'static str, links: Vec<AnyView>) -> AnyView {
    view! {
        <section class="found-group" aria-label=heading>
            <h2 class="found-head">{heading}</h2>
            <ul>{links}</ul>
        </section>
    }
    .into_any()
}

/// Numbers the links, so that arrow keys find the next one.
#[derive(Default)]
struct Links(usize);

impl Links {
    fn next_place(&mut self) -> String {
        let place = self.0;
        self.0 += 1;
        place.to_string()
    }

    /// A form that posts the query of `address` to its path. A plain form, whose answer is a whole page: theme and person change all of it.
    fn post(&mut self, address: &str, icon: Icon, title: String) -> AnyView {
        let place = self.next_place();
        let (path, search) = address.split_once('?').unwrap_or((address, ""));
        let fields: Vec<_> = query_pairs(search)
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect();
        view! {
            <li>
                <form method="post" action=path.to_owned()>
                    <MadeForField/>
                    {fields}
                    <button class="found-link" data-place=place>
                        <Glyph icon size=IconSize::Small/>
                        <span class="found-title">{title}</span>
                    </button>
                </form>
            </li>
        }
        .into_any()
    }

    fn to(&mut self, href: String, icon: Icon, title: String, note: String) -> AnyView {
        let place = self.next_place();
        let note = (!note.is_empty()).then(|| view! { <span class="found-note">{note}</span> });
        view! {
            <li>
                <a class="found-link" href=href data-place=place>
                    <Glyph icon size=IconSize::Small/>
                    <span class="found-title">{title}</span>
                    {note}
                </a>
            </li>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(more: bool) -> String {
        let hit = Hit { id: "7".into(), title: "Scan <b>".into(), note: "Clinic".into() };
        let group = HitGroup { kind: HitKind::Listing, hits: vec![hit], more };
        let found = Found { q: "scan & ray".into(), groups: vec![group] };
        Owner::new().with(|| view! { <Results found/> }.to_html())
    }

    #[test]
    fn a_hit_leads_to_its_page_and_more_of_them_to_their_list() {
        let html = found(true);
        assert!(html.contains("href=\"/market/7\"") && html.contains("Scan &lt;b&gt;"), "{html}");
        assert!(
            html.contains("/market?q=scan+%26+ray") || html.contains("/market?q=scan%20%26%20ray"),
            "{html}"
        );
        assert!(!found(false).contains("/market?q="));
    }

    #[test]
    fn what_was_found_is_said_in_words() {
        assert_eq!(
            [result_count_text(0), result_count_text(1), result_count_text(12)],
            ["Nothing found.", "1 result.", "12 results."]
        );
    }
}
