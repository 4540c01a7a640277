//! Flags and their values: what BuildKit refuses in them, and what it takes.

use expect_test::expect;

use super::{check, check_accepted};

#[test]
fn flags() {
    check(
        &[
            "COPY --form=x a b",
            "COPY --FROM=x a b",
            "COPY --checksum=x a b",
            "COPY --chown a b",
            "COPY --chown=a --chown=b a b",
            "COPY --link=yes a b",
            "COPY --link= a b",
            "USER --x a",
            "RUN --foo x",
            "RUN --mount",
            "RUN --network=foo x",
            "RUN --security=foo x",
            "RUN --device=a,b x",
            "RUN --device=a,required=x y",
            "FROM --platform scratch",
        ],
        &expect![[r#"
            "COPY --form=x a b"
              "--form": COPY has no flag --form: did you mean --from?
            "COPY --FROM=x a b"
              "--FROM": COPY has no flag --FROM: it takes --chown, --from, --chmod, --link, --exclude, --parents
            "COPY --checksum=x a b"
              "--checksum": COPY has no flag --checksum: it takes --chown, --from, --chmod, --link, --exclude, --parents
            "COPY --chown a b"
              "--chown": --chown needs a value: write --chown=…
            "COPY --chown=a --chown=b a b"
              "--chown=b": --chown may be given only once: remove this one or the one before
            "COPY --link=yes a b"
              "--link=yes": --link is either true or false: write --link alone to switch it on
            "COPY --link= a b"
              "--link=": --link is either true or false: write --link alone to switch it on
            "USER --x a"
              "--x": USER takes no flags: remove --x
            "RUN --foo x"
              "--foo": RUN has no flag --foo: it takes --mount, --network, --security, --device
            "RUN --mount"
              "--mount": --mount needs a value: write --mount=…
            "RUN --network=foo x"
              "foo": there is no network foo: use default, none or host
            "RUN --security=foo x"
              "foo": there is no security mode foo: use sandbox or insecure
            "RUN --device=a,b x"
              "a,b": b must be written as key=value
            "RUN --device=a,required=x y"
              "a,required=x": required is either true or false, not x
            "FROM --platform scratch"
              "--platform": --platform needs a value: write --platform=…
        "#]],
    );
    check_accepted(&[
        "COPY --chown= a b",
        "COPY --link=TRUE a b",
        "COPY --exclude=a --exclude=b a b",
        "COPY -- a b",
        "COPY --from=\"x y\" a b",
        "ARG --x a",
        "STOPSIGNAL --x 9",
        "HEALTHCHECK --foo NONE",
        "RUN -- --foo",
        "ADD --unpack --keep-git-dir=false a b",
        "COPY --parents a b",
        "RUN --security=insecure x",
        "RUN --device=vendor/x=y,required x",
    ]);
}

#[test]
fn health_check_flags() {
    check(
        &[
            "HEALTHCHECK --interval=30 CMD x",
            "HEALTHCHECK --timeout=1us CMD x",
            "HEALTHCHECK --start-period=-5s CMD x",
            "HEALTHCHECK --start-interval=$X CMD x",
            "HEALTHCHECK --retries=-1 CMD x",
            "HEALTHCHECK --retries=0x3 CMD x",
        ],
        &expect![[r#"
            "HEALTHCHECK --interval=30 CMD x"
              "30": --interval needs a duration such as 30s or 1m30s, not 30
            "HEALTHCHECK --timeout=1us CMD x"
              "1us": --timeout cannot be less than a millisecond: use 1ms or more, or 0 for the default
            "HEALTHCHECK --start-period=-5s CMD x"
              "-5s": --start-period cannot be less than a millisecond: use 1ms or more, or 0 for the default
            "HEALTHCHECK --start-interval=$X CMD x"
              "$X": --start-interval needs a duration such as 30s or 1m30s, not $X
            "HEALTHCHECK --retries=-1 CMD x"
              "-1": --retries cannot be negative: use 0 or more
            "HEALTHCHECK --retries=0x3 CMD x"
              "0x3": --retries needs a whole number, not 0x3
        "#]],
    );
    check_accepted(&["HEALTHCHECK --interval=0 --timeout=1h2m3.5s --retries=+3 --start-interval= CMD x"]);
}

#[test]
fn mounts() {
    check(
        &[
            "RUN --mount= x",
            "RUN --mount=type=foo x",
            "RUN --mount=type=cach,target=/x x",
            "RUN --mount=foo=bar x",
            "RUN --mount=target x",
            "RUN --mount=type=bind,target=/x,rw=maybe x",
            "RUN --mount=type=secret x",
            "RUN --mount=type=cache,required,target=/x x",
            "RUN --mount=type=tmpfs,size=foo,target=/x x",
            "RUN --mount=size=1g,type=tmpfs,target=/x x",
            "RUN --mount=type=cache,target=/x,sharing=lock x",
            "RUN --mount=type=bind,target=/x,sharing=locked x",
            "RUN --mount=type=cache,target=/x,mode=999 x",
            "RUN --mount=type=bind,target=/x,uid=1 x",
            "RUN --mount=type=cache,target=/x,from=$X x",
            "RUN --mount=type=cache,,target=/x x",
            "RUN --mount=type=secret,source=a,id=b x",
            "RUN --mount=type=secret,from=a,id=b x",
            "RUN --mount=type=cache,target=/ x",
            "RUN --mount='type=bind,ta\"rget=/a' x",
            "RUN --mount=type=cache,\\\n  target=/x x",
        ],
        &expect![[r#"
            "RUN --mount= x"
              "": the value is empty: write it as key=value, separated by commas
            "RUN --mount=type=foo x"
              "foo": there is no mount type foo: use one of bind, cache, tmpfs, secret, ssh
            "RUN --mount=type=cach,target=/x x"
              "cach": there is no mount type cach: did you mean cache?
            "RUN --mount=foo=bar x"
              "foo": a mount has no foo: use one of type, from, source, target, readonly, id, sharing, required, size, mode, uid, gid, src, dst, destination, ro, rw, readwrite, env
            "RUN --mount=target x"
              "target": target needs a value: write target=…
            "RUN --mount=type=bind,target=/x,rw=maybe x"
              "maybe": rw is either true or false, not maybe
            "RUN --mount=type=secret x"
              "type=secret": a secret mount needs an id: write id=… as given to --secret
            "RUN --mount=type=cache,required,target=/x x"
              "required": required is for secret or ssh mounts, not for cache: put the type before it, or remove it
            "RUN --mount=type=tmpfs,size=foo,target=/x x"
              "foo": size needs a number of bytes such as 64m or 1g, not foo
            "RUN --mount=size=1g,type=tmpfs,target=/x x"
              "size=1g": size is for tmpfs mounts, not for bind: put the type before it, or remove it
            "RUN --mount=type=cache,target=/x,sharing=lock x"
              "lock": a cache cannot be shared as lock: did you mean locked?
            "RUN --mount=type=bind,target=/x,sharing=locked x"
              "sharing=locked": sharing is for cache mounts, not for bind: remove it
            "RUN --mount=type=cache,target=/x,mode=999 x"
              "999": mode needs an octal number such as 0755, not 999
            "RUN --mount=type=bind,target=/x,uid=1 x"
              "uid=1": uid is for cache, secret and ssh mounts, not for bind: remove it
            "RUN --mount=type=cache,target=/x,from=$X x"
              "$X": a mount's from cannot hold a variable: name a stage FROM it, and use that stage's name
            "RUN --mount=type=cache,,target=/x x"
              "type=cache,,target=/x": a mount has an empty field: remove the comma, and the white space behind it where a line goes on
            "RUN --mount=type=secret,source=a,id=b x"
              "source=a": source and id both name the secret: keep id alone
            "RUN --mount=type=secret,from=a,id=b x"
              "from=a": a secret comes from the builder, not from a stage: remove from
            "RUN --mount=type=cache,target=/ x"
              "target=/": nothing can be mounted on /: name a directory below it
            "RUN --mount='type=bind,ta\"rget=/a' x"
              "'type=bind,ta\"rget=/a'": there is a quote inside a field: put the whole field in quotes, and double the quotes inside
            "RUN --mount=type=cache,\\\n  target=/x x"
              "type=cache,": a mount has an empty field: remove the comma, and the white space behind it where a line goes on
        "#]],
    );
    check_accepted(&[
        "RUN --mount=TYPE=Cache,Target=/x x",
        "RUN --mount=\"type=cache,target=/x\" x",
        "RUN --mount='type=bind,\"target=/a,b\"' x",
        "RUN --mount=type=secret,id=a,required,env=A x",
        "RUN --mount=type=ssh,mode=0600 x",
        "RUN --mount=type=cache,target=/x,id=$X x",
        "RUN --mount=type=cache,target=/x,from=$ x",
        "RUN --mount=type=tmpfs,target=/x,size=1.5GiB x",
        "RUN --mount=type=cache,target=/x,sharing=Locked,uid=1,gid=2,mode=0755 x",
        "RUN --mount=type=cache,\\\ntarget=/x x",
    ]);
}
