# shellcheck shell=bash
# Everything the scripts need, in the order in which it builds on each other.
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=scripts/lib/common.sh
. "$here/common.sh"
# shellcheck source=scripts/lib/packages.sh
. "$here/packages.sh"
# shellcheck source=scripts/lib/rust.sh
. "$here/rust.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/tools.sh"
# shellcheck source=scripts/lib/postgres.sh
. "$here/postgres.sh"
# shellcheck source=scripts/lib/site.sh
. "$here/site.sh"
# shellcheck source=scripts/lib/stack.sh
. "$here/stack.sh"

# set_up PURPOSE: the tools that `run` or `test` needs, as far as they are missing
set_up() {
  ensure_rust
  [ "$1" = run ] || [ -x /usr/bin/chromium ] || want chromium
  # they read a certificate's PDF and its QR code back
  [ "$1" = run ] || have pdftotext || want poppler-utils
  [ "$1" = run ] || have zbarimg || want zbar-tools
  [ "$1" = run ] || have qpdf || want qpdf
  ensure_postgres
  ensure_tools
}
