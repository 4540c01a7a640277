//! `layerwise rewrite`: a rewritten Dockerfile on stdout, as a diff or in place; `--list` says what applies.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rewrites::{Applicability, Fix, Input, NewFile, Refusal, Rewrite};
use semantic::{Facts, Model};
use syntax::{Document, TextRange};

use crate::arguments::{AnswerFormat, RewriteArguments};
use crate::commands::prove::{self, Subjects};
use crate::exit::{Outcome, Refused};
use crate::input;
use crate::output::{diff, print, tell};
use crate::outside;

pub(crate) fn run(arguments: &RewriteArguments) -> anyhow::Result<Outcome> {
    match (arguments.list, arguments.operands.as_slice()) {
        (true, [file]) => list(Path::new(file), arguments),
        (false, [id, file]) => rewrite(id, Path::new(file), arguments),
        (true, _) => bail!("--list takes the Dockerfile alone: layerwise rewrite --list FILE"),
        (false, _) => bail!("a rewrite and a Dockerfile are wanted: layerwise rewrite ID FILE"),
    }
}

/// A Dockerfile with all that is known about it.
struct Subject {
    text: String,
    model: Model,
    facts: Facts,
}

impl Subject {
    fn read(file: &Path, arguments: &RewriteArguments) -> anyhow::Result<Self> {
        let source = input::read(file)?;
        let document = Document::new(&source.text);
        let mut facts = outside::facts(&document, Some(file), arguments.context.as_deref())?;
        outside::ask_builder(&document, &mut facts, arguments.host.as_deref())?;
        let model = Model::new(&document, &facts);
        Ok(Self { text: source.text, model, facts })
    }

    fn input(&self) -> Input<'_> {
        Input { model: &self.model, facts: &self.facts }
    }

    fn line(&self, range: TextRange) -> u32 {
        self.model.document.buildkit_line(range.start) + 1
    }

    fn covers(&self, range: TextRange, line: u32) -> bool {
        let last = self.model.document.buildkit_line(range.end) + 1;
        (self.line(range)..=last).contains(&line)
    }
}

fn list(file: &Path, arguments: &RewriteArguments) -> anyhow::Result<Outcome> {
    let subject = Subject::read(file, arguments)?;
    let mut rows = String::new();
    for (recipe, offers) in rewrites::offers(&subject.input()) {
        for rewrite in &offers.rewrites {
            let (safety, title) = match &rewrite.fix.applicability {
                Applicability::Safe => ("safe", rewrite.fix.title.clone()),
                Applicability::Unsafe { check } => ("unsafe", title_with_check(&rewrite.fix, check)),
            };
            rows += &format!("{}\t{}\t{safety}\t{title}\n", recipe.id, subject.line(rewrite.place));
        }
    }
    print(&rows)?;
    Ok(Outcome::Fine)
}

fn title_with_check(fix: &Fix, check: &str) -> String {
    if fix.title.contains(check) { fix.title.clone() } else { format!("{} ({check})", fix.title) }
}

fn rewrite(id: &str, file: &Path, arguments: &RewriteArguments) -> anyhow::Result<Outcome> {
    if rewrites::find(id).is_none() {
        let known: Vec<_> = rewrites::REGISTRY.iter().map(|recipe| recipe.id).collect();
        bail!("there is no rewrite {id}: there are {}", known.join(", "));
    }
    let subject = Subject::read(file, arguments)?;
    let mut offers = rewrites::offers(&subject.input());
    offers.retain(|(recipe, _)| recipe.id == id);
    let rewrites: Vec<&Rewrite> = offers.iter().flat_map(|(_, offers)| &offers.rewrites).collect();
    let chosen = match arguments.line {
        Some(line) => rewrites.iter().find(|rewrite| subject.covers(rewrite.place, line)),
        None => rewrites.first(),
    };
    let Some(chosen) = chosen else {
        let refusals: Vec<&Refusal> = offers.iter().flat_map(|(_, offers)| &offers.refusals).collect();
        return Err(refusal(id, file, &subject, &refusals, arguments.line).into());
    };
    if let Some(created) = &chosen.creates {
        return create(&subject, created, arguments);
    }
    let result = rewrites::apply(&subject.text, &chosen.fix.edits);
    let shown = file.display().to_string();
    if arguments.prove {
        let root = subject.facts.context.as_ref().map(|context| context.root.as_str());
        let outcome = prove::prove(&Subjects { id, file, root, rewrite: chosen, after: &result }, arguments)?;
        if outcome != Outcome::Fine || arguments.proof.format == AnswerFormat::Json && !arguments.write {
            return Ok(outcome);
        }
    }
    if arguments.diff {
        print(&diff::unified(&shown, &subject.text, &result))?;
    } else if arguments.write {
        std::fs::write(file, &result).with_context(|| format!("cannot write {shown}"))?;
    } else {
        print(&result)?;
    }
    Ok(Outcome::Fine)
}

/// A rewrite that makes a file and leaves the Dockerfile as it is: that is what is printed, and the file is shown or saved.
fn create(subject: &Subject, created: &NewFile, arguments: &RewriteArguments) -> anyhow::Result<Outcome> {
    if arguments.prove {
        bail!(
            "{} changes what is sent, not the Dockerfile: --prove cannot build it without the file; save it and build",
            created.path
        );
    }
    let root = subject.facts.context.as_ref().map_or("", |context| context.root.as_str());
    let path = match root {
        "" | "." => PathBuf::from(&created.path),
        root => Path::new(root).join(&created.path),
    };
    let shown = path.display().to_string();
    if arguments.diff {
        print(&diff::unified(&shown, "", &created.text))?;
    } else if arguments.write {
        let mut file = std::fs::File::create_new(&path).with_context(|| format!("cannot create {shown}"))?;
        file.write_all(created.text.as_bytes()).with_context(|| format!("cannot write {shown}"))?;
    } else {
        tell(&format!("the Dockerfile stays as it is: --diff shows {shown}, --write creates it\n"))?;
        print(&subject.text)?;
    }
    Ok(Outcome::Fine)
}

fn refusal(id: &str, file: &Path, subject: &Subject, refusals: &[&Refusal], line: Option<u32>) -> Refused {
    let at_line = refusals.iter().find(|refusal| line.is_none_or(|line| subject.covers(refusal.place, line)));
    let place = line.map(|line| format!(" at line {line}")).unwrap_or_default();
    Refused(match at_line {
        Some(refusal) => format!(
            "{id} does not apply to {}:{}: {}",
            file.display(),
            subject.line(refusal.place),
            refusal.reason
        ),
        None => format!(
            "{id} does not apply to {}{place}: there is nothing in it that it changes",
            file.display()
        ),
    })
}
