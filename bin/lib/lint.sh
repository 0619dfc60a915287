# shellcheck shell=bash
# The checks that read the code without running it, two or more at a time.

declare -A LINTS # name -> process id
NAMES=()         # in the order of their start
FAILED=()

# lint NAME COMMAND…: in the background, its output in a log of its own.
lint() {
  local name=$1
  shift
  while (($(jobs -rp | wc -l) >= $(nproc))); do sleep 0.1; done
  set -m
  (
    started=$(date +%s%N)
    code=0
    "$@" || code=$?
    printf '%s' "$((($(date +%s%N) - started) / 100000000))" >"$LOG_DIR/lint-$name.time"
    exit "$code"
  ) </dev/null >"$LOG_DIR/lint-$name.log" 2>&1 &
  LINTS[$name]=$!
  NAMES+=("$name")
  set +m
}

stop_lints() {
  local pid
  for pid in "${LINTS[@]}"; do kill -TERM -- "-$pid" 2>/dev/null; done
}

# report_lints: wait for all; a failed one shows what it said.
report_lints() {
  local name code tenths
  for name in "${NAMES[@]}"; do
    code=0
    wait "${LINTS[$name]}" || code=$?
    tenths=$(cat "$LOG_DIR/lint-$name.time" 2>/dev/null || printf 0)
    if ((code)); then
      FAILED+=("$name")
      sed 's/^/    /' "$LOG_DIR/lint-$name.log" >&2
      say "FAILED  $name ($((tenths / 10)).$((tenths % 10)) s)"
    else
      say "ok      $name ($((tenths / 10)).$((tenths % 10)) s)"
    fi
  done
  LINTS=()
}

scripts() { grep -lIE '^#!.*bash' bin/* .ci/* 2>/dev/null; }

shellcheck_scripts() {
  local found
  mapfile -t found < <(scripts)
  shellcheck -x -a "${found[@]}"
}

run_lints() {
  say "Checking the code ..."
  on_exit stop_lints
  mkdir -p "$LOG_DIR"
  lint mypy "$VENV/bin/mypy" --strict .
  lint tsc npm_in_venv run --silent check
  lint frontend-tests npm_in_venv test --silent
  lint djlint "$VENV/bin/djlint" --quiet --check --lint .
  lint migrations manage makemigrations --check --dry-run
  lint import-linter "$VENV/bin/lint-imports" --no-cache
  lint shellcheck shellcheck_scripts
  lint ruff "$VENV/bin/ruff" check .
  lint ruff-format "$VENV/bin/ruff" format --check .
  report_lints
}
