//! A server without HEALTHCHECK.

use semantic::Kind;

use crate::rule::{Category, Check, Findings, Rule, Severity, StageInput};

pub(crate) static RULE: Rule = Rule {
    code: "healthcheck-missing",
    aliases: &["DL3057", "DS-0026", "CKV_DOCKER_2"],
    category: Category::Semantic,
    severity: Severity::Info,
    on_by_default: false,
    summary: "An image that listens says not how to tell whether it is well",
    page: PAGE,
    check: Check::Stage(check),
};

const PAGE: &str = r#"
## What

The final stage has an EXPOSE and no HEALTHCHECK. Images that expose nothing, such as those of batch jobs, are left alone.

## Why

Docker, Compose (`depends_on: condition: service_healthy`) and Swarm know only that the process runs, not that it answers: one that hangs
gets requests for ever.

## Bad

```dockerfile
FROM debian:12-slim
EXPOSE 8080
CMD ["server"]
```

## Good

```dockerfile
FROM debian:12-slim
EXPOSE 8080
HEALTHCHECK CMD ["server", "--check"]
CMD ["server"]
```

## When to ignore

When the image runs on Kubernetes, which has probes of its own and ignores HEALTHCHECK, or when the base image has one. It is off by
default because a Dockerfile alone does not tell.
"#;

fn check(input: &StageInput<'_>, findings: &mut Findings) {
    let StageInput { file, stage, .. } = *input;
    if stage.index + 1 != file.model.stages.len() {
        return;
    }
    let lineage = file.model.lineage(stage.index);
    let has = |wanted: fn(&Kind) -> bool| {
        lineage.iter().flat_map(|stage| &stage.instructions).any(|item| wanted(&item.kind))
    };
    if has(|kind| matches!(kind, Kind::Healthcheck)) || !has(|kind| matches!(kind, Kind::Expose(_))) {
        return;
    }
    let own = stage.instructions.iter().rev().find(|item| matches!(item.kind, Kind::Expose(_)));
    let place =
        own.map_or(stage.image.range, |item| item.instruction.place(item.instruction.arguments.range));
    findings.add(
        place,
        "Nothing tells whether what listens here is well: Docker and Compose only see that it runs. Add HEALTHCHECK.",
    );
}

#[cfg(test)]
mod tests {
    use crate::tests::{no_findings, pointed_at};

    const CODE: &str = "healthcheck-missing";

    #[test]
    fn a_server_without_one_is_pointed_at() {
        assert_eq!(pointed_at(CODE, "FROM größe:1\r\nEXPOSE \\\r\n  80\r\nCMD x\r\n"), ["80"]);
        assert_eq!(pointed_at(CODE, "# escape=`\nFROM a:1 AS b\nEXPOSE `\n 80\nFROM b\n"), ["b"]);
    }

    #[test]
    fn others_are_fine() {
        for text in [
            "FROM a:1\nEXPOSE 80\nHEALTHCHECK NONE\n",
            "FROM a:1 AS b\nHEALTHCHECK CMD x\nFROM b\nEXPOSE 80\n",
            "FROM a:1\nCMD job\n",
            "FROM a:1 AS b\nEXPOSE 80\nFROM c:1\n",
            "FROM a:1\nRUN <<EOF\nEXPOSE 80\nEOF\n",
            "FROM\n",
        ] {
            no_findings(CODE, text);
        }
    }
}
