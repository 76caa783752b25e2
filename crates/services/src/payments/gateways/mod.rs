//! Adapters to payment providers, one file each. Nothing outside of this folder knows a provider's wire contract; the port is
//! `platform::Gateway`.

mod sandbox;

pub use sandbox::{SandboxGateway, SandboxGatewayError, SandboxGatewaySettings};
