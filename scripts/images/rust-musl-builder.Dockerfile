# rust-musl-builder: Rust whose default target is x86_64-unknown-linux-musl, so that programs come out static.
#
# Debian has musl and Rust, but no Rust standard library for musl. It is compiled here from Debian's sources
# of it, and laid where rustc expects the target's files.

FROM debian:trixie-slim AS rust
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates cargo rustc gcc libc6-dev make musl-dev musl-tools sudo \
    && rm -rf /var/lib/apt/lists/*

FROM rust AS standard-library
RUN apt-get update && apt-get install -y --no-install-recommends rust-src libunwind-19-dev
ENV TARGET=x86_64-unknown-linux-musl
ENV RUSTLIB=/usr/lib/rustlib/$TARGET/lib
# The start-up objects and C library that rustc links into a program for this target. libunwind was compiled
# against glibc; the two checked printf functions are all that musl lacks of what it calls.
WORKDIR /tmp/self-contained
COPY musl-fortify.c .
RUN mkdir -p $RUSTLIB/self-contained \
    && cp /usr/lib/x86_64-linux-musl/*crt?.o /usr/lib/x86_64-linux-musl/crt[in].o /usr/lib/x86_64-linux-musl/libc.a $RUSTLIB/self-contained \
    && cp "$(dirname "$(gcc -print-libgcc-file-name)")"/crt*.o $RUSTLIB/self-contained \
    && cp /usr/lib/llvm-19/lib/libunwind.a $RUSTLIB/self-contained \
    && musl-gcc -O2 -c musl-fortify.c \
    && ar r $RUSTLIB/self-contained/libunwind.a musl-fortify.o
# RUSTC_BOOTSTRAP lets a stable cargo build its own standard library.
WORKDIR /tmp/hello
RUN cargo init --quiet --name hello . \
    && RUSTC_BOOTSTRAP=1 cargo build --quiet --release -Z build-std=std,panic_abort,test,proc_macro --target $TARGET \
    && cp target/$TARGET/release/deps/*.rlib $RUSTLIB

FROM rust
COPY --from=standard-library /usr/lib/rustlib/x86_64-unknown-linux-musl /usr/lib/rustlib/x86_64-unknown-linux-musl
RUN useradd --create-home --shell /bin/bash rust \
    && echo 'rust ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/rust
USER rust
RUN mkdir -p /home/rust/.cargo /home/rust/src \
    && printf '[build]\ntarget = "x86_64-unknown-linux-musl"\n' > /home/rust/.cargo/config.toml
WORKDIR /home/rust/src
CMD ["bash"]
