# The KRM function as an image: `docker run -i` with a ResourceList on stdin, a container function of kustomize and kpt, a sidecar of Argo CD, an
# init container. Static, no shell, not root; the base knows the user nobody, as whom kustomize and kpt run functions.
# By digest, each of the whole index: the same bytes on every platform, whatever becomes of the tag. .ci/pins checks it before a release.
ARG GO_IMAGE=docker.io/library/golang:1.26@sha256:9d2f36f06329b2a141b9db99ffa32765cf695ee57b813ca29e245e8670bcbfff
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot@sha256:aef9602f8710ec12bde19d593fed1f76c708531bb7aba205110f1029786ead7b

FROM --platform=$BUILDPLATFORM ${GO_IMAGE} AS build
WORKDIR /src
# First what the dependencies depend on, so that they are fetched once.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev
# No path, no build ID and no revision in the binary: the same source gives the same bytes.
RUN CGO_ENABLED=0 GOTOOLCHAIN=local GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.version=$VERSION" -o /out/nested-config .

FROM ${BASE_IMAGE}
ARG VERSION=dev REVISION=unknown
LABEL org.opencontainers.image.title="nested-config" \
      org.opencontainers.image.description="Contrail nested mode from one NestedConfig: a KRM function" \
      org.opencontainers.image.source="https://github.com/nested-config/nested-config" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY LICENSE /licenses/nested-config
COPY --from=build /out/nested-config /usr/local/bin/nested-config
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/nested-config"]
