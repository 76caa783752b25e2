//! Certificates: issue, log, check, redeem.
