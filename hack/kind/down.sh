#!/usr/bin/env bash
# Removes the cluster that up.sh made, and nothing else.
set -euo pipefail
kind delete cluster --name apptraffic
