//! The counts of the market as people read them: named, ordered, and not too many.

use std::collections::HashMap;

use contracts::catalog::{Category, Facet, FacetName, FacetValue, MarketQuery, Modality};

use super::{collation::compare, market_index::Count};

/// Maximum number of values shown of a facet; a chosen value is shown besides.
const MAX_VALUES: usize = 14;

/// Labels and sorts the counts for `query`. `titles` are those of chapters and blocks, with the blocks' depth.
pub(super) fn arrange(
    counts: Vec<Count>,
    titles: &[(String, String, i32)],
    query: &MarketQuery,
    provider_name: impl Fn(&str) -> String,
) -> Vec<Facet> {
    let titles: HashMap<&str, (&str, i32)> =
        titles.iter().map(|(key, title, depth)| (key.as_str(), (title.as_str(), *depth))).collect();
    let mut by_name: HashMap<FacetName, Vec<FacetValue>> = HashMap::new();
    for (name, value, count) in counts {
        let Some(label) = label_of(name, &value, &titles, &provider_name) else { continue };
        by_name.entry(name).or_default().push(FacetValue { value, label, count });
    }
    let mut facets = Vec::new();
    for name in FacetName::ALL.iter().copied() {
        let mut values = by_name.remove(&name).unwrap_or_default();
        order(&mut values, name, query.facet(name).as_deref());
        if !values.is_empty() {
            facets.push(Facet { name, values });
        }
    }
    facets
}

fn label_of(
    name: FacetName,
    value: &str,
    titles: &HashMap<&str, (&str, i32)>,
    provider_name: impl Fn(&str) -> String,
) -> Option<String> {
    match name {
        FacetName::Category => value.parse::<Category>().ok().map(|word| word.label().to_owned()),
        FacetName::Modality => value.parse::<Modality>().ok().map(|word| word.label().to_owned()),
        FacetName::Provider => Some(provider_name(value)),
        FacetName::Country | FacetName::Currency => Some(value.to_owned()),
        FacetName::City => (!value.is_empty()).then(|| value.to_owned()),
        FacetName::Chapter => {
            Some(titles.get(value).map_or_else(|| value.to_owned(), |(title, _)| (*title).to_owned()))
        }
        // blocks stand inside blocks; the outermost ones make a list short enough to read, and other chapters' are not asked for
        FacetName::Block => {
            titles.get(value).filter(|(_, depth)| *depth == 1).map(|(title, _)| (*title).to_owned())
        }
    }
}

/// Most frequent first; chapters in their own order. The chosen value is always there.
fn order(values: &mut Vec<FacetValue>, name: FacetName, chosen: Option<&str>) {
    if name == FacetName::Chapter {
        values.sort_by(|a, b| a.value.cmp(&b.value));
        return;
    }
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| compare(&a.label, &b.label)));
    if values.len() > MAX_VALUES {
        let rest = values.split_off(MAX_VALUES);
        values.extend(rest.into_iter().filter(|value| Some(value.value.as_str()) == chosen));
    }
}
