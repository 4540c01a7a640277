//! `inspect --format json`.

use inner_loop::inspection::{Compressed, Inside, Wasted};
use serde_json::{Value, json};

use super::inspect_text::manager_name;
use crate::commands::inspect::Inspected;

/// The image as one object: sizes in bytes, layers and lines from 1; what is not known is null.
pub(crate) fn value(image: &Inspected) -> Value {
    let Inspected { name, inspection, made_by } = image;
    let base_layers = image.base_layers();
    let layers = inspection.layers.iter().enumerate().map(|(number, layer)| {
        let lines = image.lines(number);
        let (compressed, is_exact) = match layer.compressed {
            Compressed::Exact(bytes) => (Some(bytes), true),
            Compressed::About(bytes) => (Some(bytes), false),
            Compressed::Unknown => (None, false),
        };
        let known = |bytes: u64| layer.unread.is_none().then_some(bytes);
        json!({
            "layer": number + 1, "instruction": image.instruction(number),
            "line": lines.map(|lines| lines.0), "end_line": lines.map(|lines| lines.1),
            "base": base_layers.map(|base| number < base),
            "bytes": known(layer.bytes), "wasted": known(layer.wasted), "files": layer.files,
            "compressed": compressed, "compressed_is_exact": is_exact, "unread": layer.unread,
        })
    });
    let leaks = inspection.leaks.iter().map(|leak| {
        json!({
            "kind": leak.kind, "path": leak.path, "layer": leak.layer + 1, "hidden": leak.is_hidden,
            "line": image.lines(leak.layer).map(|lines| lines.0),
        })
    });
    let wasted = inspection.wasted.iter().map(|Wasted { file, layer, hidden_by }| {
        json!({"path": file.path, "bytes": file.bytes, "layer": layer + 1, "hidden_by": hidden_by + 1})
    });
    let biggest = inspection
        .biggest
        .iter()
        .map(|(file, layer)| json!({"path": file.path, "bytes": file.bytes, "layer": layer + 1}));
    let base = image.base().map(|base| {
        json!({
            "image": made_by.as_ref().and_then(|made_by| made_by.base.as_ref()),
            "layers": base_layers, "inside": inside(&base.inside),
        })
    });
    json!({
        "version": 1,
        "image": name, "id": inspection.id, "platform": inspection.platform,
        "user": if inspection.user.is_empty() { "root" } else { &inspection.user },
        "file": made_by.as_ref().map(|made_by| made_by.file.display().to_string()),
        "stage": made_by.as_ref().map(|made_by| &made_by.stage),
        "bytes": inspection.bytes(),
        "compressed": inspection.compressed_bytes().map(|(bytes, _)| bytes),
        "wasted": inspection.wasted_bytes(),
        "efficiency": (inspection.efficiency() * 10_000.0).round() / 10_000.0,
        "files": inspection.files,
        "base": base,
        "inside": inspection.layers.last().map(|layer| inside(&layer.inside)),
        "layers": layers.collect::<Vec<_>>(),
        "wasted_files": wasted.collect::<Vec<_>>(),
        "biggest_files": biggest.collect::<Vec<_>>(),
        "secrets": leaks.collect::<Vec<_>>(),
        "secret_variables": image.secret_variables(),
    })
}

fn inside(inside: &Inside) -> Value {
    let packages: serde_json::Map<String, Value> = inside
        .packages
        .iter()
        .map(|(manager, count)| (manager_name(*manager).to_owned(), (*count).into()))
        .collect();
    let mut value = json!({"os": inside.os, "packages": packages});
    if inside.has_rpm {
        value["packages"]["rpm"] = Value::Null;
    }
    value
}
