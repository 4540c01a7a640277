//! Which package has at run time what a `-dev` package is compiled against.
//!
//! Names are those of Debian's and Alpine's package lists. A library whose package is not known here is unknown, never guessed.

use super::distribution::Distribution;
use super::effect;

/// Packages of Debian: what is compiled against, and what has its libraries in bullseye, bookworm and trixie, with a blank between
/// several. Which of them a program links is not known, so all of them come along.
const DEBIAN: [(&str, [&str; 3]); 52] = [
    ("default-libmysqlclient-dev", ["libmariadb3"; 3]),
    ("libbz2-dev", ["libbz2-1.0"; 3]),
    ("libc6-dev", [""; 3]),
    ("libcairo2-dev", ["libcairo2 libcairo-gobject2 libcairo-script-interpreter2"; 3]),
    ("libcurl4-openssl-dev", ["libcurl4", "libcurl4", "libcurl4t64"]),
    (
        "libevent-dev",
        [
            "libevent-2.1-7 libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 libevent-pthreads-2.1-7",
            "libevent-2.1-7 libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 libevent-pthreads-2.1-7",
            "libevent-2.1-7t64 libevent-core-2.1-7t64 libevent-extra-2.1-7t64 libevent-openssl-2.1-7t64 libevent-pthreads-2.1-7t64",
        ],
    ),
    ("libexpat1-dev", ["libexpat1"; 3]),
    ("libffi-dev", ["libffi7", "libffi8", "libffi8"]),
    ("libfreetype-dev", ["libfreetype6"; 3]),
    ("libfreetype6-dev", ["libfreetype6"; 3]),
    ("libgeos-dev", ["libgeos-c1v5", "libgeos-c1v5", "libgeos-c1t64"]),
    ("libgmp-dev", ["libgmp10 libgmpxx4ldbl"; 3]),
    ("libicu-dev", ["libicu67", "libicu72", "libicu76"]),
    ("libjpeg-dev", ["libjpeg62-turbo"; 3]),
    ("libjpeg62-turbo-dev", ["libjpeg62-turbo"; 3]),
    (
        "libkrb5-dev",
        ["libgssapi-krb5-2 libgssrpc4", "libgssapi-krb5-2 libgssrpc4", "libgssapi-krb5-2 libgssrpc4t64"],
    ),
    ("libldap-dev", ["libldap-2.4-2", "libldap-2.5-0", "libldap2"]),
    ("libldap2-dev", ["libldap-2.4-2", "libldap-2.5-0", "libldap2"]),
    ("liblzma-dev", ["liblzma5"; 3]),
    ("libmagic-dev", ["libmagic1", "libmagic1", "libmagic1t64"]),
    ("libmariadb-dev", ["libmariadb3"; 3]),
    ("libmariadb-dev-compat", ["libmariadb3"; 3]),
    (
        "libmemcached-dev",
        [
            "libmemcached11 libmemcachedutil2",
            "libmemcached11 libmemcachedutil2",
            "libmemcached11t64 libmemcachedutil2t64",
        ],
    ),
    ("libncurses-dev", ["libncurses6 libncursesw6"; 3]),
    ("libncurses5-dev", ["libncurses6 libncursesw6"; 3]),
    ("libpango1.0-dev", ["libpango-1.0-0 libpangocairo-1.0-0 libpangoft2-1.0-0 libpangoxft-1.0-0"; 3]),
    ("libpcap-dev", ["libpcap0.8", "libpcap0.8", "libpcap0.8t64"]),
    (
        "libpcre2-dev",
        [
            "libpcre2-8-0 libpcre2-16-0 libpcre2-32-0 libpcre2-posix2",
            "libpcre2-8-0 libpcre2-16-0 libpcre2-32-0 libpcre2-posix3",
            "libpcre2-8-0 libpcre2-16-0 libpcre2-32-0 libpcre2-posix3",
        ],
    ),
    ("libpcre3-dev", ["libpcre3 libpcre16-3 libpcre32-3 libpcrecpp0v5"; 3]),
    ("libpng-dev", ["libpng16-16", "libpng16-16", "libpng16-16t64"]),
    ("libpq-dev", ["libpq5"; 3]),
    ("libproj-dev", ["libproj19", "libproj25", "libproj25"]),
    ("librdkafka-dev", ["librdkafka1 librdkafka++1"; 3]),
    ("libreadline-dev", ["libreadline8", "libreadline8", "libreadline8t64"]),
    ("libsasl2-dev", ["libsasl2-2"; 3]),
    ("libsodium-dev", ["libsodium23"; 3]),
    ("libsqlite3-dev", ["libsqlite3-0"; 3]),
    ("libssl-dev", ["libssl1.1", "libssl3", "libssl3t64"]),
    ("libtiff-dev", ["libtiff5 libtiffxx5", "libtiff6 libtiffxx6", "libtiff6 libtiffxx6"]),
    ("libuv1-dev", ["libuv1", "libuv1", "libuv1t64"]),
    ("libvips-dev", ["libvips42", "libvips42", "libvips42t64"]),
    (
        "libwebp-dev",
        [
            "libwebp6 libwebpdemux2 libwebpmux3",
            "libwebp7 libwebpdemux2 libwebpmux3",
            "libwebp7 libwebpdecoder3 libwebpdemux2 libwebpmux3",
        ],
    ),
    ("libxml2-dev", ["libxml2"; 3]),
    ("libxslt-dev", ["libxslt1.1"; 3]),
    ("libxslt1-dev", ["libxslt1.1"; 3]),
    ("libyaml-dev", ["libyaml-0-2"; 3]),
    ("libzmq3-dev", ["libzmq5"; 3]),
    ("linux-libc-dev", [""; 3]),
    ("musl-dev", [""; 3]),
    ("python3-dev", [""; 3]),
    ("unixodbc-dev", ["unixodbc"; 3]),
    ("zlib1g-dev", ["zlib1g"; 3]),
];

/// Packages of Alpine, the same way. What was split in some version (`libwebp`, `vips`) is not among them.
const ALPINE: [(&str, &str); 42] = [
    ("bzip2-dev", "libbz2"),
    ("cairo-dev", "cairo cairo-gobject"),
    ("curl-dev", "libcurl"),
    ("cyrus-sasl-dev", "libsasl"),
    ("expat-dev", "expat"),
    ("file-dev", "libmagic"),
    ("freetype-dev", "freetype"),
    ("geos-dev", "geos"),
    ("gmp-dev", "gmp libgmpxx"),
    ("icu-dev", "icu-libs"),
    ("jpeg-dev", "libjpeg-turbo"),
    ("krb5-dev", "krb5-libs"),
    ("libc-dev", ""),
    ("libevent-dev", "libevent"),
    ("libffi-dev", "libffi"),
    ("libjpeg-turbo-dev", "libjpeg-turbo"),
    ("libpcap-dev", "libpcap"),
    ("libpng-dev", "libpng"),
    ("libpq-dev", "libpq"),
    ("librdkafka-dev", "librdkafka"),
    ("libsodium-dev", "libsodium"),
    ("libxml2-dev", "libxml2"),
    ("libxslt-dev", "libxslt"),
    ("mariadb-connector-c-dev", "mariadb-connector-c"),
    ("mariadb-dev", "mariadb-connector-c"),
    ("musl-dev", ""),
    ("ncurses-dev", "ncurses-libs"),
    ("openldap-dev", "libldap"),
    ("openssl-dev", "openssl"),
    ("pango-dev", "pango"),
    ("pcre-dev", "pcre"),
    ("pcre2-dev", "pcre2 libpcre2-16 libpcre2-32"),
    ("postgresql-dev", "libpq"),
    ("proj-dev", "proj"),
    ("python3-dev", ""),
    ("readline-dev", "readline"),
    ("sqlite-dev", "sqlite-libs"),
    ("tiff-dev", "tiff"),
    ("unixodbc-dev", "unixodbc"),
    ("yaml-dev", "yaml"),
    ("zeromq-dev", "libzmq"),
    ("zlib-dev", "zlib"),
];

/// Whether a package holds headers and what links against a library.
pub(super) fn is_development(package: &str) -> bool {
    let bare = effect::bare(package);
    bare.ends_with("-dev") || bare.ends_with("-devel") || bare.ends_with("-dev-compat")
}

/// The packages with the libraries themselves, with a blank between several: empty where there is none to need; absent where they are
/// not known.
pub(super) fn at_run_time(package: &str, distribution: Option<&Distribution>) -> Option<&'static str> {
    let bare = effect::bare(package);
    match distribution? {
        Distribution::Alpine(_) => find(&ALPINE, bare).copied(),
        Distribution::Debian { release, .. } => {
            let packages = find(&DEBIAN, bare)?;
            match release.as_str() {
                "bullseye" => Some(packages[0]),
                "bookworm" => Some(packages[1]),
                "trixie" => Some(packages[2]),
                // Of another release only what never changed its name.
                _ => (packages[0] == packages[1] && packages[1] == packages[2]).then_some(packages[0]),
            }
        }
        Distribution::Own(_) => {
            let packages = find(&DEBIAN, bare)?;
            (packages[0] == packages[1] && packages[1] == packages[2]).then_some(packages[0])
        }
    }
}

fn find<'a, T>(list: &'a [(&str, T)], name: &str) -> Option<&'a T> {
    list.iter().find(|(package, _)| *package == name).map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(package: &str, distribution: &Distribution) -> Option<&'static str> {
        at_run_time(package, Some(distribution))
    }

    #[test]
    fn a_library_is_named_by_the_release() {
        let debian = |release: &str| Distribution::Debian { release: release.to_owned(), is_named: true };
        let alpine = Distribution::Alpine(None);
        assert_eq!(check("libssl-dev", &debian("bookworm")), Some("libssl3"));
        assert_eq!(check("libssl-dev", &debian("trixie")), Some("libssl3t64"));
        assert_eq!(check("libssl-dev", &debian("stable")), None);
        assert_eq!(check("libpq-dev=15.6-0", &debian("stable")), Some("libpq5"));
        assert_eq!(check("libpq-dev", &Distribution::Own("ubuntu:22.04".to_owned())), Some("libpq5"));
        assert_eq!(check("sqlite-dev~3.44", &alpine), Some("sqlite-libs"));
        assert_eq!(check("libncurses-dev", &debian("stable")), Some("libncurses6 libncursesw6"));
        assert_eq!(check("libboost-all-dev", &debian("bookworm")), None);
        assert_eq!(at_run_time("libpq-dev", None), None);
        assert!(is_development("libpq-dev=1") && !is_development("libpq5"));
    }
}
