//! An image for people: what it comes to, its layers, and what is not worth its bytes.

use ide::bytes;
use ide::plain::plain;
use inner_loop::inspection::{Compressed, Inside, Inspection, Leak, PackageManager};

use super::build_text::shortened;
use crate::commands::inspect::Inspected;

/// How many files are named of each kind.
const NAMED: usize = 5;

/// Pages: what the image is, a line a layer, then waste, the biggest files and secrets.
pub(crate) fn text(image: &Inspected) -> String {
    let inspection = &image.inspection;
    let mut text = head(image);
    text += "\nlayer    bytes  compressed     wasted  line\n";
    for (number, layer) in inspection.layers.iter().enumerate() {
        let line = image.lines(number).map(|(line, _)| line.to_string()).unwrap_or_default();
        let line =
            if image.base_layers().is_some_and(|base| number < base) { "base".to_owned() } else { line };
        let compressed = match layer.compressed {
            Compressed::Exact(size) => bytes(size),
            Compressed::About(size) => format!("~{}", bytes(size)),
            Compressed::Unknown => "?".to_owned(),
        };
        let (size, wasted) = match &layer.unread {
            Some(_) => ("?".to_owned(), "?".to_owned()),
            None => (bytes(layer.bytes), if layer.wasted > 0 { bytes(layer.wasted) } else { String::new() }),
        };
        let row = format!(
            "{:>5} {size:>8}  {compressed:>10}  {wasted:>9}  {line:>4}  {}",
            number + 1,
            shortened(&image.instruction(number))
        );
        text += row.trim_end();
        text.push('\n');
        if let Some(reason) = &layer.unread {
            text += &format!("       its files are not known: {reason}\n");
        }
    }
    text += &waste(image);
    text += &biggest(inspection);
    text + &secrets(image)
}

fn head(image: &Inspected) -> String {
    let Inspected { inspection, made_by, name } = image;
    let id = inspection.id.strip_prefix("sha256:").unwrap_or(&inspection.id);
    let user = if inspection.user.is_empty() { "root" } else { &inspection.user };
    let mut text = format!(
        "{name} ({}), {}, runs as {}\n",
        id.get(..12).unwrap_or(id),
        plain(&inspection.platform),
        plain(user)
    );
    if let Some(made_by) = made_by {
        text += &format!("made by {}, stage {}\n", made_by.file.display(), plain(&made_by.stage));
    }
    let compressed = match inspection.compressed_bytes() {
        Some((size, true)) => format!(", {} compressed", bytes(size)),
        Some((size, false)) => format!(", about {} compressed", bytes(size)),
        None => String::new(),
    };
    let count = inspection.layers.len();
    let layers = if count == 1 { "1 layer".to_owned() } else { format!("{count} layers") };
    text += &format!("{} in {layers}{compressed}\n", bytes(inspection.bytes()));
    text += &format!(
        "{} wasted, {:.1} % of the bytes can be seen\n",
        bytes(inspection.wasted_bytes()),
        inspection.efficiency() * 100.0
    );
    let last = inspection.layers.last().map(|layer| &layer.inside);
    match image.base() {
        Some(base) => {
            let name = made_by.as_ref().and_then(|made_by| made_by.base.as_deref()).unwrap_or("base");
            let size = inspection.layers[..image.base_layers().unwrap_or_default()]
                .iter()
                .map(|layer| layer.bytes)
                .sum();
            text += &format!("base {}: {}{}\n", plain(name), bytes(size), inside(&base.inside));
            if last != Some(&base.inside) {
                text += &last
                    .map(|last| format!("with what was installed on it{}\n", inside(last)))
                    .unwrap_or_default();
            }
        }
        None => {
            text += &last
                .map(|last| format!("inside{}\n", inside(last)))
                .filter(|line| line != "inside\n")
                .unwrap_or_default();
        }
    }
    text
}

/// `, Debian GNU/Linux 12 (bookworm), 88 packages of dpkg`.
fn inside(inside: &Inside) -> String {
    let mut text = String::new();
    if let Some(os) = &inside.os {
        text += &format!(", {}", plain(os));
    }
    for (manager, count) in &inside.packages {
        text += &format!(", {count} packages of {}", manager_name(*manager));
    }
    if inside.has_rpm {
        text += ", packages of RPM, whose list is not read";
    }
    text
}

pub(super) const fn manager_name(manager: PackageManager) -> &'static str {
    match manager {
        PackageManager::Dpkg => "dpkg",
        PackageManager::Apk => "apk",
    }
}

fn waste(image: &Inspected) -> String {
    let wasted = &image.inspection.wasted;
    if wasted.is_empty() {
        return String::new();
    }
    let rows = wasted.iter().take(NAMED).map(|wasted| {
        format!(
            "{:>14}  {}  of {}, hidden by {}\n",
            bytes(wasted.file.bytes),
            plain(&wasted.file.path),
            place(image, wasted.layer),
            place(image, wasted.hidden_by)
        )
    });
    format!(
        "\nwasted: written by one layer, overwritten or deleted by a later one\n{}",
        rows.collect::<String>()
    )
}

fn biggest(inspection: &Inspection) -> String {
    if inspection.biggest.is_empty() {
        return String::new();
    }
    let rows = inspection.biggest.iter().take(NAMED).map(|(file, layer)| {
        format!("{:>14}  {}  of layer {}\n", bytes(file.bytes), plain(&file.path), layer + 1)
    });
    format!("\nbiggest of {} files\n{}", inspection.files, rows.collect::<String>())
}

fn secrets(image: &Inspected) -> String {
    let variables = image.secret_variables();
    let leaks = &image.inspection.leaks;
    if leaks.is_empty() && variables.is_empty() {
        return "\nno secret is seen: neither in a file of any layer nor in a variable\n".to_owned();
    }
    let mut text = "\nwhat looks like a secret (values are not shown)\n".to_owned();
    for Leak { layer, path, kind, is_hidden } in leaks {
        let hidden =
            if *is_hidden { "; a later layer hides it, and it is in the image all the same" } else { "" };
        text += &format!("  {kind} in {}, {}{hidden}\n", plain(path), place(image, *layer));
    }
    for name in variables {
        text += &format!("  the variable {}\n", plain(name));
    }
    text
}

/// `layer 4 (line 7)`.
fn place(image: &Inspected, layer: usize) -> String {
    match image.lines(layer) {
        Some((line, _)) => format!("layer {} (line {line})", layer + 1),
        None => format!("layer {}", layer + 1),
    }
}
