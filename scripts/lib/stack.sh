# shellcheck shell=bash
# The product as a whole on this machine: database, sandbox gateway, server. Addresses and secrets come from the caller or are made here.

# stack_database PLACE [SETTING=VALUE…]: a cluster with the owner and the application's role, which owns nothing.
stack_database() {
  pg_start "$@" || return 1
  ON_EXIT+=(pg_stop)
  local role
  for role in "hcts_owner login createrole" "hcts_app login nobypassrls"; do
    [ -n "$(pg_query "$PG_SUPER" "select 1 from pg_roles where rolname = '${role%% *}'")" ] || pg_query "$PG_SUPER" "create role $role" || return 1
  done
  [ -n "$(pg_query "$PG_SUPER" "select 1 from pg_database where datname = 'hcts'")" ] || stack_database_empty || return 1
  export HCTS_DATABASE_OWNER_URL="postgres://hcts_owner@/hcts?host=$PG_SOCKET"
  export HCTS_DATABASE_URL="postgres://hcts_app@/hcts?host=$PG_SOCKET"
}

stack_database_empty() {
  pg_query "$PG_SUPER" "drop database if exists hcts with (force)" 2>/dev/null && pg_query "$PG_SUPER" "create database hcts owner hcts_owner"
}

# stack_demo BINARY MEMORY: the demo market. One whose making was cut off is made anew, if the database is this checkout's own. The head of
# its log and its payments go with it.
stack_demo() {
  local status=0
  "$1" seed --demo || status=$?
  if [ "$status" -eq 3 ] && [[ $HCTS_DATABASE_URL == *"host=${PG_SOCKET:-none}" ]]; then
    say "The demo market is made anew in an empty database."
    stack_database_empty || return 1
    rm -f "$HCTS_KEY_DIR/log.checkpoint" "$2"
    stack_data "$1" || return 1
    status=0
    "$1" seed --demo || status=$?
  fi
  return "$status"
}

# stack_environment PORT GATEWAY_PORT SITE KEYS: what the server and the gateway must agree on
stack_environment() {
  export HCTS_LISTEN=127.0.0.1:$1 HCTS_PUBLIC_URL=http://localhost:$1 HCTS_GATEWAY_URL=http://127.0.0.1:$2
  export HCTS_SITE_DIR=$3 HCTS_KEY_DIR=$4
  mkdir -p "$4"
  chmod 700 "$4"
}

# stack_data BINARY: the database in its present shape, with something in it
stack_data() {
  "$1" migrate
}

# stack_gateway BINARY MEMORY: the sandbox payment provider, which keeps its payments in the file MEMORY
stack_gateway() {
  "$1" sandbox-gateway --listen "${HCTS_GATEWAY_URL#http://}" --webhook-url "http://$HCTS_LISTEN/api/payments/webhook/sandbox" --snapshot "$2" \
    >"$LOGS/sandbox-gateway.log" 2>&1 </dev/null &
  STARTED+=($!)
}

# stack_serve BINARY: starts the server and waits until it says it is ready
stack_serve() {
  "$1" serve >"$LOGS/serve.log" 2>&1 </dev/null &
  STARTED+=($!)
  for _ in $(seq 300); do
    answers "${HCTS_LISTEN##*:}" /readyz && return 0
    all_run || break
    sleep 0.1
  done
  say "  the server did not become ready; the end of its log ($LOGS/serve.log):"
  tail -n 40 "$LOGS/sandbox-gateway.log" "$LOGS/serve.log" | sed 's/^/    /'
  return 1
}

all_run() {
  local pid
  for pid in "${STARTED[@]}"; do kill -0 "$pid" 2>/dev/null || return 1; done
}

# answers PORT PATH: 200 within two seconds
# shellcheck disable=SC2016 # the inner shell expands it
answers() {
  timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && printf "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n" "$1" >&3 && read -r line <&3 && cat <&3 >/dev/null && [[ $line == *" 200"* ]]' \
    "$1" "$2" 2>/dev/null
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_ports() { # count
  node -e 'const n = +process.argv[1], s = [...Array(n)].map(() => require("net").createServer().listen(0, "127.0.0.1"));
    setTimeout(() => { console.log(s.map((x) => x.address().port).join(" ")); s.forEach((x) => x.close()) }, 50)' "$1"
}
