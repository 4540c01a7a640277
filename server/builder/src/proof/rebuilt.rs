//! What it takes to build again after an edit of one file, measured in a copy of the context.

use std::path::PathBuf;

use inner_loop::proof::{Rebuild, Rebuilds, Side, Sides, choose_edit};
use inner_loop::{BuildRequest, Export, is_remote};

use super::built::{self, Built};
use super::context_copy::ContextCopy;
use super::{Prover, Stop};
use crate::session;

impl Prover<'_> {
    /// Builds both again after an edit. What keeps it from being measured is told, and is no reason against the rewrite.
    pub(super) async fn rebuild(&self, before: &Built, after: &Built) -> Result<Rebuilds, Stop> {
        match self.try_rebuild(before, after).await {
            Ok(rebuilds) => Ok(rebuilds),
            Err(Stop::NotBuilt(why)) => Ok(Rebuilds::Unknown(why)),
            Err(Stop::Canceled) => Err(Stop::Canceled),
        }
    }

    async fn try_rebuild(&self, before: &Built, after: &Built) -> Result<Rebuilds, Stop> {
        let unknown = |why: &str| Stop::NotBuilt(why.to_owned());
        let (old, new) = (&self.request.before, &self.request.after);
        if is_remote(&old.context) {
            return Err(unknown("the builder fetches the context"));
        }
        let (root, dockerfile) = (PathBuf::from(&old.context), old.dockerfile.clone());
        let copied = tokio::task::spawn_blocking(move || ContextCopy::of(&root, &dockerfile));
        let copied = self.unless_canceled(copied).await?;
        let copied = copied.map_err(|error| Stop::NotBuilt(error.to_string()))?.map_err(Stop::NotBuilt)?;
        let edit = choose_edit(copied.files.iter().cloned(), old, new);
        let edit = edit.ok_or_else(|| unknown("the builds read no source file that could be edited"))?;
        self.doing(&format!("building both again after an edit of {}", edit.path));
        // The builder has the copy's files from then on, as it has those of a folder that is built every day.
        for (side, request) in [(Side::Before, old), (Side::After, new)] {
            self.build_copy(side, request, &copied, Export::Nothing).await?;
        }
        let make = || {
            let made = copied.edit(&edit.path, &edit.addition(&session::new_id()));
            made.map_err(|error| Stop::NotBuilt(format!("{} cannot be edited in a copy: {error}", edit.path)))
        };
        let failed = |stop| match stop {
            Stop::NotBuilt(_) => Stop::NotBuilt(format!("the build fails after an edit of {}", edit.path)),
            Stop::Canceled => Stop::Canceled,
        };
        make()?;
        let old_again = self.build_copy(Side::Before, old, &copied, Export::Image).await.map_err(failed)?;
        make()?;
        let new_again = self.build_copy(Side::After, new, &copied, Export::Image).await.map_err(failed)?;
        self.doing("counting what a device must pull after the edit");
        let sides = Sides {
            before: self.measured(before, &old_again).await?,
            after: self.measured(after, &new_again).await?,
        };
        Ok(Rebuilds::Measured { edited: edit.path, sides })
    }

    async fn build_copy(
        &self,
        side: Side,
        request: &BuildRequest,
        copied: &ContextCopy,
        export: Export,
    ) -> Result<Built, Stop> {
        let tags = if export == Export::Image { vec![self.left_over.new_tag()] } else { Vec::new() };
        let context = copied.path().display().to_string();
        let request = BuildRequest { context, export, tags, ..request.clone() };
        built::build(self.shared, request, side, self.sink, self.cancel).await
    }

    async fn measured(&self, held: &Built, again: &Built) -> Result<Rebuild, Stop> {
        let Built { seconds, steps, cached, .. } = again;
        // Where the edit left no trace in an image, as a comment may, nobody knows what a real one would cost.
        let pulled = match held.image.id == again.image.id {
            true => None,
            false => {
                let counted = Box::pin(self.images.pulled(&held.image.id, &again.image.id));
                self.unless_canceled(counted).await?
            }
        };
        Ok(Rebuild { seconds: *seconds, steps: *steps, cached: *cached, pulled })
    }
}
