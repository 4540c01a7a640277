//! Projects in Java and Kotlin.

use super::Case;

const BOOT: &str = "<project><artifactId>shop</artifactId><version>1.0</version><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>";
const THIN: &str = "<project><artifactId>shop</artifactId><version>1.0</version><dependencies><dependency><artifactId>guava</artifactId></dependency></dependencies></project>";
const GRADLE: &str = "plugins {\n    id(\"org.springframework.boot\") version \"3.2.0\"\n}\ndependencies {\n    implementation(\"org.springframework.boot:spring-boot-starter-web\")\n}\n";

const BOOT_FILES: &[(&str, &str)] = &[
    ("pom.xml", BOOT),
    ("src/main/java/Shop.java", ""),
    ("src/main/resources/application.yml", ""),
    ("mvnw", ""),
];
const GRADLE_FILES: &[(&str, &str)] = &[
    ("build.gradle.kts", GRADLE),
    ("settings.gradle.kts", ""),
    ("gradlew", ""),
    ("src/main/kotlin/Shop.kt", ""),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "java: Maven, Spring Boot",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\n\nWORKDIR /app\n# dependencies\nCOPY pom.xml .\nRUN mvn dependency:go-offline\n\nCOPY src ./src\nRUN mvn -q package -DskipTests\n\nEXPOSE 8080\nENTRYPOINT [\"java\", \"-Xmx256m\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: the wrapper on a JDK",
        dockerfile: "FROM eclipse-temurin:21-jdk-alpine\nWORKDIR /app\nCOPY . .\nRUN chmod +x mvnw && ./mvnw clean package\nCMD [\"java\", \"-jar\", \"/app/target/shop-1.0.jar\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: copied to another name",
        dockerfile: "FROM maven:3-jdk-11\nCOPY . /src\nRUN cd /src && mvn package && cp target/shop-1.0.jar /app.jar\nENV JAVA_OPTS=\"\"\nCMD java $JAVA_OPTS -jar /app.jar\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: a thin archive",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        files: &[("pom.xml", THIN), ("src/main/java/Shop.java", "")],
    },
    Case {
        name: "java: another name than the manifest's",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/store.jar\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: Gradle, Kotlin",
        dockerfile: "FROM gradle:8.7-jdk17\nWORKDIR /home/gradle/app\nCOPY --chown=gradle:gradle . .\nRUN gradle bootJar --no-daemon\nEXPOSE 8080\nCMD [\"java\", \"-jar\", \"build/libs/shop.jar\"]\n",
        files: GRADLE_FILES,
    },
    Case {
        name: "java: Gradle's wrapper, any archive",
        dockerfile: "FROM openjdk:8-jdk-slim\nWORKDIR /app\nCOPY . .\nRUN ./gradlew build -x test\nENTRYPOINT exec java -jar build/libs/*.jar\n",
        files: GRADLE_FILES,
    },
    Case {
        name: "java: started by Maven",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"mvn\", \"spring-boot:run\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: classes of a folder",
        dockerfile: "FROM openjdk:17\nWORKDIR /app\nCOPY . .\nRUN javac Main.java\nCMD [\"java\", \"Main\"]\n",
        files: &[("Main.java", "")],
    },
    Case {
        name: "java: no version in the tag",
        dockerfile: "FROM maven:latest\nWORKDIR /app\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: a module of several",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\nWORKDIR /app\nCOPY . .\nRUN mvn -pl web -am package\nWORKDIR /data\nCMD [\"java\", \"-jar\", \"/app/web/target/shop-1.0.jar\"]\n",
        files: &[
            ("pom.xml", "<project><modules/></project>"),
            ("web/pom.xml", BOOT),
            ("web/src/main/java/Shop.java", ""),
            ("config/web.yml", ""),
        ],
    },
    Case {
        name: "java: Quarkus",
        dockerfile: "FROM maven:3.9-eclipse-temurin-21\nWORKDIR /code\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/quarkus-app/quarkus-run.jar\"]\n",
        files: &[(
            "pom.xml",
            "<project><artifactId>shop</artifactId><version>1</version><plugin>quarkus-maven-plugin</plugin></project>",
        )],
    },
    Case {
        name: "java: a user, a health check, an agent",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\nRUN useradd -r spring\nADD https://example.com/agent.jar /opt/agent.jar\nWORKDIR /app\nCOPY . .\nRUN mvn package\nUSER spring\nHEALTHCHECK CMD curl -f http://localhost:8080/health\nCMD [\"java\", \"-javaagent:/opt/agent.jar\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: lower case, CRLF, backtick",
        dockerfile: "# escape=`\r\nfrom maven:3.9-eclipse-temurin-17\r\nworkdir /app\r\ncopy . .\r\nrun mvn clean `\r\n    package\r\ncmd [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\r\n",
        files: BOOT_FILES,
    },
    Case {
        name: "java: heredoc, non-ASCII",
        dockerfile: "FROM maven:3.9-eclipse-temurin-17\n# Übersetzung ☕\nLABEL maintainer=\"Jürgen\"\nWORKDIR /app\nCOPY . .\nRUN <<EOF\nset -e\nmvn package\nEOF\nCMD [\"java\", \"-jar\", \"target/shop-1.0.jar\"]\n",
        files: BOOT_FILES,
    },
];
