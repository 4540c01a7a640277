//! The variables that RUN sees beyond those of the base image, in the order in which BuildKit lists them: the last one set comes last.

use super::Part;

/// ENV and ARG of a stage and of those below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    variables: Vec<Variable>,
}

#[derive(Debug, Clone)]
struct Variable {
    name: String,
    value: String,
    is_argument: bool,
}

impl Environment {
    /// Sets a variable, in the place of any of that name (`EnvList.AddOrReplace`).
    pub(super) fn set(&mut self, name: &str, value: String, is_argument: bool) {
        self.variables.retain(|variable| variable.name != name);
        self.variables.push(Variable { name: name.to_owned(), value, is_argument });
    }

    /// The parts of a RUN's key.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Part, String)> {
        self.variables.iter().map(|variable| {
            let name = variable.name.clone();
            let part = if variable.is_argument { Part::Argument(name) } else { Part::Environment(name) };
            (part, variable.value.clone())
        })
    }
}
