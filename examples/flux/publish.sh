#!/bin/sh
# Renders, and pushes what was rendered as an OCI artifact: publish.sh oci://ghcr.io/ORG/manifests/nested-k8s. In CI, with flux on PATH and the
# registry logged in.
set -eu
artifact=$1
cd "$(dirname "$0")"
./render.sh
revision=$(git rev-parse HEAD)
flux push artifact "$artifact:$revision" --path=rendered --source="$(git config --get remote.origin.url)" \
  --revision="$(git branch --show-current)@sha1:$revision"
flux tag artifact "$artifact:$revision" --tag main
