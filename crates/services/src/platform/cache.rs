//! Short-lived copies a domain keeps in memory. They belong to one database, so they live beside its pool.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

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
}
