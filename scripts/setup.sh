#!/usr/bin/env bash
# Brings this machine to the point where one door of the Makefile can do its job.
#
#   scripts/setup.sh demo|test|check|all
#
# Debian packages come from scripts/system-packages.txt, Python packages from requirements/*.lock,
# the front end from package-lock.json. What is there already is left alone, so a second run is quick.
# `demo` goes on without root and without apt (embedded broker, software player); the others say what is missing.
# PYTHON names the interpreter to use; SKIP_SYSTEM=1 says that the system packages came another way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
unset MAKEFLAGS MAKELEVEL MFLAGS PYTHONHOME PYTHONPATH VIRTUAL_ENV || true
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 LC_ALL=C.UTF-8

door=${1:-all}
case $door in
  demo) lock=demo groups="base demo" ;;
  test) lock=dev groups="base demo test" ;;
  check) lock=dev groups="base check" ;;
  all) lock=dev groups="base demo test check" ;;
  *) echo "scripts/setup.sh: unknown door '$door' (demo, test, check or all)" >&2; exit 2 ;;
esac

steps=5 step=0 log='' name='' began=0
venv=.venv
logs=build/setup-logs
mkdir -p "$logs"

begin() { # begin "what the step is"
  step=$((step + 1)) name=$1 began=$SECONDS log=$logs/$step.log
  : >"$log"
  printf '[%d/%d] %s … ' "$step" "$steps" "$name"
}
ok() { printf 'ok%s (%d s)\n' "${1:+, $1}" $((SECONDS - began)); }
skipped() { printf 'skipped: %s\n' "$1"; }
fail() { # fail "what to do about it"
  printf 'FAILED (%d s)\n' $((SECONDS - began))
  {
    echo
    echo "Step '$name' failed."
    if [ -s "$log" ]; then
      echo "Last lines of $PWD/$log:"
      tail -n 15 "$log" | sed 's/^/    /'
    fi
    echo "What to do: $1"
  } >&2
  exit 1
}

# --- 1 Python -----------------------------------------------------------------------------------------------------
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13 /usr/bin/python3; do
    if is_new_enough "$candidate"; then command -v "$candidate"; return; fi
  done
  return 1
}

# --- 2 System packages --------------------------------------------------------------------------------------------
packages_of() { awk -v groups=" $1 " '$1 !~ /^#/ && index(groups, " " $1 " ") {print $2}' scripts/system-packages.txt; }
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing_packages() {
  local package
  for package in $(packages_of "$groups"); do
    if [ "$package" = python3-venv ] && "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then continue; fi
    if ! is_installed "$package"; then printf '%s ' "$package"; fi
  done
}
as_root=''
may_be_root() {
  if [ "$(id -u)" = 0 ]; then return; fi
  command -v sudo >/dev/null || return 1
  if sudo -n true 2>/dev/null; then as_root='sudo -n'; return; fi
  if [ -t 0 ]; then as_root=sudo; return; fi
  return 1
}
# The packages' own services must neither start nor be enabled: every test and demo starts its own on free ports.
apt_install() {
  local policy=/usr/sbin/policy-rc.d made_policy='' status=0
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod 755 $policy
    made_policy=yes
  fi
  $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "$@" || status=$?
  if [ -n "$made_policy" ]; then $as_root rm -f $policy; fi
  local package
  for package in mosquitto postgresql nginx-light; do
    # What `systemctl disable` does, also where systemctl is missing, as in a container.
    case " $* " in
      *" $package "*) $as_root rm -f "/etc/systemd/system/multi-user.target.wants/$package.service" || true ;;
    esac
  done
  return $status
}
install_system_packages() {
  local missing
  if [ "${SKIP_SYSTEM:-}" = 1 ]; then skipped "SKIP_SYSTEM=1"; return; fi
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    if [ "$door" = demo ]; then skipped "no apt here; the demo uses its embedded broker and software player"; return; fi
    fail "install what matches these Debian packages, then run again with SKIP_SYSTEM=1: $(packages_of "$groups" | xargs)"
  fi
  missing=$(missing_packages)
  if [ -z "$missing" ]; then ok "all there"; return; fi
  if ! may_be_root; then
    if [ "$door" = demo ]; then
      missing=${missing/python3-venv /}
      skipped "no root and no sudo${missing:+; the demo does without ${missing% } (embedded broker, software player)}"
      return
    fi
    fail "no root and no sudo here. Ask an administrator for: apt-get install --no-install-recommends ${missing% }"
  fi
  # shellcheck disable=SC2086  # a list of package names
  if apt_install $missing >"$log" 2>&1; then ok "installed ${missing% }"; return; fi
  if [ "$door" = demo ] && { "$python" -c 'import venv, ensurepip' || "$python" -m pip --version; } >/dev/null 2>&1; then
    skipped "apt-get failed (see $log); the demo does without ${missing% }"
    return
  fi
  fail "check the network and the apt sources ('apt-get update' by hand), then run make again"
}

# --- 3 Environment ------------------------------------------------------------------------------------------------
make_venv() {
  if "$python" -c 'import ensurepip' >/dev/null 2>&1; then
    "$python" -m venv --clear $venv
  else
    # Debian without python3-venv: a bare environment, filled by the pip of the system.
    "$python" -m venv --clear --without-pip $venv && "$python" -m pip --python $venv/bin/python install pip
  fi
}

# --- 4 Python packages --------------------------------------------------------------------------------------------
stamp_value() { cat "requirements/$1.lock" pyproject.toml scripts/setup.sh | sha256sum | cut -d' ' -f1; }
is_stamped() { [ "$(cat "$venv/.stamp-$1" 2>/dev/null)" = "$(stamp_value "$1")" ]; }
has_python_packages() { is_stamped $lock || is_stamped dev; }
install_python_packages() {
  rm -f $venv/.stamp-*
  $venv/bin/python -m pip install --require-hashes -r requirements/$lock.lock
}

begin "Python 3.11 or newer"
if ! python=$(find_python); then
  if command -v apt-get >/dev/null && may_be_root && apt_install python3 python3-venv >"$log" 2>&1 && python=$(find_python); then :
  else fail "install Python 3.11 (Debian 12: apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3.11 make $door"
  fi
fi
ok "$("$python" -c 'import platform; print(platform.python_version())')"

begin "System packages"
install_system_packages

begin "Python environment .venv"
if is_new_enough $venv/bin/python && $venv/bin/python -m pip --version >/dev/null 2>&1; then ok "there already"
elif make_venv >"$log" 2>&1; then ok "made"
else fail "install the venv module (Debian: apt-get install python3-venv), or name a complete Python: PYTHON=/path/to/python3.11 make $door"
fi

begin "Python packages (requirements/$lock.lock)"
if has_python_packages; then ok "unchanged"
elif install_python_packages >"$log" 2>&1; then ok
else fail "check the network and pip's settings ('$venv/bin/python -m pip config list'), then run make again; if it says that a hash differs, run 'rm -rf .venv' first"
fi

begin "Front end and the project itself"
if ! $venv/bin/python scripts/build_frontend.py >"$log" 2>&1; then
  fail "check the network and npm's settings; by hand: $venv/bin/python scripts/build_frontend.py"
fi
if ! has_python_packages; then
  $venv/bin/python -m pip install --no-deps --no-build-isolation -e . >>"$log" 2>&1 || fail "see the log; by hand: $venv/bin/python -m pip install --no-deps --no-build-isolation -e ."
  stamp_value $lock >$venv/.stamp-$lock
fi
ok
