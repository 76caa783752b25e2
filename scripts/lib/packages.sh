# shellcheck shell=bash
# Debian packages: only those that are missing, in one go.

WANTED=()
UPDATED=
want() { # packages that a missing command or file would come from
  WANTED+=("$@")
}

install_wanted() {
  [ "${#WANTED[@]}" -gt 0 ] || return 0
  have apt-get || die "please install these (or what your system calls them) and start again: ${WANTED[*]}"
  # the password is asked for before output goes to a log
  [ "$(id -u)" -eq 0 ] || as_root true
  local names=("${WANTED[@]}")
  WANTED=()
  step "install ${names[*]}" apt_install "${names[@]}"
}

apt_install() {
  # an index that is out of reach is no reason to stop: the old one may do
  [ -n "$UPDATED" ] || as_root apt-get update -q || true
  UPDATED=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}
