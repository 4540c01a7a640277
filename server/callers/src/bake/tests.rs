//! Bake files in, callers out.

use expect_test::{Expect, expect};

use super::*;
use crate::compose::tests::{Files, show, shown};

fn check(fixture: &str, expected: &Expect) {
    let files = Files::new(fixture);
    let known = |name: &&&str| fixture.contains(&format!("# file: {name}\n"));
    let paths: Vec<_> = FILES.iter().filter(known).map(|name| format!("/p/{name}")).collect();
    expected.assert_eq(&show(&read(&paths, &[], &files, &shown)));
}

#[test]
fn targets_inherit_and_groups_say_what_is_built() {
    check(
        "# file: docker-bake.hcl
group \"default\" { targets = [\"web\", \"worker\"] }
target \"_common\" {
  args = { TAG = \"22\", OLD = \"x\" }
  platforms = [\"linux/amd64\"]
}
target \"web\" {
  inherits = [\"_common\"]
  context = \"web\"
  target = \"dev\"
  args = { OLD = null, PORT = 80 }
  contexts = { lib = \"./lib\", base = \"target:worker\" }
  secret = [\"id=npm,src=.npmrc\", { type = \"env\", id = \"token\" }]
  ssh = [\"default\"]
}
target \"worker\" {
  dockerfile-inline = <<EOT
FROM x
RUN echo $${A}
EOT
}
",
        &expect![[r#"
            docker-bake.hcl:6 web
              context: /p/web
              dockerfile: /p/web/Dockerfile
              target: dev
              arg OLD: x
              arg PORT: 80
              arg TAG: 22
              context base: target:worker
              context lib: /p/lib
              secret npm: id=npm,src=/p/.npmrc
              secret token: id=token
              ssh: default
              platform: linux/amd64
            docker-bake.hcl:15 worker
              context: /p
              inline: FROM x
            RUN echo ${A}
        "#]],
    );
}

#[test]
fn variables_functions_and_matrices_are_evaluated() {
    check(
        "# file: docker-bake.hcl
variable \"TAG\" { default = \"20\" }
variable \"FAST\" { default = false }
variable \"N\" { default = 2 }
variable \"NAMES\" { default = [\"a\", \"b\"] }
function \"tag\" {
  params = [name]
  result = \"${upper(name)}-${TAG}\"
}
target \"app\" {
  name = \"app-${item.tgt}-${replace(v, \".\", \"-\")}\"
  matrix = { item = [{ tgt = \"x\" }, { tgt = \"y\" }], v = [\"1.0\"] }
  target = item.tgt
  args = {
    T = tag(item.tgt)
    F = FAST ? \"yes\" : \"no\"
    N = N * 2 + 1
    J = join(\",\", [for n in NAMES : \"${n}!\" if n != \"a\"])
    V = v
  }
}
# file: docker-bake.override.hcl
variable \"TAG\" { default = \"21\" }
# variable: FAST=1
",
        &expect![[r#"
            docker-bake.hcl:9 app-x-1-0
              context: /p
              dockerfile: /p/Dockerfile
              target: x
              arg F: yes
              arg J: b!
              arg N: 5
              arg T: X-21
              arg V: 1.0
            docker-bake.hcl:9 app-y-1-0
              context: /p
              dockerfile: /p/Dockerfile
              target: y
              arg F: yes
              arg J: b!
              arg N: 5
              arg T: Y-21
              arg V: 1.0
        "#]],
    );
}

#[test]
fn the_json_form_says_the_same() {
    check(
        r#"# file: docker-bake.json
{"variable": {"TAG": {"default": "22"}}, // comment
 "target": {"web": {"args": {"TAG": "v${TAG}", "N": 3}, "inherits": ["base"]}, "base": [{"target": "dev"}]}}
"#,
        &expect![[r#"
            docker-bake.json:2 web
              context: /p
              dockerfile: /p/Dockerfile
              target: dev
              arg N: 3
              arg TAG: v22
        "#]],
    );
}

#[test]
fn what_cannot_be_told_is_said() {
    check(
        "# file: docker-bake.hcl
variable \"A\" { default = B }
variable \"B\" { default = A }
target \"web\" {
  args = { A = A, T = timestamp(), M = missing, R = again(1), OK = \"1\", BIG = join(\",\", range(10000000)) }
}
function \"again\" {
  params = [n]
  result = again(n)
}
target \"lost\" { inherits = [\"nobody\"] }
target \"a\" { inherits = [\"b\"] }
target \"b\" { inherits = [\"a\"] }
group \"g\" { targets = [\"a\"] }
",
        &expect![[r#"
            docker-bake.hcl:3 web
              context: /p
              dockerfile: /p/Dockerfile
              arg A: ? (A is defined by itself)
              arg BIG: ? (it makes too large a list)
              arg M: ? (there is no variable missing)
              arg OK: 1
              arg R: ? (it takes too long to evaluate)
              arg T: ? (the function timestamp is not understood)
            docker-bake.hcl:10 lost
              context: ? (there is no target nobody to inherit)
              dockerfile: ? (there is no target nobody to inherit)
              incomplete: there is no target nobody to inherit
            docker-bake.hcl:11 a
              context: /p
              dockerfile: /p/Dockerfile
        "#]],
    );
    check(
        "# file: docker-bake.hcl\ntarget \"é\" {\r\n",
        &expect![[r#"
        ! docker-bake.hcl: line 1: invalid block body; expected `}`, newline or identifier
    "#]],
    );
}
