//! Short-lived copies a domain keeps in memory. They belong to one database, so they live beside its pool.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};

/// One value per type, made when it is first asked for.
#[derive(Clone, Default)]
pub struct Caches(Arc<RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Caches {
    /// The cache of type `T`.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(cache) = known.and_then(|cache| cache.downcast().ok()) {
            return cache;
        }
        let mut caches = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let cache = caches.entry(key).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(cache).downcast().unwrap_or_default()
    }

    /// Returns true at most once per `every` in this process, and records `now` as the last run: the caller that gets true does the work.
    pub fn is_due<T: Send + Sync + 'static>(&self, now: DateTime<Utc>, every: TimeDelta) -> bool {
        let last = self.of::<Last<T>>();
        let mut last = last.at.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now - last >= every);
        if due {
            *last = Some(now);
        }
        due
    }
}

/// When this process did `T` last.
struct Last<T> {
    at: Mutex<Option<DateTime<Utc>>>,
    what: PhantomData<T>,
}

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self { at: Mutex::default(), what: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sweeping;
    struct Dusting;

    #[test]
    fn each_thing_is_due_once_in_its_time() {
        let caches = Caches::default();
        let now = DateTime::from_timestamp_micros(1_772_442_000_000_000).unwrap();
        let hour = TimeDelta::hours(1);
        assert!(caches.is_due::<Sweeping>(now, hour) && caches.is_due::<Dusting>(now, hour));
        assert!(!caches.is_due::<Sweeping>(now + TimeDelta::minutes(59), hour));
        assert!(caches.is_due::<Sweeping>(now + hour, hour));
    }
}
