# The image: one executable, on a base that has neither shell nor package manager. docs/docker.md says how to use it.

FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json bun.lock tsconfig.json LICENSE ./
COPY build build
COPY src src
# The platform of the image; the build runs on its own, and compiles for the other.
ARG TARGETARCH
# For --version: the context has no repository. --build-arg COMMIT=$(git rev-parse --short=7 HEAD)
ARG COMMIT
RUN ARGUS_COMMIT="$COMMIT" npx -y bun@1.4.5 build/compile.ts --target "linux-$(echo "$TARGETARCH" | sed s/amd64/x64/)" --out dist/image \
  && mv dist/image/argus-mcp-* dist/image/argus-mcp \
  && mkdir dist/state

FROM gcr.io/distroless/base-nossl-debian12:nonroot
COPY --from=build /src/dist/image/LICENSE /src/dist/image/THIRD-PARTY-LICENSES /usr/share/doc/argus-mcp/
COPY --from=build /src/dist/image/argus-mcp /usr/local/bin/argus-mcp
# A new volume gets its owner from here.
COPY --from=build --chown=65532:65532 /src/dist/state /var/lib/argus-mcp
ENV HOME=/var/lib/argus-mcp \
  ARGUS_CONFIG=/etc/argus-mcp/config.yaml \
  ARGUS_LOG_DIR=/var/lib/argus-mcp/logs \
  ARGUS_SECRETS_FILE=/var/lib/argus-mcp/secrets.enc
WORKDIR /var/lib/argus-mcp
VOLUME /var/lib/argus-mcp
USER 65532:65532
EXPOSE 9000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/argus-mcp", "health"]
ENTRYPOINT ["/usr/local/bin/argus-mcp"]
CMD ["server", "--host", "0.0.0.0"]
