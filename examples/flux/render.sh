#!/bin/sh
# Renders the cluster into the directory that Flux applies. In CI; a failed render writes nothing.
set -eu
cd "$(dirname "$0")"
nested-config build cluster --output rendered/nested-k8s.yaml
