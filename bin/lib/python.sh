# shellcheck shell=bash
# The Python environment: a pinned uv in var/tools, everything else from uv.lock into .venv.

UV_VERSION=0.13.9
TOOLS="$VAR/tools"
VENV="$ROOT/.venv"
NETWORK_ADVICE="check the network (proxies, PIP_INDEX_URL, UV_DEFAULT_INDEX, npm_config_registry), then run $SCRIPT again."

# Caches need a home that can be written; services and CI may have none.
ensure_home() {
  if [[ -z ${HOME:-} || ! -w ${HOME:-} ]]; then
    export HOME="$VAR/home"
    mkdir -p "$HOME"
  fi
}

ensure_uv() {
  local want
  want="$UV_VERSION $("$PYTHON" -V)"
  if stamped "$TOOLS/.stamp" "$want"; then return 0; fi
  rm -rf "$TOOLS"
  mkdir -p "$VAR"
  step "Making the tools' environment" python.log "$NETWORK_ADVICE" "$PYTHON" -m venv "$TOOLS"
  step "Installing uv $UV_VERSION" python.log "$NETWORK_ADVICE" \
    "$TOOLS/bin/pip" install --no-input --disable-pip-version-check "uv==$UV_VERSION"
  stamp "$TOOLS/.stamp" "$want"
}

# An index of one's own (a mirror, a wheelhouse) is not what uv.lock's addresses say: then the locked versions and
# hashes are taken, and the files from there.
own_index() {
  if [[ -n ${PIP_INDEX_URL:-} && -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then export UV_DEFAULT_INDEX=$PIP_INDEX_URL; fi
  [[ -n ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_INDEX:-}${UV_FIND_LINKS:-}${UV_NO_INDEX:-} ]]
}

# sync_from_index GROUPS…: install the lock's requirements from the configured index.
sync_from_index() {
  local list="$VAR/requirements.txt"
  [[ -x $VENV/bin/python ]] || "$TOOLS/bin/uv" venv --python "$PYTHON" "$VENV"
  "$TOOLS/bin/uv" export --frozen --no-emit-project "$@" --output-file "$list"
  VIRTUAL_ENV="$VENV" "$TOOLS/bin/uv" pip install --require-hashes --requirements "$list"
}

sync_from_lock() { "$TOOLS/bin/uv" sync --frozen --inexact --python "$PYTHON" "$@"; }

# ensure_python run|test: the environment with what running needs, or with the developers' tools too.
# One never takes away what the other installed, so both can be used in one checkout.
ensure_python() {
  local groups=() want title="Installing Python packages" how=sync_from_lock
  export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT="$VENV" UV_NO_PROGRESS=1
  ensure_home
  want=$(fingerprint hash_files "$ROOT/uv.lock" "$ROOT/pyproject.toml")
  if stamped "$VENV/.stamp-test" "$want"; then return 0; fi
  if [[ $1 == run ]]; then
    groups=(--no-default-groups --group build)
    if stamped "$VENV/.stamp-run" "$want"; then return 0; fi
  fi
  ensure_uv
  if own_index; then how=sync_from_index; fi
  step "$title (uv.lock, into .venv)" python.log "$NETWORK_ADVICE" "$how" "${groups[@]}"
  stamp "$VENV/.stamp-$1" "$want"
}
