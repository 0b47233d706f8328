#!/bin/sh
# Renders the cluster into the directory that the Application names; for CI, which commits the result (see README.md).
set -eu
cd "$(dirname "$0")/.."
nested-config build cluster --output rendered/manifests/nested-k8s.yaml
