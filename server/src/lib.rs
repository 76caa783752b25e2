//! The doors of HCTS: pages, REST, webhooks, workers and the `hcts` command. Doors parse, call and map; rules live in `services`.

// a release keeps the full types of the pages; they nest deeper than the usual limit
#![recursion_limit = "512"]

pub mod commands;
pub mod config;
pub mod rest;
pub mod web;
