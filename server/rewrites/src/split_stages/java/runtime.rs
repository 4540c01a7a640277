//! The JRE of the version that an image of a JDK, of Maven or of Gradle has.

use semantic::image_reference::ImageReference;
use semantic::{Base, Stage};

use crate::split_stages::base::RuntimeBase;
use crate::split_stages::effect::{self, Effect};
use crate::split_stages::walk;

/// The image of the JRE; absent where the base names no version, or is none whose JRE is known.
pub(super) fn jre(stage: &Stage) -> Option<RuntimeBase> {
    let Base::Image(name) = &stage.base else { return None };
    let image = ImageReference::parse(name).ok()?;
    let tag = image.tag.clone()?;
    let parts: Vec<&str> = tag.split('-').collect();
    let (version, variant) = match image.repository.strip_prefix("library/")? {
        // maven:3.9-eclipse-temurin-17-alpine, maven:3-openjdk-17-slim, maven:3-jdk-11
        "maven" => {
            let at = parts.iter().position(|part| {
                matches!(*part, "temurin" | "openjdk" | "jdk" | "amazoncorretto" | "sapmachine")
            })?;
            (major(parts.get(at + 1)?)?, parts.get(at + 2..).unwrap_or_default().to_vec())
        }
        // gradle:8.7-jdk17-alpine
        "gradle" => {
            let at = parts.iter().position(|part| part.starts_with("jdk"))?;
            (major(parts[at].strip_prefix("jdk")?)?, parts[at + 1..].to_vec())
        }
        // eclipse-temurin:17-jdk-alpine, openjdk:8-jdk-slim
        "eclipse-temurin" | "openjdk" => {
            let rest = parts[1..].iter().copied().filter(|part| *part != "jdk");
            (major(parts[0])?, rest.collect())
        }
        _ => return None,
    };
    // openjdk has JRE images of these versions alone: hub.docker.com/_/openjdk.
    let is_openjdk = image.repository.ends_with("/openjdk") && matches!(version, 8 | 11);
    let is_known = |part: &&str| part.starts_with("alpine") || matches!(*part, "focal" | "jammy" | "noble");
    let variant: Vec<&str> = if is_openjdk {
        variant
    } else {
        variant
            .into_iter()
            .filter(is_known)
            .map(|part| if part.starts_with("alpine") { "alpine" } else { part })
            .collect()
    };
    let repository = if is_openjdk { "openjdk" } else { "eclipse-temurin" };
    let mut text = format!("{repository}:{version}-jre");
    for part in variant {
        text.push('-');
        text.push_str(part);
    }
    Some(RuntimeBase { other: Some(text.clone()), text })
}

/// Packages that steps install and the program may need, against what the JRE's image has for a package manager.
///
/// # Errors
/// Says which step uses another package manager.
pub(super) fn packages(stage: &Stage, base: &str) -> Result<Option<String>, String> {
    let is_alpine = base.contains("alpine");
    let mut found = Vec::new();
    for step in walk::steps(stage) {
        let Effect::Packages(names) = effect::of(step.command) else { continue };
        let names: Vec<String> = names.into_iter().filter(|name| !effect::is_build_package(name)).collect();
        let manager = step.command.program().unwrap_or_default().to_owned();
        let has = match manager.as_str() {
            "apk" => is_alpine,
            "apt-get" | "apt" | "aptitude" => !is_alpine,
            _ => false,
        };
        if !has && !names.is_empty() {
            let line = step.item.instruction.line + 1;
            return Err(format!(
                "RUN on line {line} installs {} by {manager}, which {base} does not have",
                names.join(", ")
            ));
        }
        found.extend(names);
    }
    let is_same = is_alpine || is_temurin(stage) || base.starts_with("openjdk:");
    let check = || format!("that {base} has {} under the same name: it is Ubuntu", found.join(", "));
    Ok((!is_same && !found.is_empty()).then(check))
}

/// Whether the build is on Temurin's own Ubuntu, as the run-time stage is.
fn is_temurin(stage: &Stage) -> bool {
    let Base::Image(name) = &stage.base else { return false };
    ImageReference::parse(name).is_ok_and(|image| {
        let tag = image.tag.unwrap_or_default();
        image.repository == "library/eclipse-temurin"
            || image.repository == "library/gradle"
            || image.repository == "library/maven" && tag.contains("temurin")
    })
}

/// The feature version: 17 of `17.0.9_9`, 8 of `8u392`.
fn major(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{facts, model};

    #[test]
    fn the_jre_of_the_same_version() {
        for (from, expected) in [
            ("maven:3.9-eclipse-temurin-17", Some("eclipse-temurin:17-jre")),
            ("maven:3.9.6-eclipse-temurin-21-alpine", Some("eclipse-temurin:21-jre-alpine")),
            ("maven:3-openjdk-11-slim", Some("eclipse-temurin:11-jre")),
            ("maven:3-jdk-8", Some("eclipse-temurin:8-jre")),
            ("gradle:8.7-jdk17-alpine", Some("eclipse-temurin:17-jre-alpine")),
            ("eclipse-temurin:17.0.9_9-jdk-jammy", Some("eclipse-temurin:17-jre-jammy")),
            ("openjdk:8-jdk-alpine", Some("openjdk:8-jre-alpine")),
            ("openjdk:17-jdk-slim", Some("eclipse-temurin:17-jre")),
            ("maven:3", None),
            ("amazoncorretto:17", None),
        ] {
            let model = model(&format!("FROM {from}\n"), &facts(&[]));
            assert_eq!(jre(&model.stages[0]).map(|base| base.text).as_deref(), expected, "{from}");
        }
    }
}
