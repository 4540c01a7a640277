//! Edits by class: what people do between two builds, each with a line that says what was done.

use super::file_edits as files;
use super::instruction_edits as instructions;
use super::project::Project;
use crate::engine::random::Random;

/// A class of edits. Each is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    Nothing,
    Content,
    Touch,
    Chmod,
    Add,
    Delete,
    Rename,
    Retarget,
    Ignore,
    Comment,
    Reindent,
    ArgDefault,
    BuildArg,
    UnusedArg,
    Env,
    Config,
    Text,
    Insert,
    Remove,
    Base,
    Prune,
    Back,
    Target,
}

pub(super) const CLASSES: [Class; 23] = [
    Class::Nothing,
    Class::Content,
    Class::Touch,
    Class::Chmod,
    Class::Add,
    Class::Delete,
    Class::Rename,
    Class::Retarget,
    Class::Ignore,
    Class::Comment,
    Class::Reindent,
    Class::ArgDefault,
    Class::BuildArg,
    Class::UnusedArg,
    Class::Env,
    Class::Config,
    Class::Text,
    Class::Insert,
    Class::Remove,
    Class::Base,
    Class::Prune,
    Class::Back,
    Class::Target,
];

impl Class {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Content => "content",
            Self::Touch => "touch",
            Self::Chmod => "chmod",
            Self::Add => "add",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Retarget => "symlink retarget",
            Self::Ignore => ".dockerignore",
            Self::Comment => "Dockerfile comment",
            Self::Reindent => "reindented continuation",
            Self::ArgDefault => "ARG default",
            Self::BuildArg => "build argument",
            Self::UnusedArg => "unused ARG",
            Self::Env => "ENV",
            Self::Config => "LABEL, CMD and the like",
            Self::Text => "instruction text",
            Self::Insert => "instruction inserted",
            Self::Remove => "instruction removed",
            Self::Base => "base re-tagged",
            Self::Prune => "cache pruned",
            Self::Back => "there and back again",
            Self::Target => "target switched",
        }
    }
}

/// How many base images a project has: see `store`.
pub(super) const N_BASES: usize = 4;

/// Changes the project, and says how. None where it has nothing that this class could change. What `Prune` does is done to the
/// builder's store, not to the project.
pub(super) fn edit(
    class: Class,
    project: &mut Project,
    past: &[Project],
    number: usize,
    random: &mut Random,
) -> Option<String> {
    match class {
        Class::Nothing => Some("nothing".to_owned()),
        Class::Content => files::content(project, number, random),
        Class::Touch => files::touch(project, number, random),
        Class::Chmod => files::chmod(project, random),
        Class::Add => files::add(project, number, random),
        Class::Delete => files::delete(project, random),
        Class::Rename => files::rename(project, number, random),
        Class::Retarget => files::retarget(project, random),
        Class::Ignore => files::ignore(project, random),
        Class::Comment => instructions::comment(project, number, random),
        Class::Reindent => instructions::reindent(project, random),
        Class::ArgDefault => instructions::argument_default(project, number, random),
        Class::BuildArg => instructions::build_argument(project, number, random),
        Class::UnusedArg => instructions::unused_argument(project, number, random),
        Class::Env => instructions::environment(project, number, random),
        Class::Config => instructions::configuration(project, number, random),
        Class::Text => instructions::text(project, number, random),
        Class::Insert => instructions::insert(project, number, random),
        Class::Remove => instructions::remove(project, random),
        Class::Base => {
            project.base = (project.base + 1 + random.below(N_BASES - 1)) % N_BASES;
            Some(format!("the base is image {}", project.base))
        }
        Class::Prune => Some("the builder's store is pruned of this project".to_owned()),
        Class::Back => {
            let last = past.len().checked_sub(1).filter(|last| *last > 0)?;
            let earlier = random.below(last);
            *project = past[earlier].clone();
            Some(format!("everything is as before edit {earlier} again"))
        }
        Class::Target => {
            let others: Vec<&str> =
                project.kind.targets.iter().copied().filter(|target| *target != project.target).collect();
            project.target = random.choose(&others)?;
            Some(format!("--target {}", project.target))
        }
    }
}
