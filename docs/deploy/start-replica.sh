#!/usr/bin/env bash
# The replica container: copy the primary once, then follow it.
set -euo pipefail

# A copy gets its name when it is complete. One that exists is started as it is: a follower follows, and one that was
# promoted (pg_ctl promote) goes on as a primary; it is never overwritten.
if [[ ! -d $PGDATA ]]; then
  PGPASSWORD=$(</run/secrets/replica_password)
  export PGPASSWORD
  rm -rf "$PGDATA.new"
  install -d -m 700 -o postgres -g postgres "$PGDATA.new"
  gosu postgres pg_basebackup --host=db --username=ioc_replica --pgdata="$PGDATA.new" --wal-method=stream \
    --checkpoint=fast --write-recovery-conf
  mv "$PGDATA.new" "$PGDATA"
fi
exec docker-entrypoint.sh "$@"
