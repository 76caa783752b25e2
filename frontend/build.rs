//! Keeps the relocations in the linked program: `wasm-split-cli` reads from them which functions and data belong to which wing.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its target in the environment alone"
)]
fn main() {
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
