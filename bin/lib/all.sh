# shellcheck shell=bash
# Everything of bin/lib, in the order in which one part stands on another.

# shellcheck source-path=SCRIPTDIR/lib
LIB=$(dirname -- "${BASH_SOURCE[0]}")
source "$LIB/common.sh"
source "$LIB/packages.sh"
source "$LIB/python.sh"
source "$LIB/cluster.sh"
source "$LIB/database.sh"
source "$LIB/environment.sh"
source "$LIB/frontend.sh"
source "$LIB/service.sh"

# The script's own header is its help.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$ROOT/$SCRIPT"; }

# from_caller PATH: relative paths are meant from where the caller stands.
from_caller() { if [[ $1 == /* ]]; then printf '%s' "$1"; else printf '%s/%s' "$CALLER_DIR" "$1"; fi; }
