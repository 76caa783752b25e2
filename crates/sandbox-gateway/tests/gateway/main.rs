//! The provider over loopback, with a merchant that listens for its webhooks. Webhooks are paused and flushed, so nothing sleeps.

#[cfg(test)]
mod hosted;
#[cfg(test)]
mod merchant;
#[cfg(test)]
mod support;
#[cfg(test)]
mod webhooks;
