# shellcheck shell=bash
# The front end and the translations: built from sources in the checkout, never committed.

npm_in_venv() { env PATH="$VENV/bin:$PATH" "$VENV/bin/npm" --no-update-notifier "$@"; }

ensure_node_modules() {
  local want
  want=$(fingerprint hash_files "$ROOT/package.json" "$ROOT/package-lock.json")
  if stamped "$ROOT/node_modules/.stamp" "$want"; then return 0; fi
  step "Installing the front end's packages (package-lock.json)" frontend.log "$NETWORK_ADVICE" \
    npm_in_venv ci --no-audit --no-fund
  stamp "$ROOT/node_modules/.stamp" "$want"
}

# sources DIRECTORY-TEST NAME-TEST…: contents of the checkout's files that match, generated folders left out.
sources() {
  find "$ROOT" \( -name node_modules -o -name .venv -o -name .git -o -path "$VAR" -o -name dist -o -name '.*_cache' \) -prune \
    -o -type f \( "$@" \) -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
}

frontend_sources() {
  sources -name '*.ts' -o -name '*.css' -o -name '*.mjs' -o -name '*.svg' -o -name 'tsconfig*.json' -o -name 'package*.json'
}

built() { compgen -G "$ROOT/*/static/*/dist/*" >/dev/null; }

ensure_frontend() {
  local want
  [[ -f $ROOT/package-lock.json ]] || return 0
  ensure_node_modules
  want=$(fingerprint frontend_sources)
  if built && stamped "$VAR/stamps/frontend" "$want"; then return 0; fi
  step "Building the front end" frontend.log "read the messages above; a change in the sources broke the build." \
    npm_in_venv run build
  stamp "$VAR/stamps/frontend" "$want"
}

message_sources() { sources -name '*.po'; }

compiled() {
  local po
  while IFS= read -r -d '' po; do [[ -f ${po%.po}.mo ]] || return 1; done < <(find "$ROOT" -path "$ROOT/*/locale/*" -name '*.po' -print0)
}

# Both need manage.py's environment (environment.sh).
ensure_messages() {
  local want
  want=$(fingerprint message_sources)
  if compiled && stamped "$VAR/stamps/messages" "$want"; then return 0; fi
  step "Compiling the translations" django.log "mend what the messages above name." manage build_messages
  stamp "$VAR/stamps/messages" "$want"
}

static_sources() {
  printf '%s\n' "$ROOT"
  hash_files "$ROOT/uv.lock"
  find "$ROOT" -path "$ROOT/*/static/*" -not -path "$VAR/*" -not -path '*/node_modules/*' -type f -print0 |
    LC_ALL=C sort -z | xargs -0 -r sha256sum
}

ensure_static() {
  local want
  want=$(fingerprint static_sources)
  if [[ -d $DATA/static ]] && stamped "$DATA/.stamp-static" "$want"; then return 0; fi
  step "Collecting static files" django.log "read the messages above." manage collectstatic --noinput --clear --verbosity 1
  stamp "$DATA/.stamp-static" "$want"
}
