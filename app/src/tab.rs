//! What the tab remembers of a person: a half-filled form, what was looked for. It lies under the person, because tablets are shared.

/// All that is kept begins so.
const OF_PEOPLE: &str = "person:";

/// Where something of a person lies.
pub(crate) fn key(person: &str, what: &str) -> String {
    [OF_PEOPLE, person, ":", what].concat()
}

/// Whether what lies there is somebody else's; of nobody is nothing.
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

    /// What lies there.
    pub(crate) fn kept(key: &str) -> Option<String> {
        storage()?.get_item(key).ok().flatten()
    }

    /// Puts it there.
    pub(crate) fn keep(key: &str, what: &str) {
        if let Some(storage) = storage() {
            // refused where the browser keeps nothing
            let _kept = storage.set_item(key, what);
        }
    }

    /// Takes it away.
    pub(crate) fn forget(key: &str) {
        if let Some(storage) = storage() {
            // refused where the browser keeps nothing
            let _gone = storage.remove_item(key);
        }
    }

    /// Leaves nothing but what is this person's; of nobody: nothing.
    pub(crate) fn forget_all_but(person: &str) {
        let Some(storage) = storage() else { return };
        let count = storage.length().unwrap_or_default();
        let keys: Vec<String> = (0..count).filter_map(|place| storage.key(place).ok().flatten()).collect();
        keys.iter().filter(|key| is_of_others(key, person)).for_each(|key| forget(key));
    }
}
#[cfg(feature = "hydrate")]
pub(crate) use storage::{forget, forget_all_but, keep, kept};

/// The server's pages are in no tab.
#[cfg(not(feature = "hydrate"))]
mod nowhere {
    pub(crate) const fn kept(_key: &str) -> Option<String> {
        None
    }

    pub(crate) const fn keep(_key: &str, _what: &str) {}

    pub(crate) const fn forget(_key: &str) {}

    pub(crate) const fn forget_all_but(_person: &str) {}
}
#[cfg(not(feature = "hydrate"))]
pub(crate) use nowhere::{forget, forget_all_but, keep, kept};

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
