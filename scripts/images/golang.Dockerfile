# A stand-in for golang:1.19-bookworm, made where the real one cannot be pulled: Debian's Go, laid out as the official image has it.

FROM debian:bookworm-slim
ENV GOLANG_VERSION=1.19 GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl gcc git golang-1.19-go libc6-dev make openssh-client pkg-config procps wget \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/lib/go-1.19 /usr/local/go \
    && mkdir -p /go/src /go/bin && chmod -R 1777 /go \
    && go version
WORKDIR /go
