//! People, organisations, memberships, sessions.
