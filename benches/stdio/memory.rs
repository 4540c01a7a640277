//! Memory of a process and its children, from `/proc`; unknown where there is none.

use std::fs;

/// Mebibytes, summed over the process tree: an upper bound where processes have pages in common.
pub(crate) struct Memory {
    /// In memory now (`VmRSS`).
    pub(crate) resident: f64,
    /// The most so far (`VmHWM`).
    pub(crate) peak: f64,
}

/// The memory of a process and all its descendants.
pub(crate) fn of_tree(process_id: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let mut memory = Memory { resident: field(&status, "VmRSS:")?, peak: field(&status, "VmHWM:")? };
    for child in children(process_id) {
        if let Some(of_child) = of_tree(child) {
            memory.resident += of_child.resident;
            memory.peak += of_child.peak;
        }
    }
    Some(memory)
}

fn field(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

fn children(process_id: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process_id}/task")) else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}
