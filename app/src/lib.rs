//! The isomorphic pages of HCTS: rendered on the server, hydrated or mounted in the browser.

pub mod frame;
pub mod ui;

#[cfg(test)]
mod gallery;
