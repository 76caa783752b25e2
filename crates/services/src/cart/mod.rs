//! A buyer organisation's open selection, priced live.
