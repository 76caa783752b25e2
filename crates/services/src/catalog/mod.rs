//! ICD-11, services and their versions, the market.
