#!/bin/sh
# Registers what Perijove needs in Temporal: the namespace and five search attributes. May run again at any time.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
set -eu
namespace="${TEMPORAL_NAMESPACE:-default}"
export TEMPORAL_NAMESPACE="$namespace"
temporal operator cluster health
temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 30d
# A new namespace takes some seconds until all parts of the cluster know it.
attempts=30
until known=$(temporal operator search-attribute list); do
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || exit 1
  sleep 2
done
for name in PerijoveAccount PerijoveSource PerijoveScope PerijoveStatus PerijoveInstance; do
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --name "$name" --type Keyword ;;
  esac
done
