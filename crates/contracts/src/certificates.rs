//! Certificates, as pages and the API see them.
