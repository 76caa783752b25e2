# shellcheck shell=bash
# A private PostgreSQL: own data folder, a socket that only this user (and root) can open, no TCP port.
# PostgreSQL refuses to run as root: root runs it as the user `postgres`, everybody else as themselves.

ensure_postgres() {
  pg_find || want postgresql postgresql-client
  install_wanted
  pg_find || die "PostgreSQL 15 or newer is needed: initdb was not found"
  # psql and pg_dump of the same version, without Debian's wrapper in between
  export PATH=$PG_BIN:$PATH
}

pg_find() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [ -x "$found" ] || found=$(command -v initdb) || return 1
  PG_BIN=$(dirname "$found")
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then env -C / runuser -u postgres -- "$@"; else "$@"; fi
}

# A folder that the user `postgres` can reach: the wanted one, or, when the checkout lies in a private home, one under /var/lib.
pg_place() {
  mkdir -p "$1"
  chmod 700 "$1"
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$1"
    if ! as_postgres test -w "$1"; then
      set -- "/var/lib/hcts/$(printf '%s' "$1" | sha256sum | cut -c1-12)"
      mkdir -p "$1"
      chown postgres: "$1"
      chmod 700 "$1"
    fi
  fi
  printf '%s\n' "$1"
}

# pg_start PLACE [SETTING=VALUE…]: makes the cluster if need be, starts it, sets pg_socket and pg_super (the superuser's URL).
pg_start() {
  local place=$1 setting options
  shift
  PG_CLUSTER=$place/cluster
  # a socket's path may have 107 characters, a checkout's any number
  PG_SOCKET=$(as_postgres mktemp -d "${TMPDIR:-/tmp}/hcts-pg.XXXXXX")
  export PG_SUPER="postgres://postgres@/postgres?host=$PG_SOCKET"
  options="-c listen_addresses= -c unix_socket_directories=$PG_SOCKET -c unix_socket_permissions=0700"
  for setting in "$@"; do options+=" -c $setting"; done
  [ -s "$PG_CLUSTER/PG_VERSION" ] || pg_init || return 1
  # left over from a run that was killed; its socket was in another folder than ours
  as_postgres "$PG_BIN/pg_ctl" status -D "$PG_CLUSTER" >/dev/null 2>&1 && pg_halt
  as_postgres "$PG_BIN/pg_ctl" start -w -t 60 -s -D "$PG_CLUSTER" -l "$place/server.log" -o "$options" || {
    tail -n 20 "$place/server.log" >&2
    return 1
  }
}

pg_init() {
  rm -rf "$PG_CLUSTER"
  as_postgres "$PG_BIN/initdb" -D "$PG_CLUSTER" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
}

pg_halt() { as_postgres "$PG_BIN/pg_ctl" stop -w -t 60 -s -m fast -D "$PG_CLUSTER"; }

pg_stop() {
  pg_halt
  rm -rf "${PG_SOCKET:?}"
}

pg_query() { as_postgres "$PG_BIN/psql" -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
