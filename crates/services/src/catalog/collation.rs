//! The order of titles and names: the Unicode Collation Algorithm's own, without a language, as PostgreSQL's `und-x-icu` sorts the lists.
//! Accents stand beside their letters, case counts for nothing.

use std::{cmp::Ordering, sync::LazyLock};

use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences,
    options::{CollatorOptions, Strength},
};

/// `None` never happens: the data is compiled in.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Secondary);
    Collator::try_new(CollatorPreferences::default(), options).ok()
});

/// Returns bytes that compare as the texts do. They last as long as the process: another release may make others.
pub(super) fn sort_key(text: &str) -> Box<[u8]> {
    let mut key = Vec::with_capacity(text.len() * 2);
    match &*COLLATOR {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(text, &mut key);
        }
        None => key.extend_from_slice(text.as_bytes()),
    }
    key.into()
}

/// Compares two texts without keeping keys of them.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    COLLATOR.as_ref().map_or_else(|| one.cmp(other), |collator| collator.compare(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_stand_beside_their_letters() {
        let sorted =
            ["ambulance", "Ärztliche", "Azure", "Ecole", "École", "Edge", "Łódź", "Mri", "Zebra", "Ωmega"];
        let mut keyed = sorted;
        keyed.reverse();
        keyed.sort_by_key(|title| sort_key(title));
        assert_eq!(keyed, sorted);
        let mut compared = keyed;
        compared.reverse();
        compared.sort_by(|one, other| compare(one, other));
        assert_eq!(compared, sorted);
        assert_eq!(sort_key("KNEE scan"), sort_key("knee Scan"));
    }
}
