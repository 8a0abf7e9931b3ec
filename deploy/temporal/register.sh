#!/bin/sh
# Registers what Perijove needs in Temporal: the namespace and five search attributes. May run again at any time.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
set -eu
namespace="${TEMPORAL_NAMESPACE:-default}"
export TEMPORAL_NAMESPACE="$namespace"
temporal operator cluster health
temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$namespace" --retention 30d
known=$(temporal operator search-attribute list)
for name in PerijoveAccount PerijoveSource PerijoveScope PerijoveStatus PerijoveInstance; do
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --name "$name" --type Keyword ;;
  esac
done
