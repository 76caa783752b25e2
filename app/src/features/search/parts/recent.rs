//! What somebody looked for last. It stays in the tab and with the person: a tablet is shared.

use contracts::{ids::UserId, validate};

use crate::tab;

/// As many are offered again.
const MOST: usize = 5;

/// The newest first, each once.
fn renewed(kept: &str, q: &str) -> String {
    let others = kept.lines().filter(|line| *line != q).take(MOST - 1);
    std::iter::once(q).chain(others).collect::<Vec<_>>().join("\n")
}

fn key(person: UserId) -> String {
    tab::key(&person.to_string(), "searched")
}

/// What this person looked for in this tab.
pub(super) fn recent(person: UserId) -> Vec<String> {
    tab::kept(&key(person)).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Remembers words that somebody looked for.
pub(super) fn remember(person: UserId, q: &str) {
    let q = validate::words(q);
    if !q.is_empty() {
        let key = key(person);
        tab::keep(&key, &renewed(&tab::kept(&key).unwrap_or_default(), &q));
    }
}

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
