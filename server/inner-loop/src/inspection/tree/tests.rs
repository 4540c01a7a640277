//! Layers upon each other, and what each comes to.

use super::*;

/// A layer as entries: `path/` a folder, `path bytes` a file, `path -> path` a link, a bare path something without content.
fn tree(layers: &[&[&str]]) -> Tree {
    let mut tree = Tree::default();
    for layer in layers {
        tree.begin_layer();
        for entry in *layer {
            let (path, entry) = match entry.rsplit_once(' ') {
                Some((path, target)) if path.ends_with(" ->") => {
                    (path.trim_end_matches(" ->"), Entry::Link(target.as_bytes()))
                }
                Some((path, bytes)) => (path, Entry::File(bytes.parse().unwrap())),
                None if entry.ends_with('/') => (*entry, Entry::Folder),
                None => (*entry, Entry::Other),
            };
            tree.add(path.as_bytes(), entry).unwrap();
        }
    }
    tree
}

/// Bytes and waste of each layer, and what can be seen.
fn check(layers: &[&[&str]], sums: &[(u64, u64)], visible: (usize, u64)) {
    let tree = tree(layers);
    let found: Vec<_> = tree.layers().iter().map(|layer| (layer.bytes, layer.wasted)).collect();
    assert_eq!((&*found, tree.visible()), (sums, visible), "{layers:?}");
    let all: u64 = found.iter().map(|(bytes, _)| bytes).sum();
    assert_eq!(all - found.iter().map(|(_, wasted)| wasted).sum::<u64>(), tree.visible().1);
}

#[test]
fn what_is_overwritten_is_wasted_where_it_was() {
    check(&[&["a/", "a/b 10", "c 1"], &["./a/b 7"], &["/a/b 5"]], &[(11, 10), (7, 7), (5, 0)], (2, 6));
}

#[test]
fn what_is_deleted_is_wasted_and_a_whiteout_has_no_bytes() {
    check(&[&["a/b 10", "a/c 3"], &["a/.wh.b 0"]], &[(13, 10), (0, 0)], (1, 3));
    // A whole folder, and what is put there afterwards.
    check(
        &[&["a/b/x 10", "a/b/y 1", "a/c 3"], &["a/.wh.b"], &["a/b 2"]],
        &[(14, 11), (0, 0), (2, 0)],
        (2, 5),
    );
    check(&[&["a 1"], &[".wh.a", ".wh.nothing", "x/.wh.y"]], &[(1, 1), (0, 0)], (0, 0));
}

#[test]
fn an_opaque_folder_hides_what_is_below_and_not_its_own() {
    let expected: &[(u64, u64)] = &[(11, 10), (5, 0)];
    for order in [["a/new 5", "a/.wh..wh..opq"], ["a/.wh..wh..opq", "a/new 5"]] {
        check(&[&["a/old 10", "b 1"], &order], expected, (2, 6));
    }
}

#[test]
fn a_whiteout_hides_nothing_of_its_own_layer() {
    check(&[&["a/x 10"], &["a/y 5", ".wh.a"]], &[(10, 10), (5, 0)], (1, 5));
}

#[test]
fn a_file_and_a_folder_take_each_others_place() {
    check(&[&["a/x 10", "a/y/z 4"], &["a 3"]], &[(14, 14), (3, 0)], (1, 3));
    check(&[&["a 3"], &["a/", "a/x 10"]], &[(3, 3), (10, 0)], (1, 10));
    check(&[&["a 3"], &["a/x 10"]], &[(3, 3), (10, 0)], (1, 10));
    // A folder that is there already stays.
    check(&[&["a/x 10"], &["a/"]], &[(10, 0), (0, 0)], (1, 10));
}

#[test]
fn a_content_is_there_as_long_as_one_of_its_names() {
    let linked: &[&str] = &["a 10", "b -> a", "c -> ./a"];
    check(&[linked, &[".wh.a", "b 1"]], &[(10, 0), (1, 0)], (2, 11));
    check(&[linked, &[".wh.a", "b 1", ".wh.c"]], &[(10, 10), (1, 0)], (1, 1));
    // What a link names may not be there.
    check(&[&["b -> nowhere"]], &[(0, 0)], (1, 0));
}

#[test]
fn the_same_name_twice_in_a_layer_is_waste_of_that_layer() {
    check(&[&["a 10", "a 4"]], &[(14, 10)], (1, 4));
}

#[test]
fn symbolic_links_and_devices_have_no_bytes_and_hide_files() {
    check(&[&["a 10"], &["a"]], &[(10, 10), (0, 0)], (1, 0));
}

#[test]
fn the_biggest_files_are_named_with_their_layers() {
    let tree =
        tree(&[&["usr/größe 900", "usr/l -> usr/größe", "b 10", "e 0"], &["c 700", "b 20"], &[".wh.c"]]);
    let biggest: Vec<_> =
        tree.biggest().into_iter().map(|(file, layer)| (file.path, file.bytes, layer)).collect();
    // Of two names the one that comes first by the alphabet.
    assert_eq!(biggest, [("/usr/größe".to_owned(), 900, 0), ("/b".to_owned(), 20, 1)]);
    let wasted: Vec<_> =
        tree.wasted().iter().map(|it| (&*it.file.path, it.file.bytes, it.layer, it.hidden_by)).collect();
    assert_eq!(wasted, [("/c", 700, 1, 2), ("/b", 10, 0, 1)]);
    assert_eq!(
        (tree.layer_of(b"b"), tree.layer_of(b"./usr/l"), tree.layer_of(b"c"), tree.layer_of(b"usr")),
        (Some(1), Some(0), None, None)
    );
}

#[test]
fn many_files_of_one_size_do_not_push_each_other_out() {
    let names: Vec<String> = (0..500).map(|number| format!("f{number:03} 7")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let tree = tree(&[&names]);
    assert_eq!(tree.biggest().len(), NAMED);
    assert_eq!(tree.biggest()[0].0.path, "/f000");
}

#[test]
fn odd_paths_do_no_harm() {
    let deep = format!("{}x 5", "d/".repeat(5000));
    let tree = tree(&[&["/ 3", "../../a 1", "a/./../b 2", &deep, ".wh. 1", "\u{fffd}/ö 4"]]);
    assert!(tree.visible().0 >= 2);
    assert_eq!(Tree::default().visible(), (0, 0));
    assert_eq!(Tree::default().add(b"a", Entry::File(1)), Ok(()));
}
