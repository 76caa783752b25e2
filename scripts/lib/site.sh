# shellcheck shell=bash
# The browser half: one Trunk run, its wings put in place, then compressed twins of its files. Skipped when nothing it is made of has changed.

# build_site PROFILE FOLDER [RELEASE]: RELEASE (true or false) decides on wasm-opt
build_site() {
  local profile=$1 folder=$2 release=$3 now
  now="$profile $(fingerprint app crates frontend style public Cargo.toml Cargo.lock .cargo Trunk.toml package-lock.json scripts/compress.mjs scripts/wings.mjs scripts/bin)"
  [ "$(cat "$folder/.made-of" 2>/dev/null)" = "$now" ] && return 0
  # Trunk runs cargo offline, as it runs itself
  cargo fetch --target "$WASM" || return 1
  rm -f "$folder/.made-of"
  HCTS_WASM_BINDGEN=$(command -v wasm-bindgen) || return 1
  HCTS_WASM_OPT=
  [ "$release" = false ] || HCTS_WASM_OPT=$(sed -n 's/.*data-wasm-opt-params="\([^"]*\)".*/\1/p' frontend/index.html)
  export HCTS_WASM_BINDGEN HCTS_WASM_OPT
  PATH=$ROOT/scripts/bin:$PATH trunk build --cargo-profile "$profile" --release "$release" --dist "$folder" || return 1
  node scripts/wings.mjs "$folder" || return 1
  # a browser takes a service worker for new when its bytes are
  sed -i "s/__SITE__/$(cd "$folder" && fingerprint .)/" "$folder/sw.js" || return 1
  [ "$release" = false ] || node scripts/compress.mjs "$folder" || return 1
  printf '%s\n' "$now" >"$folder/.made-of"
}
