# The base image. For a build that can be repeated, name it with its digest (docs/operations/container.md):
#   docker build --build-arg NODE_IMAGE=node:24-slim@sha256:… .
ARG NODE_IMAGE=node:24-slim

# What the gateway needs at run time: installed apart, so that it changes only when the lock file does.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm run --silent sbom > sbom.cdx.json

# dist/: the compiled gateway, its schema and GraphiQL's page. No package needs its install script for this.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build && mkdir state

# NODE_ENV=production: without VDAB_URL the start is refused (VDAB_URL=simulator asks for the simulator by name).
FROM ${NODE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="vdab-gateway"
LABEL org.opencontainers.image.description="A gateway in front of the APIs of VDAB: GraphQL and REST, batched and cached"
LABEL org.opencontainers.image.licenses="MIT"
LABEL org.opencontainers.image.version="${VERSION}"
LABEL org.opencontainers.image.revision="${REVISION}"
LABEL org.opencontainers.image.created="${CREATED}"
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/sbom.cdx.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# For AUDIT_FILE and FEED_CURSOR_FILE: an empty folder of the user's. A new named volume takes its owner from it.
COPY --from=build --chown=node:node /app/state /var/lib/vdab-gateway
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/cli.js"]
