//! WORKDIR, USER, EXPOSE, VOLUME, STOPSIGNAL, SHELL, HEALTHCHECK.

use expect_test::expect;

use super::{check, check_nothing};

#[test]
fn workdir_is_resolved() {
    check(
        "FROM a\nWORKDIR /app\nWORKDIR sr$0c/../lib\n",
        expect![[r#"
            [src/../lib]
            The working directory is **`/app/lib`**

            `src/../lib` below `/app`, the one before.

            Made, as root's, where it does not exist. Steps below and containers start in it.
        "#]],
    );
    check(
        "FROM a\nWORKDIR li$0b\n",
        expect![[r#"
            [lib]
            The working directory is `lib` in the base image's working directory

            Made, as root's, where it does not exist. Steps below and containers start in it.
        "#]],
    );
    check_nothing("FROM a\nWORKDIR $0\n");
}

#[test]
fn users_have_their_number_where_the_file_says_it() {
    check(
        "FROM a\nRUN adduser -D -u 1001 app\nUSER a$0pp\n",
        expect![[r#"
        [app]
        User **`app`**

        Made in line 2, with the number 1001.

        Steps below and containers run as it. COPY and ADD make files root's all the same, without `--chown`.
    "#]],
    );
    check(
        "FROM a\nUSER 1000:10$000\n",
        expect![[r#"
        [1000:1000]
        User number **`1000`**, group `1000`

        Need not exist in the image; it may have no name and no home.

        Steps below and containers run as it. COPY and ADD make files root's all the same, without `--chown`.
    "#]],
    );
    check(
        "FROM a\nUSER ro$0ot\n",
        expect![[r#"
        [root]
        User **`root`**

        May do everything in the container.

        Steps below and containers run as it. COPY and ADD make files root's all the same, without `--chown`.
    "#]],
    );
    check(
        "FROM a\nUSER no$0de\n",
        expect![[r#"
        [node]
        User **`node`**

        Must exist in the image: its number is looked up in `/etc/passwd`.

        Steps below and containers run as it. COPY and ADD make files root's all the same, without `--chown`.
    "#]],
    );
}

#[test]
fn ports_are_read() {
    check(
        "FROM a\nEXPOSE 80 44$03/TCP\n",
        expect![[r#"
        [443/TCP]
        Port **`443`**, TCP: HTTPS

        Says that the program listens there; it opens nothing. `docker run -p 443:443` does.
    "#]],
    );
    check(
        "FROM a\nEXPOSE 53/u$0dp\n",
        expect![[r#"
        [53/udp]
        Port **`53`**, UDP: DNS

        Says that the program listens there; it opens nothing. `docker run -p 53:53/udp` does.
    "#]],
    );
    check(
        "FROM a\nEXPOSE 7000-70$010\n",
        expect![[r#"
        [7000-7010]
        Ports **`7000-7010`**, TCP

        Says that the program listens there; it opens nothing. `docker run -p 7000-7010:7000-7010` does.
    "#]],
    );
    check_nothing("FROM a\nEXPOSE ht$0tp\n");
    check_nothing("FROM a\nEXPOSE 80/h$0ttp\n");
}

#[test]
fn volumes_signals_and_shells() {
    check(
        "FROM a\nVOLUME [\"/da$0ta\"]\n",
        expect![[r#"
        ["/data"]
        A volume at **`/data`**

        Each container gets an unnamed one of its own unless `docker run -v` gives it another.
    "#]],
    );
    check(
        "FROM a\nSTOPSIGNAL SIGQU$0IT\n",
        expect![[r#"
        [SIGQUIT]
        **`SIGQUIT`**: ends a program in good order: nginx and PHP-FPM finish their requests first.

        `docker stop` sends it to process 1, waits 10 s, and then kills what is left.
    "#]],
    );
    check(
        "FROM a\nSTOPSIGNAL 9$0\n",
        expect![[r#"
        [9]
        **`SIGKILL`**: ends a program at once; it cannot tidy up.

        `docker stop` sends it to process 1, waits 10 s, and then kills what is left.
    "#]],
    );
    check_nothing("FROM a\nSTOPSIGNAL SIGNON$0SENSE\n");
    check(
        "FROM a\nSHELL [\"/bin/ba$0sh\", \"-o\", \"pipefail\", \"-c\"]\n",
        expect![[r#"
        ["/bin/bash", "-o", "pipefail", "-c"]
        **`/bin/bash -o pipefail -c`** …

        Runs the shell forms below: of RUN, CMD, ENTRYPOINT and HEALTHCHECK.

        `pipefail`: a pipe fails when any of its commands does.
    "#]],
    );
}

#[test]
fn a_healthcheck_reads_well() {
    check(
        "FROM a\nHEALTHCHECK --interval=1m30s --retries=5 CMD curl -f http://localhost/ || ex$0it 1\n",
        expect![[r#"
            [CMD curl -f http://localhost/ || exit 1]
            Containers are checked every 1 minute 30 seconds

            - With `curl -f http://localhost/ || exit 1`
            - A check that takes longer than 30 seconds has failed
            - Unhealthy after 5 failures in a row
        "#]],
    );
    check(
        "FROM a\nHEALTHCHECK --inter$0val=1m30s CMD x\n",
        expect![[r#"
            [--interval]
            **`--interval=duration`**: the time between two checks.

            The first check comes one interval after the start, and each next one an interval after the last has ended.

            Without it: `30s`.

            [Dockerfile reference](https://docs.docker.com/reference/dockerfile/#healthcheck)
        "#]],
    );
    check(
        "FROM a\nHEALTHCHECK --interval=1m$030s CMD x\n",
        expect![[r#"
        [1m30s]
        **`--interval`**: 1 minute 30 seconds

        The time between two checks.
    "#]],
    );
    check(
        "FROM a\nHEALTHCHECK --retries=$05 CMD [\"x\", \"y\"]\n",
        expect![[r#"
        [5]
        **`--retries`**: 5 times in a row

        How many failures in a row make the container unhealthy.
    "#]],
    );
    check(
        "FROM a\nHEALTHCHECK --start-period=5s C$0MD [\"x\", \"y\"]\n",
        expect![[r#"
        [CMD]
        Containers are checked every 30 seconds

        - With `x y`
        - A check that takes longer than 30 seconds has failed
        - Unhealthy after 3 failures in a row
        - Failures in the first 5 seconds do not count
    "#]],
    );
    for (time, said) in
        [("90s", "first 1 minute 30 seconds"), ("60s", "first minute"), ("1s", "first second")]
    {
        let text = format!("FROM a\nHEALTHCHECK --start-period={time} C$0MD x\n");
        assert!(
            super::hover(&text, super::Outside::new())
                .contains(&format!("Failures in the {said} do not count")),
            "{time}"
        );
    }
    check(
        "FROM a\nHEALTHCHECK NO$0NE\n",
        expect![[r#"
        [NONE]
        **`NONE`**: no check, not even the base image's
    "#]],
    );
    check_nothing("FROM a\nHEALTHCHECK $0\n");
    check_nothing("FROM a\nHEALTHCHECK --interval=so$0on CMD x\n");
}
