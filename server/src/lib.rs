//! The doors of HCTS: pages, REST, webhooks, workers and the `hcts` command. Doors parse, call and map; rules live in `services`.

pub mod commands;
pub mod config;
pub mod rest;
pub mod web;
