//! The provider over loopback with a merchant that receives its webhooks. Webhooks are paused and flushed, so that no test sleeps.

#[cfg(test)]
mod hosted;
#[cfg(test)]
mod merchant;
#[cfg(test)]
mod support;
#[cfg(test)]
mod webhooks;
