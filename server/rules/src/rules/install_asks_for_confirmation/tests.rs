//! Each manager, what says yes, and the fix.

use expect_test::expect;

use crate::tests::{check, check_fix_of, check_only, no_findings};

const CODE: &str = "install-asks-for-confirmation";

#[test]
fn the_subcommand_is_pointed_at() {
    check(
        "
FROM debian:12-slim
RUN echo größe && \\
    apt-get -q install \\
#   ^^^^^^^^^^^^^^^^^^ install-asks-for-confirmation: `apt-get` asks where it has to change more than is named here, and nobody answers in a build: the step fails. Add `-y`.
      curl
",
    );
}

#[test]
fn each_manager_has_its_own_aliases() {
    for (command, aliases) in [
        ("apt-get install x", "DL3014 DS-0021"),
        ("sudo apt-get install -qf x", "DL3014 DS-0021"),
        ("apt-get upgrade", ""),
        ("apt-get purge x", ""),
        ("apt install x", ""),
        ("yum install x", "DL3030"),
        ("dnf install x", "DL3038"),
        ("zypper install x", "DL3034"),
        ("pacman -S x", ""),
        ("conda install numpy", ""),
        ("conda create -n x python", ""),
    ] {
        let found = check_only(CODE, &format!("FROM a:1\nRUN {command}\n"));
        assert_eq!(found.len(), 1, "{command}");
        assert_eq!(found[0].aliases.join(" "), aliases, "{command}");
    }
}

#[test]
fn the_flag_is_added() {
    check_fix_of(
        CODE,
        "
FROM debian:12
RUN apt-get update && apt-get -q install \\
      größe
RUN pacman -S x || true
",
        expect![[r#"
            Add `-y` (safe)
            FROM debian:12
            RUN apt-get update && apt-get -q install -y \
                  größe
            RUN pacman -S x || true
            Add `--noconfirm` (unsafe: that it is wanted: so far the RUN went on without it)
            FROM debian:12
            RUN apt-get update && apt-get -q install \
                  größe
            RUN pacman -S --noconfirm x || true
        "#]],
    );
}

#[test]
fn whatever_says_yes_is_fine() {
    for text in [
        "RUN apt-get install -y x",
        "RUN apt-get -y install x",
        "RUN apt-get install x -y",
        "RUN apt-get install -qqy x",
        "RUN apt-get install -yq --no-install-recommends x",
        "RUN apt-get -qq install x",
        "RUN apt-get install -q=2 x",
        "RUN apt-get install --assume-yes x",
        "RUN apt-get install --force-yes x",
        "RUN apt-get -o APT::Get::Assume-Yes=true install x",
        "RUN apt-get -s install x",
        "RUN apt-get install $APT_OPTIONS x",
        "RUN yes | apt-get install x",
        "RUN echo y | apt-get install x",
        "RUN apt-get install x <<< y",
        "RUN echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90\nRUN apt-get install x",
        "COPY apt.conf /etc/apt/apt.conf.d/90\nRUN apt-get install x",
        "RUN apt install ./x.deb",
        "RUN apt-get update",
        "RUN apt-get clean",
        "RUN apk add x",
        "RUN microdnf install x",
        "RUN dnf -y install x",
        "RUN dnf install --assumeyes x",
        "RUN yum clean all",
        "RUN zypper -n in x",
        "RUN zypper --non-interactive in x",
        "RUN pacman -S --noconfirm x",
        "RUN pacman -Syu --noconfirm",
        "RUN conda install -y x",
        "RUN conda env create -f x.yml",
        "ENV CONDA_ALWAYS_YES=true\nRUN conda install x",
        "RUN conda config --set always_yes yes && conda install x",
        "RUN echo apt-get install x",
        "SHELL [\"pwsh\"]\nRUN apt-get install x",
    ] {
        no_findings(CODE, &format!("FROM a:1\n{text}\n"));
    }
}

#[test]
fn broken_text_crlf_heredoc_and_another_escape() {
    for text in [
        "FROM a:1\r\nRUN apt-get \\\r\n  install größe\r\nRUN\r\n",
        "# escape=`\nFROM a:1\nRUN apt-get `\n  install x\n",
        "FROM a:1\nRUN <<EOF\napt-get install x\nEOF\n",
        "FROM a:1\nRUN [\"apt-get\", \"install\", \"x\"]\n",
    ] {
        assert_eq!(check_only(CODE, text).len(), 1, "{text}");
    }
    no_findings(CODE, "FROM a:1\nRUN apt-get\nRUN apt-get install -y '\n");
}
