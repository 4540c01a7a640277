//! What Maven's and Gradle's manifests say of the archive that they write: its name, and whether its dependencies are in it.

use semantic::path;

use crate::context::Context;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    /// All that it depends on.
    Everything,
    /// The project's own classes, without what they depend on.
    OwnClasses,
    /// The manifest names another archive.
    OtherName(String),
    /// It is not known.
    Unknown,
}

/// The project's folder and the archive's name, of a path such as `/app/target/shop-1.0.jar`.
pub(super) fn project_of(archive: &str) -> Option<(String, String)> {
    let (folder, name) = archive.rsplit_once('/')?;
    let folder = folder.strip_suffix("/quarkus-app").unwrap_or(folder);
    let project = folder.strip_suffix("/target").or_else(|| folder.strip_suffix("/build/libs"))?;
    let is_archive = name.rsplit('.').next().is_some_and(|ending| ending == "jar" || ending == "war");
    is_archive
        .then(|| (if project.is_empty() { "/".to_owned() } else { project.to_owned() }, name.to_owned()))
}

/// What the archive of a project of the context holds.
pub(super) fn holds(context: &Context<'_>, directory: &str, name: &str) -> Holds {
    let text = |file: &str| context.manifest(&path::clean(&format!("{directory}/{file}")));
    if let Some(pom) = text("pom.xml") {
        return of_maven(pom, name);
    }
    match text("build.gradle.kts").or_else(|| text("build.gradle")) {
        Some(script) => of_gradle(script),
        None => Holds::Unknown,
    }
}

fn of_maven(pom: &str, name: &str) -> Holds {
    let own = without(&without(pom, "parent"), "dependencies");
    let own = without(&without(&own, "dependencyManagement"), "profiles");
    let project = without(&own, "build");
    let packs = [
        "spring-boot-maven-plugin",
        "maven-shade-plugin",
        "jar-with-dependencies",
        "quarkus-maven-plugin",
        "uber-jar",
    ];
    let is_packed = packs.iter().any(|plugin| pom.contains(plugin));
    let final_name = element(&own, "finalName").map(str::to_owned);
    let version = element(&project, "version")
        .or_else(|| element(&pom[pom.find("<parent>").unwrap_or(0)..], "version"));
    let by_parts = || Some(format!("{}-{}", element(&project, "artifactId")?, version?));
    let stem = final_name.or_else(by_parts).filter(|stem| !stem.contains("${"));
    let ending = element(&project, "packaging").unwrap_or("jar");
    if let Some(stem) = stem {
        let is_other = !name.contains('*') && name != "quarkus-run.jar" && !name.starts_with(&stem);
        if is_other {
            return Holds::OtherName(format!("{stem}.{ending}"));
        }
    }
    let dependencies =
        pom.split("<dependency>").skip(1).map(|rest| rest.split("</dependency>").next().unwrap_or(rest));
    let needs = dependencies
        .filter(|dependency| !matches!(element(dependency, "scope"), Some("test" | "provided" | "import")))
        .count();
    match is_packed || needs == 0 {
        true => Holds::Everything,
        false => Holds::OwnClasses,
    }
}

fn of_gradle(script: &str) -> Holds {
    let packs = [
        "org.springframework.boot",
        "com.github.johnrengelman.shadow",
        "com.gradleup.shadow",
        "io.ktor.plugin",
        "io.quarkus",
        "zipTree",
    ];
    let lines = || script.lines().map(str::trim);
    let needs = lines().any(|line| {
        ["implementation", "api", "runtimeOnly", "compile"]
            .iter()
            .any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(['(', ' '])))
    });
    if packs.iter().any(|plugin| script.contains(plugin)) || !needs {
        return Holds::Everything;
    }
    // A version catalogue names the plugin, and is not read.
    match script.contains("alias(") {
        true => Holds::Unknown,
        false => Holds::OwnClasses,
    }
}

/// A text without the elements of a name.
fn without(text: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        kept.push_str(&rest[..start]);
        rest = match rest[start..].find(&close) {
            Some(end) => &rest[start + end + close.len()..],
            None => "",
        };
    }
    kept + rest
}

/// The text of the first element of a name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_is_named_by_the_manifest() {
        let pom = "<project><parent><artifactId>p</artifactId><version>3</version></parent><artifactId>shop</artifactId><version>1.0</version><dependencies><dependency><artifactId>x</artifactId></dependency></dependencies>";
        assert_eq!(of_maven(pom, "shop-1.0.jar"), Holds::OwnClasses);
        assert_eq!(of_maven(pom, "app.jar"), Holds::OtherName("shop-1.0.jar".to_owned()));
        let boot = format!(
            "{pom}<build><finalName>app</finalName><plugin>spring-boot-maven-plugin</plugin></build></project>"
        );
        assert_eq!(of_maven(&boot, "app.jar"), Holds::Everything);
        let inherited =
            "<project><parent><version>3</version></parent><artifactId>shop</artifactId></project>";
        assert_eq!(of_maven(inherited, "shop-3.jar"), Holds::Everything);
        assert_eq!(
            of_gradle("plugins { id 'org.springframework.boot' }\nimplementation 'x'"),
            Holds::Everything
        );
        assert_eq!(of_gradle("dependencies {\n implementation(\"x\")\n}"), Holds::OwnClasses);
        let catalogue =
            "plugins { alias(libs.plugins.spring.boot) }\ndependencies {\n implementation(libs.web)\n}";
        assert_eq!(of_gradle(catalogue), Holds::Unknown);
    }

    #[test]
    fn archives_lie_where_the_tools_write_them() {
        let found = |path: &str| project_of(path).map(|(project, _)| project);
        assert_eq!(found("/app/web/target/a.jar").as_deref(), Some("/app/web"));
        assert_eq!(found("/app/build/libs/a.war").as_deref(), Some("/app"));
        assert_eq!(found("/target/quarkus-app/quarkus-run.jar").as_deref(), Some("/"));
        assert_eq!(found("/app/a.jar"), None);
    }
}
