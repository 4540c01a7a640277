//! What is said of each cache that stays.

use rewrites::clean_package_index::Cache;

/// What is wrong and what to do.
pub(super) const fn message(cache: Cache) -> &'static str {
    match cache {
        Cache::Apt => {
            "apt's package lists, about 20 MB, stay in this layer. End the RUN with `rm -rf /var/lib/apt/lists/*`, or mount a cache there."
        }
        Cache::Apk => "apk's index stays in this layer. Add `--no-cache`.",
        Cache::ApkIndex => {
            "apk's index stays in this layer. Leave `apk update` out: `apk add --no-cache` fetches the index itself."
        }
        Cache::Dnf => {
            "dnf's metadata and packages stay in this layer. End the RUN with `dnf clean all`, or mount a cache on /var/cache/dnf."
        }
        Cache::Microdnf => {
            "microdnf's metadata and packages stay in this layer. End the RUN with `microdnf clean all`, or mount a cache on /var/cache/dnf."
        }
        Cache::Yum => {
            "yum's metadata and packages stay in this layer. End the RUN with `yum clean all`, or mount a cache on /var/cache/yum."
        }
        Cache::Zypper => {
            "zypper's metadata and packages stay in this layer. End the RUN with `zypper clean --all`, or mount a cache on /var/cache/zypp."
        }
        Cache::Pip => {
            "pip's download cache stays in this layer. Add `--no-cache-dir`, or mount a cache on /root/.cache/pip."
        }
        Cache::Npm => {
            "npm's download cache stays in this layer. End the RUN with `npm cache clean --force`, or mount a cache on /root/.npm."
        }
        Cache::Yarn => {
            "Yarn's download cache stays in this layer. End the RUN with `yarn cache clean`, or mount a cache on its folder."
        }
        Cache::Conda => {
            "conda's archives and unpacked packages stay in this layer beside what they were installed as. End the RUN with `conda clean -afy`, or mount a cache on its `pkgs`."
        }
        Cache::Micromamba => {
            "micromamba's archives and unpacked packages stay in this layer beside what they were installed as. End the RUN with `micromamba clean -afy`, or mount a cache on its `pkgs`."
        }
    }
}

/// The peers' codes that report it.
pub(super) const fn aliases(cache: Cache) -> &'static [&'static str] {
    match cache {
        Cache::Apt => &["DL3009"],
        Cache::Apk => &["DL3019", "DS-0025"],
        Cache::Dnf => &["DL3040", "DS-0019"],
        Cache::Microdnf => &["DL3040", "DS-0027"],
        Cache::Yum => &["DL3032", "DS-0015"],
        Cache::Zypper => &["DL3036", "DS-0020"],
        Cache::Pip => &["DL3042"],
        Cache::Yarn => &["DL3060"],
        Cache::ApkIndex | Cache::Npm | Cache::Conda | Cache::Micromamba => &[],
    }
}
