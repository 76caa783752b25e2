//! The console, as its pages see it.
