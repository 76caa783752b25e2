//! Storage of a signed-in person in this browser tab (`sessionStorage`): drafts of forms and recent searches. Keys contain the person,
//! because tablets are shared.

/// Prefix of all keys.
const OF_PEOPLE: &str = "person:";

/// Returns the storage key of `what` of a person.
pub(crate) fn key(person: &str, what: &str) -> String {
    [OF_PEOPLE, person, ":", what].concat()
}

/// True when a key belongs to another person; for an empty `person`, to anybody.
#[cfg(any(test, feature = "hydrate"))]
fn is_of_others(key: &str, person: &str) -> bool {
    key.strip_prefix(OF_PEOPLE)
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(owner, _)| person.is_empty() || owner != person)
}

#[cfg(feature = "hydrate")]
mod storage {
    use leptos::prelude::window;

    use super::is_of_others;

    fn storage() -> Option<web_sys::Storage> {
        window().session_storage().ok().flatten()
    }

    /// Returns the stored text.
    pub(crate) fn load(key: &str) -> Option<String> {
        storage()?.get_item(key).ok().flatten()
    }

    /// Stores a text.
    pub(crate) fn store(key: &str, what: &str) {
        if let Some(storage) = storage() {
            // fails where the browser stores nothing
            let _kept = storage.set_item(key, what);
        }
    }

    /// Removes a text.
    pub(crate) fn remove(key: &str) {
        if let Some(storage) = storage() {
            // fails where the browser stores nothing
            let _gone = storage.remove_item(key);
        }
    }

    /// Removes everything that belongs to other persons; for an empty `person`, everything.
    pub(crate) fn remove_all_but(person: &str) {
        let Some(storage) = storage() else { return };
        let count = storage.length().unwrap_or_default();
        let keys: Vec<String> = (0..count).filter_map(|place| storage.key(place).ok().flatten()).collect();
        keys.iter().filter(|key| is_of_others(key, person)).for_each(|key| remove(key));
    }
}
#[cfg(feature = "hydrate")]
pub(crate) use storage::{load, remove, remove_all_but, store};

/// Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
mod nowhere {
    pub(crate) const fn load(_key: &str) -> Option<String> {
        None
    }

    pub(crate) const fn store(_key: &str, _what: &str) {}

    pub(crate) const fn remove(_key: &str) {}

    pub(crate) const fn remove_all_but(_person: &str) {}
}
#[cfg(not(feature = "hydrate"))]
pub(crate) use nowhere::{load, remove, remove_all_but, store};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_keys_of_their_own() {
        let draft = key("7", "draft:/services/new");
        assert!(!is_of_others(&draft, "7"));
        assert!(is_of_others(&draft, "71") && is_of_others(&key("71", "searched"), "7"));
        assert!(is_of_others(&draft, ""), "nobody has nothing");
        assert!(!is_of_others("hcts-theme", "7"), "what is no person's stays");
    }
}
