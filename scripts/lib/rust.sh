# shellcheck shell=bash
# A compiler with clippy, rustfmt and the standard library for wasm32.
# In this order: what is there; rustup's servers; Debian's packages, with the standard library built from their sources.

RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml")
# The release that Debian carries too, so that both ways lead to one set of lints
RUST_RELEASE=1.96.0
WASM=wasm32-unknown-unknown

rust_is_recent() {
  local version
  version=$(rustc --version 2>/dev/null | cut -d' ' -f2) || return 1
  [ -n "$version" ] && printf '%s\n%s\n' "$RUST_MINIMUM" "$version" | sort -VC
}

# Links a real program: it finds a missing library, one from another release, and a missing linker.
wasm_links() {
  local out status=0
  out=$(mktemp -d)
  echo 'fn main() {}' | "${1:-rustc}" --target "$WASM" -o "$out/probe.wasm" - >/dev/null 2>&1 || status=1
  rm -rf "$out"
  return "$status"
}

rust_is_whole() {
  have cargo && rust_is_recent && cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 && wasm_links
}

use_toolchain() { # name, for rustup
  RUSTUP_TOOLCHAIN=$1 rust_is_whole || return 1
  export RUSTUP_TOOLCHAIN=$1
}

ensure_rust() {
  [ -d "$HOME/.cargo/bin" ] && PATH=$HOME/.cargo/bin:$PATH
  have cc || want build-essential
  [ -e /etc/ssl/certs/ca-certificates.crt ] || ! have apt-get || want ca-certificates
  install_wanted
  if have rustup; then
    export RUSTUP_AUTO_INSTALL=0
    rust_is_whole || use_toolchain hcts || use_toolchain "$RUST_RELEASE" || rust_from_rustup || rust_from_debian
    remember_toolchain
  else
    rust_is_whole || rust_from_debian
  fi
}

rust_from_rustup() {
  attempt "compiler $RUST_RELEASE from rustup|half a minute" timeout 600 \
    rustup toolchain install "$RUST_RELEASE" --profile minimal --component clippy,rustfmt --target "$WASM" || return 1
  use_toolchain "$RUST_RELEASE"
}

rust_from_debian() {
  debian_rust_is_there || want rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web
  install_wanted
  # its linker is a link into a package that it does not ask for
  [ -x /usr/bin/rust-lld ] || want "$(basename "$(readlink /usr/bin/rust-lld)")"
  install_wanted
  wasm_links /usr/bin/rustc || step "standard library for $WASM|compiled from Debian's sources, once; a minute" build_wasm_std
  if have rustup; then
    rustup toolchain link hcts /usr
    use_toolchain hcts || die "Debian's compiler does not work: see $LOGS"
  else
    rust_is_whole || die "the compiler in $(command -v rustc || echo PATH) does not work: see $LOGS"
  fi
}

debian_rust_is_there() {
  [ -x /usr/bin/clippy-driver ] && [ -x /usr/bin/rustfmt ] && [ -d /usr/lib/rustlib/src/rust/library ] && PATH=/usr/bin:$PATH rust_is_recent
}

# Without embed-bitcode, link-time optimisation fails with "failed to get bitcode from object file for LTO".
build_wasm_std() (
  unset RUSTUP_TOOLCHAIN CARGO_BUILD_TARGET
  local work lib
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work" || exit 1
  mkdir src
  : >src/lib.rs
  printf '[package]\nname = "throwaway"\nversion = "0.0.0"\nedition = "2024"\n' >Cargo.toml
  CARGO_TARGET_DIR=target RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes /usr/bin/cargo build --release \
    -Zbuild-std=std,panic_abort,panic_unwind,proc_macro --target "$WASM" || exit 1
  lib=$(/usr/bin/rustc --print sysroot)/lib/rustlib/$WASM/lib
  as_root rm -rf "$lib"
  as_root mkdir -p "$lib"
  find "target/$WASM/release/deps" -name '*.rlib' ! -name 'libthrowaway*' -print0 | as_root xargs -0 cp -t "$lib"
)

# So that plain `cargo` and the editor use the same compiler here. It is a setting of rustup for this folder.
remember_toolchain() {
  [ -z "${CI:-}" ] && [ -n "${RUSTUP_TOOLCHAIN:-}" ] || return 0
  [ "$(env -u RUSTUP_TOOLCHAIN rustup show active-toolchain 2>/dev/null | cut -d' ' -f1)" = "$RUSTUP_TOOLCHAIN" ] ||
    rustup override set "$RUSTUP_TOOLCHAIN" --path "$ROOT" 2>/dev/null
}

# Where cargo builds to: its own settings and CARGO_TARGET_DIR may both say so.
target_folder() { cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'; }
