//! The command line, as clap reads it. Long flags of builds follow `docker buildx build`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Dockerfiles: explained as you type, rewritten into build and runtime stages, built incrementally.
#[derive(Debug, Parser)]
#[command(name = "layerwise", version, max_term_width = 100, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Language server on stdin and stdout
    Lsp(LspArguments),
    /// Says what breaks caches, leaks secrets and bloats images
    Check(CheckArguments),
    /// Applies the fixes that are safe
    Fix(FixArguments),
    /// Lays files out: white space, blank lines, the case of instructions
    Format(FormatArguments),
    /// Prints a rewritten Dockerfile, or lists the rewrites that apply
    Rewrite(RewriteArguments),
    /// The catalogue of rules, or the page of one
    Rules(RulesArguments),
    /// Builds on the local builder, step by step on the Dockerfile's lines
    Build(Box<OneBuildArguments>),
    /// Builds the test stage, and lists its tests: those that failed with place and message
    Test(Box<TestArguments>),
    /// Says which steps the next build would run, and why, without building
    Predict(Box<PredictArguments>),
    /// Builds, and builds again whenever a file changes that the build reads
    Watch(Box<BuildArguments>),
    /// Builds and runs the result: ports on 127.0.0.1, its log, its health; Ctrl-C stops and removes it
    Run(Box<BuildArguments>),
    /// Says of the last build why each step ran again, from what changed to the seconds
    Why(Box<WhyArguments>),
    /// Draws the stages and steps: what takes what from where, what it cost, and the critical path
    Graph(GraphArguments),
    /// What is in an image: its layers on the Dockerfile's lines, bytes, waste, leaked secrets
    Inspect(InspectArguments),
    /// Says which builder was found, how, and what it can do
    Builder(BuilderArguments),
    /// The instructions as parsed, as JSON
    Syntax(SyntaxArguments),
    /// The whole loop on a bundled example, with real builds where a builder answers
    Demo(DemoArguments),
}

#[derive(Debug, Args)]
pub(crate) struct LspArguments {
    /// Accepted for clients that pass it; changes nothing
    #[arg(long)]
    pub(crate) stdio: bool,
    /// The builder's address, instead of DOCKER_HOST, the docker context and the usual sockets
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Files, or directories whose Dockerfiles are checked; `-` reads stdin
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The path that stdin stands for
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_path: Option<PathBuf>,
    /// The build context, instead of the one that the COPY sources tell
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(crate) format: CheckFormat,
    /// Only these codes, aliases or categories; `all` is every rule
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these codes, aliases or categories
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// The rules that run where nothing selects any, whatever the settings say
    #[arg(long, value_name = "NAME", value_parser = ["default", "strict", "hadolint", "buildkit"])]
    pub(crate) profile: Option<String>,
    /// Exit 1 from this severity on [default: warning]
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(crate) fail_on: Option<Level>,
    /// A file of known findings: only others are told, and fail
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Writes what is found to the baseline instead
    #[arg(long, requires = "baseline", conflicts_with = "diff_base")]
    pub(crate) write_baseline: bool,
    /// Only findings on lines that changed since this commit, branch or tag
    #[arg(long, value_name = "REV")]
    pub(crate) diff_base: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// With the lines that findings stand in
    Text,
    /// One object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions: annotations on a pull request
    Github,
    /// Checkstyle's XML, for CI servers
    Checkstyle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Error,
    Warning,
    Info,
    Hint,
}

impl Level {
    /// What it stands for.
    pub(crate) const fn severity(self) -> rules::Severity {
        match self {
            Self::Error => rules::Severity::Error,
            Self::Warning => rules::Severity::Warning,
            Self::Info => rules::Severity::Info,
            Self::Hint => rules::Severity::Hint,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    /// Files, or directories whose Dockerfiles are fixed; `-` reads stdin and prints the result
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The path that stdin stands for
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_path: Option<PathBuf>,
    /// Applies the unsafe fixes too; look at the result
    #[arg(long)]
    pub(crate) r#unsafe: bool,
    /// Only shows what would change
    #[arg(long)]
    pub(crate) diff: bool,
    /// The build context, instead of the one that the COPY sources tell
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// Only these codes, aliases or categories; `all` is every rule
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these codes, aliases or categories
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FormatArguments {
    /// Files, or directories whose Dockerfiles are laid out; `-` reads stdin and prints the result
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The path that stdin stands for
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_path: Option<PathBuf>,
    /// Changes nothing: names the files that would change, and exits 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Only shows what would change
    #[arg(long, conflicts_with = "check")]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RewriteArguments {
    /// The rewrite and the Dockerfile; with --list the Dockerfile alone
    #[arg(value_name = "ID FILE", num_args = 1..=2, required = true)]
    pub(crate) operands: Vec<String>,
    /// Lists what applies: id, line, safe or unsafe, title
    #[arg(long, conflicts_with_all = ["write", "diff", "line"])]
    pub(crate) list: bool,
    /// Saves the result instead of printing it
    #[arg(long, conflicts_with = "diff")]
    pub(crate) write: bool,
    /// Shows a diff instead of the result
    #[arg(long)]
    pub(crate) diff: bool,
    /// Where the cursor is, from 1
    #[arg(long, value_name = "N")]
    pub(crate) line: Option<u32>,
    /// The build context, instead of the one that the COPY sources tell
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// The builder's address; its images and abilities are asked for
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
    /// Builds and runs both, and reports on stderr what was gained; fails where the results differ
    #[arg(long, conflicts_with = "list")]
    pub(crate) prove: bool,
    #[command(flatten)]
    pub(crate) proof: ProofArguments,
}

/// How a proof builds and runs: flags of builds mean what they mean there.
#[derive(Debug, Args)]
pub(crate) struct ProofArguments {
    /// A command that both images must run with the same status and output; words, without a shell
    #[arg(long, value_name = "CMD", requires = "prove")]
    pub(crate) run: Option<String>,
    /// How a proof is reported; JSON goes to stdout, in place of the Dockerfile
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text, requires = "prove")]
    pub(crate) format: AnswerFormat,
    /// A build argument of the proof; without a value it is taken from the environment
    #[arg(long, value_name = "K[=V]", requires = "prove")]
    pub(crate) build_arg: Vec<String>,
    /// A secret of the proof: id=ID[,src=FILE|,env=VAR]
    #[arg(long, value_name = "SPEC", requires = "prove")]
    pub(crate) secret: Vec<String>,
    /// An SSH agent or key of the proof: default, or ID=PATH
    #[arg(long, value_name = "SPEC", requires = "prove")]
    pub(crate) ssh: Vec<String>,
    /// A named context of the proof: NAME=DIR
    #[arg(long, value_name = "NAME=DIR", requires = "prove")]
    pub(crate) build_context: Vec<String>,
    /// The platform that is proved
    #[arg(long, requires = "prove")]
    pub(crate) platform: Option<String>,
    /// Network of RUN: default, host or none
    #[arg(long, requires = "prove")]
    pub(crate) network: Option<String>,
    /// What steps may do beyond the usual: network.host, security.insecure
    #[arg(long, value_name = "ENTITLEMENT", value_delimiter = ',', requires = "prove")]
    pub(crate) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// A code, or an alias such as DL3009
    pub(crate) code: Option<String>,
    /// How the catalogue is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub(crate) format: AnswerFormat,
}

#[derive(Debug, Args)]
pub(crate) struct SyntaxArguments {
    /// The Dockerfile; `-` reads stdin
    pub(crate) file: PathBuf,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = SyntaxFormat::Json)]
    pub(crate) format: SyntaxFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SyntaxFormat {
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    /// The Dockerfile; `-` reads stdin
    pub(crate) file: PathBuf,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub(crate) format: GraphFormat,
    /// The stage that is built
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// The build context of the builds whose times are shown, instead of the one that callers and COPY sources tell
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<String>,
    /// A build argument; without a value it is taken from the environment
    #[arg(long, value_name = "K[=V]")]
    pub(crate) build_arg: Vec<String>,
    /// A named context: NAME=DIR
    #[arg(long, value_name = "NAME=DIR")]
    pub(crate) build_context: Vec<String>,
    /// The platform of the builds whose times are shown
    #[arg(long)]
    pub(crate) platform: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A tree
    Text,
    /// Graphviz
    Dot,
    /// Mermaid, as Markdown pages show it
    Mermaid,
    /// A picture
    Svg,
    /// One object
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// An image that the engine has: a name, or an Id
    pub(crate) image: String,
    /// The Dockerfile whose lines made the layers [default: Dockerfile, where it fits]
    #[arg(short, long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub(crate) format: AnswerFormat,
    /// The engine's address, instead of DOCKER_HOST, the docker context and the usual sockets
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BuilderArguments {
    /// Removes what Layerwise left behind: images of builds without a tag, and its own records
    #[arg(long)]
    pub(crate) prune: bool,
    /// The builder's address, instead of DOCKER_HOST, the docker context and the usual sockets
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// The builder's address, instead of DOCKER_HOST, the docker context and the usual sockets
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) request: RequestArguments,
    /// How progress is printed
    #[arg(long, value_enum, default_value_t = ProgressFormat::Auto)]
    pub(crate) progress: ProgressFormat,
}

#[derive(Debug, Args)]
pub(crate) struct OneBuildArguments {
    #[command(flatten)]
    pub(crate) build: BuildArguments,
    /// Where a step fails, opens a shell in the state before it, on this terminal; nothing of it is left
    #[arg(long)]
    pub(crate) shell_on_failure: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    #[command(flatten)]
    pub(crate) request: RequestArguments,
    /// A JUnit report that the tests leave in the container, besides those that settings and commands name; a `*` stands for any letters
    #[arg(long, value_name = "PATH")]
    pub(crate) report: Vec<String>,
    /// Tests again whenever a file changes that the build reads
    #[arg(long)]
    pub(crate) watch: bool,
    /// How the tests are printed; JSON is one object when all is over
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub(crate) format: AnswerFormat,
    /// How progress is printed; JSON ends with an event a test
    #[arg(long, value_enum, default_value_t = ProgressFormat::Auto, conflicts_with = "format")]
    pub(crate) progress: ProgressFormat,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArguments {
    #[command(flatten)]
    pub(crate) request: RequestArguments,
    /// Prices the last N git commits from the record, as the Dockerfile is and with its manifests copied first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) history: Option<u16>,
    /// How the prediction is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub(crate) format: AnswerFormat,
}

#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    #[command(flatten)]
    pub(crate) request: RequestArguments,
    /// What the steps wrote instead, or the one at a line: those that were cached when they last ran
    #[arg(long, value_name = "LINE", num_args = 0..=1, require_equals = true, conflicts_with = "format")]
    pub(crate) log: Option<Option<u32>>,
    /// How the explanation is printed
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    pub(crate) format: AnswerFormat,
}

/// What is built, and where: the same for all commands that build or speak of a build.
#[derive(Debug, Default, Args)]
pub(crate) struct RequestArguments {
    /// The build context: a directory, or a URL for the builder [default: as Compose and Bake files build the Dockerfile, else .]
    pub(crate) context: Option<String>,
    /// The Dockerfile [default: CONTEXT/Dockerfile]
    #[arg(short, long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// The stage to build
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// A build argument; without a value it is taken from the environment
    #[arg(long, value_name = "K[=V]")]
    pub(crate) build_arg: Vec<String>,
    /// A secret: id=ID[,src=FILE|,env=VAR]
    #[arg(long, value_name = "SPEC")]
    pub(crate) secret: Vec<String>,
    /// An SSH agent or key: default, or ID=PATH
    #[arg(long, value_name = "SPEC")]
    pub(crate) ssh: Vec<String>,
    /// A named context: NAME=DIR
    #[arg(long, value_name = "NAME=DIR")]
    pub(crate) build_context: Vec<String>,
    /// A platform, such as linux/arm64
    #[arg(long, value_delimiter = ',')]
    pub(crate) platform: Vec<String>,
    /// Network of RUN: default, host or none
    #[arg(long)]
    pub(crate) network: Option<String>,
    /// Runs every step anew
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// A cache to take results from: an image, or type=registry,ref=IMAGE
    #[arg(long, value_name = "SPEC")]
    pub(crate) cache_from: Vec<String>,
    /// A cache to write results to: type=registry,ref=IMAGE[,mode=max], or type=inline
    #[arg(long, value_name = "SPEC")]
    pub(crate) cache_to: Vec<String>,
    /// What steps may do beyond the usual: network.host, security.insecure
    #[arg(long, value_name = "ENTITLEMENT", value_delimiter = ',')]
    pub(crate) allow: Vec<String>,
    /// A name for the image
    #[arg(short, long)]
    pub(crate) tag: Vec<String>,
    /// Where the result goes: a directory, or type=local|tar,dest=PATH
    #[arg(short, long)]
    pub(crate) output: Option<String>,
    /// The builder's address, instead of DOCKER_HOST, the docker context and the usual sockets
    #[arg(long, value_name = "URL")]
    pub(crate) host: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressFormat {
    /// A line a step
    Auto,
    /// A line a step, with the steps' output
    Plain,
    /// One JSON object a line
    Json,
}
