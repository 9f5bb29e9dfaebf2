#!/usr/bin/env bash
# Makes a kind cluster with the operator in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in docker kind kubectl; do
  command -v "$tool" >/dev/null || { echo "up.sh: $tool is not installed; see hack/kind/README.md" >&2; exit 2; }
done
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
image="ghcr.io/apptraffic/apptraffic:$version"
kind get clusters | grep -qx apptraffic || kind create cluster --name apptraffic --config hack/kind/cluster.yaml
docker build -t "$image" .
kind load docker-image "$image" --name apptraffic
kubectl --context kind-apptraffic apply --server-side -k config/default
kubectl --context kind-apptraffic -n apptraffic-system rollout status deployment/apptraffic-controller --timeout=120s
echo "Now: kubectl --context kind-apptraffic apply -f config/samples/grafana/apptraffic.yaml"
