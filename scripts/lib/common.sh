# shellcheck shell=bash
# What every script shares: where things are, how progress is shown, how a long log is kept out of sight.

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# Compilers' output and tools that outlive a checkout
CACHE=${HCTS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hcts}
# Everything this checkout keeps: databases, keys, logs
DATA=$ROOT/.data
LOGS=$DATA/log
mkdir -p "$CACHE" "$LOGS"
cd "$ROOT" || exit 1

say() { printf '%s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# The shell's own background jobs, ended by their numbers when the script ends.
# "make" and the shell both see Ctrl-C: `stopping` keeps the second signal from cutting the clean-up short.
STARTED=()
ON_EXIT=()
STOPPING=
clean_up() {
  # a subshell that is ended before it has dropped its parent's traps must not clean up in its place
  [ -z "$STOPPING" ] && [ "$BASHPID" = "$$" ] || return 0
  STOPPING=yes
  trap '' INT TERM HUP
  local pid action
  for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
  for action in "${ON_EXIT[@]}"; do $action || true; done
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The line that shows a long step is alive: where it is, on a terminal every second, elsewhere once a minute.
progress() { # label, log, started at
  local last elapsed
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    elapsed=$((SECONDS - $3))
    if [ -t 1 ]; then
      last=$(tail -n 1 "$2" 2>/dev/null | tr -d '\r' | tr '\t' ' ' | cut -c1-60)
      printf '\r\033[K  %s … %d s  %s' "$1" "$elapsed" "$last"
    elif [ $((elapsed % 60)) -eq 0 ]; then
      last=$(tail -n 1 "$2" 2>/dev/null | sed 's/^ *//' | cut -c1-80)
      printf '  %s … %d s  %s\n' "$1" "$elapsed" "$last"
    fi
  done
}

# step LABEL COMMAND…: runs it with its output in a log; says how long it took, or shows the end of the log.
# Behind a bar LABEL may say what a long step does and how long it usually takes: "server|compiles 400 crates; 8 minutes the first time".
step() {
  local status=0
  run_step "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    printf '  FAILED  %s, the end of %s:\n' "${1%%|*}" "$STEP_LOG"
    tail -n 60 "$STEP_LOG" | sed 's/^/    /'
  fi
  return "$status"
}

# attempt LABEL COMMAND…: a step that has another way behind it, which the caller takes when this one fails.
attempt() {
  local status=0
  run_step "$@" || status=$?
  [ "$status" -eq 0 ] || printf '  note    %s is not possible here (%s); taking another way\n' "${1%%|*}" "$STEP_LOG"
  return "$status"
}

run_step() {
  local label=${1%%|*} about='' at=$SECONDS watcher status=0
  [[ $1 == *"|"* ]] && about=" ${1#*|}"
  shift
  STEP_LOG=$LOGS/$(printf '%s' "$label" | tr -cs 'A-Za-z0-9' '-' | sed 's/-*$//').log
  if [ -t 1 ] && [ -z "$about" ]; then :; else printf '  %s …%s\n' "$label" "$about"; fi
  : >"$STEP_LOG"
  progress "$label" "$STEP_LOG" "$at" &
  watcher=$!
  "$@" >"$STEP_LOG" 2>&1 </dev/null || status=$?
  # not TERM: a subshell that has only just begun would still run its parent's trap
  kill -KILL "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  [ -t 1 ] && printf '\r\033[K'
  [ "$status" -ne 0 ] || printf '  ok      %s (%d s)\n' "$label" $((SECONDS - at))
  return "$status"
}

# as_root COMMAND…: for packages and the compiler's own folder only
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "needs the rights of root and there is no sudo: $*"
  fi
}

# One hash over the content of the named files and folders
fingerprint() {
  find "$@" -type f -not -path '*/node_modules/*' -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
