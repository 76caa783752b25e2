//! Types shared by browser and server: IDs, money, states, commands, views, permissions and error codes, one module a domain.
//! Pure values without I/O, clock and randomness; compiles to WebAssembly. Begin with [`ids`], [`states`] and [`error`].

mod characters;
mod text_enum;

pub mod analytics;
pub mod bounds;
pub mod cart;
pub mod catalog;
pub mod certificates;
pub mod compliance;
pub mod country;
pub mod error;
mod field_label;
pub mod formats;
pub mod identity;
pub mod ids;
pub mod money;
pub mod orders;
pub mod page;
pub mod payments;
pub mod permission;
pub mod query_text;
pub mod search;
pub mod settlement;
pub mod states;
pub mod typed_number;
pub mod validate;
pub mod views;
