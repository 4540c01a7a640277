//! Commands that fetch from the network.

use syntax::shell::ShellWord;

use super::literal;
use super::options::Options;

/// A fetch from the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download<'a> {
    /// The program.
    pub tool: DownloadTool,
    /// The addresses, as far as they can be told from other operands.
    pub urls: Vec<&'a ShellWord>,
    /// The file or folder that it is written to, where the command names one; `-` is its output.
    pub output: Option<&'a str>,
    /// All flags and operands.
    pub options: Options<'a>,
}

/// A program that fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DownloadTool {
    /// `curl`
    Curl,
    /// `wget`
    Wget,
    /// `git clone`, `git fetch`, `git pull`, `git submodule update`
    Git,
    /// `aria2c`, `axel`, `http`, `svn`, `hg`, `scp`, `rsync`
    Other,
}

impl Download<'_> {
    /// Whether what is fetched goes to the command's output, for a pipe or a redirection.
    #[must_use]
    pub fn to_output(&self) -> bool {
        match self.tool {
            DownloadTool::Curl => {
                !self.options.has(&["-O", "--remote-name", "-J"])
                    && self.output.is_none_or(|output| output == "-")
            }
            DownloadTool::Wget => self.output == Some("-"),
            DownloadTool::Git | DownloadTool::Other => false,
        }
    }

    /// Whether a failed request lets the command succeed all the same: `curl` without `-f`.
    #[must_use]
    pub fn ignores_failure(&self) -> bool {
        self.tool == DownloadTool::Curl && !self.options.has(&["-f", "--fail", "--fail-with-body"])
    }
}

const CURL_VALUES: &[&str] = &[
    "-o",
    "--output",
    "-H",
    "--header",
    "-d",
    "--data",
    "--data-raw",
    "-X",
    "--request",
    "-u",
    "--user",
    "-A",
    "--user-agent",
    "-b",
    "--cookie",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--connect-timeout",
    "-m",
    "--max-time",
    "--cacert",
    "-E",
    "--cert",
    "--key",
    "-e",
    "-x",
    "--proxy",
    "-T",
    "-F",
    "-w",
    "--write-out",
    "--proto",
    "--output-dir",
    "--url",
    "-K",
    "-C",
    "-r",
];
const WGET_VALUES: &[&str] = &[
    "-O",
    "--output-document",
    "-P",
    "--directory-prefix",
    "--header",
    "-T",
    "--timeout",
    "-t",
    "--tries",
    "-U",
    "--user-agent",
    "--user",
    "--password",
    "-o",
    "--output-file",
    "-a",
    "-i",
    "--waitretry",
    "-e",
    "--post-data",
];

pub(super) fn read<'a>(program: &str, arguments: &'a [ShellWord]) -> Option<Download<'a>> {
    match program {
        "curl" => Some(simple(
            DownloadTool::Curl,
            Options::read_clustered(arguments, CURL_VALUES),
            &["-o", "--output"],
        )),
        "wget" => {
            let names = ["-O", "--output-document", "-P", "--directory-prefix"];
            Some(simple(DownloadTool::Wget, Options::read_clustered(arguments, WGET_VALUES), &names))
        }
        "git" => git(arguments),
        "aria2c" | "axel" | "svn" | "hg" | "scp" | "rsync" => {
            Some(simple(DownloadTool::Other, Options::read(arguments, &["-o", "-d", "-e"]), &["-o", "-d"]))
        }
        _ => None,
    }
}

fn simple<'a>(tool: DownloadTool, options: Options<'a>, outputs: &[&str]) -> Download<'a> {
    let named = options.flags.iter().filter(|flag| flag.name == "--url").filter_map(|flag| flag.value_word);
    let urls = options.operands.iter().copied().chain(named).collect();
    Download { tool, urls, output: options.value(outputs), options }
}

fn git<'a>(arguments: &'a [ShellWord]) -> Option<Download<'a>> {
    let with_value = [
        "-C",
        "-c",
        "-b",
        "--branch",
        "--depth",
        "-o",
        "--origin",
        "-j",
        "--jobs",
        "--reference",
        "--config",
        "--filter",
        "--git-dir",
    ];
    let options = Options::read(arguments, &with_value);
    let subcommand = literal(options.operands.first()?);
    if !matches!(subcommand, "clone" | "fetch" | "pull" | "submodule" | "ls-remote" | "lfs") {
        return None;
    }
    let is_clone = subcommand == "clone";
    let urls = options
        .operands
        .get(1)
        .copied()
        .filter(|_| subcommand != "submodule" && subcommand != "lfs")
        .into_iter()
        .collect();
    let output = options.operands.get(2).copied().filter(|_| is_clone).map(literal);
    Some(Download { tool: DownloadTool::Git, urls, output, options })
}
