# Stand-ins for python:3.11-slim-bookworm and python:3.11-bookworm, made where the real ones cannot be pulled: Debian's Python, with
# its programs in /usr/local/bin and its packages in /usr/local/lib/python3.11/site-packages, where the official images have them.

FROM debian:bookworm-slim AS slim
# These let pip trust what the machine trusts; empty effect where it adds no certificates of its own.
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt PYTHON_VERSION=3.11
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /usr/local \
    && python --version && pip --version
CMD ["python3"]

# The full image carries what packages without wheels need to compile, as the real one does (which has more yet).
FROM slim AS full
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        curl g++ gcc git libc6-dev libffi-dev libpq-dev libssl-dev make patch pkg-config procps python3-dev wget zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
