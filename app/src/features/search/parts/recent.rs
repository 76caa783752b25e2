//! What somebody looked for last. It stays in the tab and with the person: a tablet is shared.

/// As many are offered again.
#[cfg(any(test, feature = "hydrate"))]
const MOST: usize = 5;

/// The newest first, each once.
#[cfg(any(test, feature = "hydrate"))]
fn renewed(kept: &str, q: &str) -> String {
    let others = kept.lines().filter(|line| *line != q).take(MOST - 1);
    std::iter::once(q).chain(others).collect::<Vec<_>>().join("\n")
}

#[cfg(feature = "hydrate")]
mod browser {
    use contracts::{ids::UserId, validate};
    use leptos::prelude::window;

    use super::renewed;

    fn tab() -> Option<web_sys::Storage> {
        window().session_storage().ok().flatten()
    }

    fn key(person: UserId) -> String {
        ["searched:", &person.to_string()].concat()
    }

    /// What this person looked for in this tab.
    pub(in super::super) fn recent(person: UserId) -> Vec<String> {
        let kept = tab().and_then(|tab| tab.get_item(&key(person)).ok().flatten()).unwrap_or_default();
        kept.lines().map(str::to_owned).collect()
    }

    /// Remembers words that somebody looked for.
    pub(in super::super) fn remember(person: UserId, q: &str) {
        let q = validate::words(q);
        if let Some(tab) = tab().filter(|_| !q.is_empty()) {
            let kept = renewed(&recent(person).join("\n"), &q);
            // refused where the browser keeps nothing
            let _kept = tab.set_item(&key(person), &kept);
        }
    }
}
#[cfg(feature = "hydrate")]
pub(super) use browser::{recent, remember};

/// The server remembers nothing of it.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn recent(_: contracts::ids::UserId) -> Vec<String> {
    Vec::new()
}

/// And is told nothing.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn remember(_: contracts::ids::UserId, _: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_and_once() {
        assert_eq!(renewed("", "knee"), "knee");
        assert_eq!(renewed("hip\nknee", "knee"), "knee\nhip");
        assert_eq!(renewed("1\n2\n3\n4\n5", "0"), "0\n1\n2\n3\n4");
    }
}
