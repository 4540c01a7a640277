# Base images of the tests, a toolchain each, with all that its tests need: they build without a network.

FROM debian:bookworm-slim AS clang
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang libc6-dev \
    && rm -rf /var/lib/apt/lists/* \
    && clang --version

# What is in /srv/node_modules is found from any folder below.
FROM node:22-slim AS web
WORKDIR /srv
RUN npm install --no-audit --no-fund typescript@7.0.2 jest@30.5.2 vitest@5.1.1 && rm -rf /root/.npm
ENV PATH=/srv/node_modules/.bin:$PATH
RUN tsc --version && jest --version && vitest --version

FROM python:3.11-slim-bookworm AS pytest
RUN pip install --no-cache-dir pytest==9.2.0 && pytest --version

# Debian's Maven, which has Debian's libraries for its repository and asks nobody else.
FROM debian:bookworm-slim AS java
# Debian's Java links its manual, and fails where the folder of manuals is missing.
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends maven openjdk-17-jdk-headless \
        libmaven-compiler-plugin-java libmaven-resources-plugin-java libsurefire-java junit4 \
    && rm -rf /var/lib/apt/lists/*
COPY maven-settings.xml /root/.m2/settings.xml
RUN javac -version && mvn --version
