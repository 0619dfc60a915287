# shellcheck shell=bash
# System packages: which are missing, and their installation with apt on Debian and Ubuntu.
# A need is judged by what it is for (a library that loads, a program that runs), not by a package's name.

PYTHON=""                    # the interpreter of the environment, once found
APT=(apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Dpkg::Options::=--force-confold)
POLICY=/usr/sbin/policy-rc.d
NO_MAIN_CLUSTER=/etc/postgresql-common/createcluster.d/ioc-map.conf

find_python() {
  local candidate
  for candidate in /usr/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11; do
    [[ -x $candidate ]] || continue
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || continue
    PYTHON=$candidate
    return 0
  done
  return 1
}

has_library() { /sbin/ldconfig -p | grep "$1" >/dev/null; } # not -q: it ends before ldconfig has said all, which counts as a failure

# The PostgreSQL majors whose server and PostGIS are installed, lowest first.
postgres_majors() {
  local initdb major
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    major=${initdb#/usr/lib/postgresql/}
    major=${major%%/*}
    if [[ -x $initdb && -f /usr/share/postgresql/$major/extension/postgis.control ]]; then printf '%s\n' "$major"; fi
  done | sort -n
}

find_chromium() {
  local name
  for name in chromium chromium-browser google-chrome; do
    # Ubuntu's chromium-browser is a script that asks for a snap: only a browser that answers counts.
    if [[ -x /usr/bin/$name ]] && timeout 20 "/usr/bin/$name" --version >/dev/null 2>&1; then
      printf '/usr/bin/%s\n' "$name"
      return 0
    fi
  done
  return 1
}

# unmet FOR: the needs of "run" or "test" that this machine does not meet yet, one a line.
unmet() {
  if ! find_python || ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then printf 'python\n'; fi
  if [[ ! -f /etc/ssl/certs/ca-certificates.crt ]]; then printf 'ca-certificates\n'; fi
  if [[ ! -f /usr/share/zoneinfo/Asia/Ho_Chi_Minh ]]; then printf 'tzdata\n'; fi
  if ! has_library 'libgdal\.so\.'; then printf 'gdal\n'; fi
  if ! has_library 'libgeos_c\.so\.1'; then printf 'geos\n'; fi
  if [[ $1 == test || -z ${DATABASE_URL:-}${DATABASE_URL_FILE:-} ]] && [[ -z $(postgres_majors) ]]; then printf 'postgres\n'; fi
  [[ $1 == test ]] || return 0
  if ! find_chromium >/dev/null; then printf 'chromium\n'; fi
  if ! /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then printf 'python3-qgis\n'; fi
  if ! [[ -x /usr/bin/ogr2ogr ]]; then printf 'gdal-bin\n'; fi
  if ! command -v shellcheck >/dev/null; then printf 'shellcheck\n'; fi
  if ! [[ -x /usr/sbin/nginx ]]; then printf 'nginx-light\n'; fi
}

# ensure_fault_packages: what only bin/faults needs.
ensure_fault_packages() {
  local missing=()
  [[ -x /usr/sbin/pgbouncer ]] || missing+=(pgbouncer)
  command -v pgbackrest >/dev/null || missing+=(pgbackrest)
  [[ -n $(find /usr/lib -maxdepth 4 -path '*/faketime/libfaketime.so.1' 2>/dev/null) ]] || missing+=(libfaketime)
  if ((${#missing[@]} == 0)); then return 0; fi
  may_install "${missing[*]}"
  install_packages "${missing[@]}"
}

# newest REGEX: the package of the highest version whose name matches.
newest() { apt-cache search --names-only "$1" | cut -d' ' -f1 | grep -E "$1" | sort -V | tail -n 1; }

available() { [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[0-9]* ]]; }

python_packages() {
  local version name
  version=$(apt-cache policy python3 | sed -n 's/^  Candidate: \(3\.[0-9]*\).*/\1/p')
  case $version in 3.11 | 3.12 | 3.13) printf 'python3\npython3-venv\n' && return 0 ;; esac
  for name in python3.13 python3.12 python3.11; do
    if available "$name-venv"; then printf '%s\n%s-venv\n' "$name" "$name" && return 0; fi
  done
  die "this system offers no Python 3.11 to 3.13: use Debian 12 or later, or Ubuntu 22.04 (with universe) or later."
}

postgres_packages() {
  local name
  name=$(newest '^postgresql-[0-9]+-postgis-3$')
  [[ -n $name ]] || die "no package postgresql-N-postgis-3 is on offer here: enable Debian's main (Ubuntu's universe) section, or set DATABASE_URL."
  printf '%s\n%s\n' "${name%-postgis-3}" "$name"
}

chromium_package() {
  local name
  for name in chromium chromium-browser; do if available "$name"; then printf '%s\n' "$name" && return 0; fi; done
  die "no Chromium is on offer here: install chromium or google-chrome, then run $SCRIPT again."
}

# packages_for NEED…: the names under which this release offers them.
packages_for() {
  local need
  for need in "$@"; do
    case $need in
      python) python_packages ;;
      gdal) newest '^libgdal[0-9]+(t64)?$' ;;
      geos) newest '^libgeos-c1(v5|t64)$' ;;
      postgres) postgres_packages ;;
      chromium) chromium_package ;;
      *) printf '%s\n' "$need" ;;
    esac
  done
}

# ensure_packages run|test: install what is missing, saying so first; nothing happens where nothing is missing.
ensure_packages() {
  local needs names
  mapfile -t needs < <(unmet "$1")
  if ((${#needs[@]})); then
    command -v apt-get >/dev/null || die "this system has no apt-get: install by hand what gives ${needs[*]}, then run $SCRIPT again."
    may_install "${needs[*]}"
    # Without lists (a fresh image) no name can be looked up.
    step "Refreshing the package lists (apt-get update)" apt.log "check the network and /etc/apt, then run $SCRIPT again." \
      with_apt "${APT[@]}" update
    names=$(packages_for "${needs[@]}") || { SAID_WHY=1 && exit 1; }
    mapfile -t names <<<"$names"
    install_packages "${names[@]}"
    mapfile -t needs < <(unmet "$1")
    ((${#needs[@]} == 0)) || die "still missing after the installation: ${needs[*]}. See $LOG_DIR/apt.log."
  fi
  find_python
}

may_install() {
  ((EUID == 0)) && return 0
  command -v sudo >/dev/null || die "system packages are missing ($1) and there is no sudo: run $SCRIPT once as root."
  say "Installing system packages needs sudo (missing: $1)."
  sudo -n true 2>/dev/null || sudo -v || die "sudo was refused: run $SCRIPT as a user who may use it, or once as root."
}

with_apt() { as_root env DEBIAN_FRONTEND=noninteractive "$@"; }

# finish_installation: unlike apt-get, dpkg does not wait for another installation, whose half-done packages look like ours.
finish_installation() {
  local until=$((SECONDS + 600)) said
  until said=$(with_apt LC_ALL=C dpkg --force-confold --configure -a 2>&1); do
    printf '%s\n' "$said"
    [[ $said == *"frontend lock"* ]] && ((SECONDS < until)) || return 1
    sleep 5
  done
  printf '%s\n' "$said"
}

install_packages() {
  say "Installing system packages: $*"
  on_exit drop_guards
  raise_guards
  MUST_FINISH="the package installation" # dpkg cut short leaves a system that needs repair
  if [[ -n $(dpkg --audit) ]]; then
    step "Finishing an interrupted installation (dpkg --configure -a)" apt.log "run that command by hand and see what it says." \
      finish_installation
  fi
  step "Installing $# packages" apt.log "see what apt says above, mend it, then run $SCRIPT again." \
    with_apt "${APT[@]}" install "$@"
  MUST_FINISH=""
  drop_guards
}

# Debian's PostgreSQL packages create and start a cluster `main` on port 5432. The service has its own cluster,
# so none is wanted: while apt runs, one drop-in says so, and policy-rc.d (if the system has none) keeps services down.
raise_guards() {
  as_root mkdir -p "${NO_MAIN_CLUSTER%/*}"
  printf 'create_main_cluster = false\n' | as_root tee "$NO_MAIN_CLUSTER" >/dev/null
  [[ -e $POLICY ]] && return 0
  printf '#!/bin/sh\n# ioc-map: services stay down while packages are installed\nexit 101\n' | as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
}

drop_guards() {
  if [[ -e $NO_MAIN_CLUSTER ]]; then
    as_root rm -f "$NO_MAIN_CLUSTER"
    as_root rmdir --ignore-fail-on-non-empty "${NO_MAIN_CLUSTER%/*}"
  fi
  if grep -qs '^# ioc-map:' "$POLICY"; then as_root rm -f "$POLICY"; fi
}
