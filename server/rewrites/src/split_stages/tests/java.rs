//! Java and Kotlin applications: which archive runs, and the JRE that it moves to.

use expect_test::{Expect, expect};

use crate::cases::case;
use crate::fixture::{facts, render};
use crate::split_stages::RECIPE;

/// What becomes of the project of this name.
#[expect(clippy::needless_pass_by_value, reason = "a snapshot is made where it is used")]
fn check(name: &str, expected: Expect) {
    let case = case(name);
    expected.assert_eq(&render(&RECIPE, case.dockerfile, &facts(case.files)));
}

#[test]
fn maven_spring_boot() {
    check(
        "java: Maven, Spring Boot",
        expect![[r#"
            safe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
            ---
            FROM maven:3.9-eclipse-temurin-17 AS build

            WORKDIR /app
            # dependencies
            COPY pom.xml .
            RUN mvn dependency:go-offline

            COPY src ./src
            RUN mvn -q package -DskipTests

            FROM eclipse-temurin:17-jre

            WORKDIR /app

            COPY --from=build /app/target/shop-1.0.jar ./target/

            EXPOSE 8080
            ENTRYPOINT ["java", "-Xmx256m", "-jar", "target/shop-1.0.jar"]
        "#]],
    );
}

#[test]
fn the_wrapper_on_a_jdk() {
    check(
        "java: the wrapper on a JDK",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on eclipse-temurin:21-jre-alpine
        check that the image eclipse-temurin:21-jre-alpine exists and has what the program needs
        ---
        FROM eclipse-temurin:21-jdk-alpine AS build
        WORKDIR /app
        COPY . .
        RUN chmod +x mvnw && ./mvnw clean package

        FROM eclipse-temurin:21-jre-alpine
        WORKDIR /app
        COPY --from=build /app/target/shop-1.0.jar ./target/
        CMD ["java", "-jar", "/app/target/shop-1.0.jar"]
    "#]],
    );
}

#[test]
fn copied_to_another_name() {
    check(
        "java: copied to another name",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on eclipse-temurin:11-jre
        check that the image eclipse-temurin:11-jre exists and has what the program needs
        ---
        FROM maven:3-jdk-11 AS build
        COPY . /src
        RUN cd /src && mvn package && cp target/shop-1.0.jar /app.jar

        FROM eclipse-temurin:11-jre
        COPY --from=build /app.jar /
        ENV JAVA_OPTS=""
        CMD java $JAVA_OPTS -jar /app.jar
    "#]],
    );
}

#[test]
fn a_thin_archive() {
    check(
        "java: a thin archive",
        expect![[r#"
        refused: shop-1.0.jar holds the project's own classes alone: let the build make one archive with all dependencies (spring-boot, shade, assembly or shadow)
    "#]],
    );
}

#[test]
fn another_name_than_the_manifest() {
    check(
        "java: another name than the manifest's",
        expect![[r#"
        refused: the container runs store.jar, but the project's manifest says that its archive is shop-1.0.jar
    "#]],
    );
}

#[test]
fn gradle_kotlin() {
    check(
        "java: Gradle, Kotlin",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
        ---
        FROM gradle:8.7-jdk17 AS build
        WORKDIR /home/gradle/app
        COPY --chown=gradle:gradle . .
        RUN gradle bootJar --no-daemon

        FROM eclipse-temurin:17-jre
        WORKDIR /home/gradle/app
        COPY --from=build /home/gradle/app/build/libs/shop.jar ./build/libs/
        EXPOSE 8080
        CMD ["java", "-jar", "build/libs/shop.jar"]
    "#]],
    );
}

#[test]
fn gradle_wrapper_any_archive() {
    check(
        "java: Gradle's wrapper, any archive",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on openjdk:8-jre-slim
        check that the image openjdk:8-jre-slim exists and has what the program needs
        ---
        FROM openjdk:8-jdk-slim AS build
        WORKDIR /app
        COPY . .
        RUN ./gradlew build -x test

        FROM openjdk:8-jre-slim
        WORKDIR /app
        COPY --from=build /app/build/libs/*.jar ./build/libs/
        ENTRYPOINT exec java -jar build/libs/*.jar
    "#]],
    );
}

#[test]
fn started_by_maven() {
    check(
        "java: started by Maven",
        expect![[r#"
        refused: the container runs mvn, which works on the sources: let CMD run the archive with java -jar
    "#]],
    );
}

#[test]
fn classes_of_a_folder() {
    check(
        "java: classes of a folder",
        expect![[r#"
        refused: the container runs java without -jar and a fixed name, and which classes it loads is not followed
    "#]],
    );
}

#[test]
fn no_version_in_the_tag() {
    check(
        "java: no version in the tag",
        expect![[r#"
        refused: the base is no image of a JDK whose JRE is known: build on maven, gradle, eclipse-temurin or openjdk, with the version in its tag
    "#]],
    );
}

#[test]
fn a_module_of_several() {
    check(
        "java: a module of several",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
        ---
        FROM maven:3.9-eclipse-temurin-17 AS build
        WORKDIR /app
        COPY . .
        RUN mvn -pl web -am package

        FROM eclipse-temurin:17-jre
        WORKDIR /app
        COPY --from=build /app/web/target/shop-1.0.jar ./web/target/
        COPY --from=build /app/config ./config
        WORKDIR /data
        CMD ["java", "-jar", "/app/web/target/shop-1.0.jar"]
    "#]],
    );
}

#[test]
fn quarkus() {
    check(
        "java: Quarkus",
        expect![[r#"
        unsafe: Split into a build stage and a run-time stage on eclipse-temurin:21-jre
        check that the image eclipse-temurin:21-jre exists and has what the program needs
        ---
        FROM maven:3.9-eclipse-temurin-21 AS build
        WORKDIR /code
        COPY . .
        RUN mvn package

        FROM eclipse-temurin:21-jre
        WORKDIR /code
        COPY --from=build /code/target/quarkus-app ./target/quarkus-app
        CMD ["java", "-jar", "target/quarkus-app/quarkus-run.jar"]
    "#]],
    );
}

#[test]
fn a_user_a_health_check_an_agent() {
    check(
        "java: a user, a health check, an agent",
        expect![[r#"
            unsafe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
            check that eclipse-temurin:17-jre has curl, which the container calls
            ---
            FROM maven:3.9-eclipse-temurin-17 AS build
            RUN useradd -r spring
            ADD https://example.com/agent.jar /opt/agent.jar
            WORKDIR /app
            COPY . .
            RUN mvn package

            FROM eclipse-temurin:17-jre
            RUN useradd -r spring
            ADD https://example.com/agent.jar /opt/agent.jar
            WORKDIR /app
            COPY --from=build /app/target/shop-1.0.jar ./target/
            USER spring
            HEALTHCHECK CMD curl -f http://localhost:8080/health
            CMD ["java", "-javaagent:/opt/agent.jar", "-jar", "target/shop-1.0.jar"]
        "#]],
    );
}

#[test]
fn lower_case_crlf_backtick() {
    check(
        "java: lower case, CRLF, backtick",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
        ---
        # escape=`␍
        from maven:3.9-eclipse-temurin-17 as build␍
        workdir /app␍
        copy . .␍
        run mvn clean `␍
            package␍
        ␍
        from eclipse-temurin:17-jre␍
        workdir /app␍
        copy --from=build /app/target/shop-1.0.jar ./target/␍
        cmd ["java", "-jar", "target/shop-1.0.jar"]␍
    "#]],
    );
}

#[test]
fn heredoc_non_ascii() {
    check(
        "java: heredoc, non-ASCII",
        expect![[r#"
        safe: Split into a build stage and a run-time stage on eclipse-temurin:17-jre
        ---
        FROM maven:3.9-eclipse-temurin-17 AS build
        WORKDIR /app
        COPY . .
        RUN <<EOF
        set -e
        mvn package
        EOF

        FROM eclipse-temurin:17-jre
        # Übersetzung ☕
        LABEL maintainer="Jürgen"
        WORKDIR /app
        COPY --from=build /app/target/shop-1.0.jar ./target/
        CMD ["java", "-jar", "target/shop-1.0.jar"]
    "#]],
    );
}
