//! Words, assignments and redirections of simple commands.

use expect_test::expect;

use super::check;

#[test]
fn one_command_with_its_words() {
    check(
        "RUN apt-get install -y curl",
        &expect![[r#"
        Command "apt-get install -y curl"
          + apt-get install -y curl
    "#]],
    );
}

#[test]
fn quotes_are_removed_where_the_value_is_certain() {
    check(
        r#"RUN echo 'a b' "c d" e\ f 'it'"'"'s' "" x"y"z \; "\$5""#,
        &expect![[r#"
        Command "echo 'a b' \"c d\" e\\ f 'it'\"'\"'s' \"\" x\"y\"z \\; \"\\$5\""
          + echo "a b" "c d" "e f" "it's" "" xyz ; $5
    "#]],
    );
}

#[test]
fn what_the_shell_expands_has_no_value() {
    check(
        r#"RUN echo $HOME "${X:-y}" *.js ~/x {a,b} {} a?c [ab] "$(date)" `id` "$" $1 "$@""#,
        &expect![[r#"
        Command "echo $HOME \"${X:-y}\" *.js ~/x {a,b} {} a?c [ab] \"$(date)\" `id` \"$\" $1 \"$@\""
          + echo <$HOME> <"${X:-y}"> <*.js> <~/x> <{a,b}> {} <a?c> <[ab]> $<"$(date)"> $<`id`> $ <$1> <"$@">
          - date
          - id
        variables: HOME at "$HOME", X at "${X:-y}"
    "#]],
    );
}

#[test]
fn a_redirection_belongs_to_the_last_command() {
    check(
        r#"RUN a && b > f 2>&1 || c | d >> "$LOG""#,
        &expect![[r#"
        Command "a"
          + a
        And Command "b > f 2>&1"
          + b [> f] [2>& 1]
        Or Pipeline "c | d >> \"$LOG\""
          + c
          + d [>> <"$LOG">]
        variables: LOG at "$LOG"
    "#]],
    );
}

#[test]
fn a_redirection_in_the_middle() {
    check(
        r#"RUN echo "//registry/:_authToken=${NPM_TOKEN}" > ~/.npmrc && npm ci"#,
        &expect![[r#"
        Command "echo \"//registry/:_authToken=${NPM_TOKEN}\" > ~/.npmrc"
          + echo <"//registry/:_authToken=${NPM_TOKEN}"> [> <~/.npmrc>]
        And Command "npm ci"
          + npm ci
        variables: NPM_TOKEN at "${NPM_TOKEN}"
    "#]],
    );
}

#[test]
fn words_after_a_redirection_are_arguments() {
    check(
        "RUN >out echo a >b c",
        &expect![[r#"
        Command ">out echo a >b c"
          + echo a c [> out] [> b]
    "#]],
    );
}

#[test]
fn assignments_before_and_alone() {
    check(
        r#"RUN A=1 B="$X" make && C=$(pwd) D= && export E=2 F && E=~/x"#,
        &expect![[r#"
        Command "A=1 B=\"$X\" make"
          + A=1 B=<"$X"> make
        And Command "C=$(pwd) D="
          + C=$<$(pwd)> D=""
          - pwd
        And Command "export E=2 F"
          + export E=2 F
        And Command "E=~/x"
          + E=<~/x>
        variables: X at "$X"
    "#]],
    );
}

#[test]
fn arithmetic_uses_variables() {
    check(
        "RUN echo $((N + 1)) $(($M*2))",
        &expect![[r#"
        Command "echo $((N + 1)) $(($M*2))"
          + echo <$((N + 1))> <$(($M*2))>
        variables: N at "N", M at "$M"
    "#]],
    );
}

#[test]
fn a_here_string() {
    check(
        r#"RUN cat <<< "$X" > y"#,
        &expect![[r#"
            Command "cat <<< \"$X\" > y"
              + cat [<<< <"$X">] [> y]
            variables: X at "$X"
        "#]],
    );
}

#[test]
fn export_of_a_substitution() {
    check(
        r#"RUN export V="$(git rev-parse HEAD)" && unset X"#,
        &expect![[r#"
        Command "export V=\"$(git rev-parse HEAD)\""
          + export $<V="$(git rev-parse HEAD)">
          - git rev-parse HEAD
        And Command "unset X"
          + unset X
    "#]],
    );
}

#[test]
fn a_comment_ends_the_script() {
    check(
        "RUN a # b && c",
        &expect![[r#"
        Command "a"
          + a
    "#]],
    );
}

#[test]
fn power_shell_is_read_as_far_as_it_goes() {
    check(
        "RUN Invoke-WebRequest -Uri 'https://x' -OutFile y.zip; Remove-Item y.zip -Force",
        &expect![[r#"
        Command "Invoke-WebRequest -Uri 'https://x' -OutFile y.zip"
          + Invoke-WebRequest -Uri https://x -OutFile y.zip
        Then Command "Remove-Item y.zip -Force"
          + Remove-Item y.zip -Force
    "#]],
    );
}

#[test]
fn find_with_braces() {
    check(
        r"RUN find / -name '*.pyc' -exec rm -f {} + -o -type d \( -name test \) -delete",
        &expect![[r#"
        Command "find / -name '*.pyc' -exec rm -f {} + -o -type d \\( -name test \\) -delete"
          + find / -name *.pyc -exec rm -f {} + -o -type d ( -name test ) -delete
    "#]],
    );
}

#[test]
fn mount_like_text_is_a_word() {
    check(
        "RUN echo --mount=x a=b -Dk=v key='v w'",
        &expect![[r#"
        Command "echo --mount=x a=b -Dk=v key='v w'"
          + echo --mount=x a=b -Dk=v "key=v w"
    "#]],
    );
}
