# shellcheck shell=bash
# Debian base images made from packages, for machines that cannot pull them. To be sourced after debian.sh.

# import_debian DOCKER SUITE TAG…: the suite's minimal system as an image under all these names.
import_debian() {
    local docker=$1 suite=$2 archive tag
    shift 2
    archive=$(cache_dir)/images/$suite.tar
    once "$archive.ready" bootstrap_archive "$suite" "$archive"
    "$docker" import \
        --change 'CMD ["bash"]' \
        --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        "$archive" "$1" > /dev/null
    for tag in "${@:2}"; do
        "$docker" tag "$1" "$tag"
    done
}

bootstrap_archive() (
    suite=$1 archive=$2
    install_missing debootstrap=debootstrap
    root=$(mktemp -d)
    trap 'discard_root "$root"' EXIT
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$(debian_mirror)" > "$archive.log" \
        || fail "debootstrap failed: $(tail -n 1 "$archive.log")"
    trust_machine_certificates "$root"
    # What Debian's own slim images leave out as well: documentation, and what apt can fetch again.
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/* \
        "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/*
    tar -C "$root" --one-file-system --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' -cf "$archive" .
)

# debootstrap may leave these two mounted when it is interrupted.
discard_root() {
    umount "$1/proc" "$1/sys" 2> /dev/null || true
    rm -rf --one-file-system "$1"
}

# On a machine behind a proxy that re-signs TLS, RUN steps reach a registry only when they trust what the
# machine trusts. The certificates that Debian lacks are copied one by one, not the bundle, which a later
# `update-ca-certificates` would write anew.
trust_machine_certificates() {
    local root=$1 machine=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
    [ -f "$machine" ] || return 0
    chroot "$root" update-ca-certificates > /dev/null 2>&1
    awk -v folder="$root/usr/local/share/ca-certificates" '
        /-----BEGIN CERTIFICATE-----/ { certificate = "" }
        { certificate = certificate $0 "\n" }
        /-----END CERTIFICATE-----/ {
            if (FNR == NR) known[certificate] = 1
            else if (!(certificate in known)) printf "%s", certificate > (folder "/machine-" ++count ".crt")
        }' "$root/etc/ssl/certs/ca-certificates.crt" "$machine"
    chroot "$root" update-ca-certificates > /dev/null 2>&1
}
