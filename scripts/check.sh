#!/usr/bin/env bash
# Everything that can be said about the source without running it. All checks run; the end names those that failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset MAKEFLAGS MAKELEVEL MFLAGS || true
bin=$PWD/.venv/bin
# ansible-lint calls ansible-playbook by name; the rendered units need no colour and no pager.
export PATH="$bin:$PATH" SYSTEMD_PAGER='' NO_COLOR=1 ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8
logs=build/check-logs
mkdir -p "$logs"
failed=()

run() { # run NAME COMMAND...
  local name=$1 began=$SECONDS log
  shift
  log=$logs/${name// /-}.log
  printf '%-20s … ' "$name"
  if "$@" >"$log" 2>&1; then
    printf 'ok (%d s)\n' $((SECONDS - began))
  else
    printf 'FAILED (%d s)\n' $((SECONDS - began))
    tail -n 40 "$log" | sed 's/^/    /'
    failed+=("$name")
  fi
}
deployment() { (cd deploy/ansible && ansible-lint --offline --strict); }

run "ruff check" "$bin/ruff" check .
run "ruff format" "$bin/ruff" format --check .
run "mypy" "$bin/mypy"
run "import direction" "$bin/lint-imports"
run "locks" "$bin/python" scripts/lock.py --check
run "ansible-lint" deployment
run "systemd units" "$bin/python" scripts/verify_units.py

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nFailed: %s. Logs: %s/%s; "make fmt" repairs format and simple lint.\n' "$(IFS=,; echo "${failed[*]}")" "$PWD" "$logs" >&2
  exit 1
fi
