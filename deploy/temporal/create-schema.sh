#!/bin/sh
# Creates Temporal's two databases, or brings them to the version of the tools. May run again at any time.
set -eu
for name in temporal temporal_visibility; do
  case "$name" in
    temporal) versions=temporal ;;
    *) versions=visibility ;;
  esac
  sql() { temporal-sql-tool --plugin postgres12 --ep temporal-db -p 5432 -u temporal --db "$name" "$@"; }
  sql create
  # Fails where there is a schema already, which then is only updated.
  sql setup-schema -v 0.0 || true
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/$versions/versioned"
done
