//! Recent searches. They are stored by tab and person, because tablets are shared.

use contracts::{ids::UserId, validate};

use crate::user_storage;

/// Maximum number of recent searches that are kept.
const MAX_RECENT: usize = 5;

/// Returns the stored searches with `q` first, each once.
fn push_recent(kept: &str, q: &str) -> String {
    let others = kept.lines().filter(|line| *line != q).take(MAX_RECENT - 1);
    std::iter::once(q).chain(others).collect::<Vec<_>>().join("\n")
}

fn key(person: UserId) -> String {
    user_storage::key(&person.to_string(), "searched")
}

/// Returns the recent searches of this person in this tab, the newest first.
pub(super) fn recent(person: UserId) -> Vec<String> {
    user_storage::load(&key(person)).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// Stores a search of this person.
pub(super) fn remember(person: UserId, q: &str) {
    let q = validate::words(q);
    if !q.is_empty() {
        let key = key(person);
        user_storage::store(&key, &push_recent(&user_storage::load(&key).unwrap_or_default(), &q));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first_and_once() {
        assert_eq!(push_recent("", "knee"), "knee");
        assert_eq!(push_recent("hip\nknee", "knee"), "knee\nhip");
        assert_eq!(push_recent("1\n2\n3\n4\n5", "0"), "0\n1\n2\n3\n4");
    }
}
