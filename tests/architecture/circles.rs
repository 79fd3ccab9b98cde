//! Circles of imports within a folder: files, and sub-folders, that need each other.
//!
//! An import counts wherever a path begins with `super`, `self` or `crate`; what `mod.rs` re-exports belongs to the file that declares
//! it, and what `mod.rs` itself declares to nobody.

use super::{Source, fail_with, sources};
use std::collections::{BTreeMap, BTreeSet};

/// The circles there are: folder, and who stands in one. The list may only shrink.
const CIRCLES: &[(&str, &str)] = &[];

/// By the files and sub-folders of a folder: which others they import.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_folder_has_a_new_circle() {
    let sources = sources();
    let folders: BTreeSet<&str> = sources
        .iter()
        .filter_map(|s| s.path.strip_suffix("/mod.rs"))
        .collect();
    assert!(folders.len() > 10, "the folders were not found");
    let mut faults = Vec::new();
    for folder in folders {
        let graph = graph(&sources, folder);
        let listed = CIRCLES.iter().filter(|c| c.0 == folder).map(|c| c.1);
        let listed: Vec<BTreeSet<&str>> = listed.map(|c| c.split_whitespace().collect()).collect();
        let found = circles(&graph);
        for circle in &found {
            if !listed.iter().any(|l| circle.is_subset(l)) {
                faults.push(format!(
                    "{folder}: a new circle: {}",
                    arrows(&graph, circle)
                ));
            }
        }
        for name in listed.iter().flatten() {
            if !found.iter().any(|circle| circle.contains(name)) {
                faults.push(format!(
                    "{folder}: {name} is in no circle any more: take it off the list"
                ));
            }
        }
    }
    fail_with(faults);
}

/// Who imports whom in a folder.
fn graph(sources: &[Source], folder: &str) -> Graph {
    let inside = format!("{folder}/");
    let at: Vec<&str> = folder.split('/').collect();
    let children: BTreeSet<String> = sources
        .iter()
        .filter_map(|s| s.path.strip_prefix(&inside))
        .map(|rest| rest.split('/').next().unwrap().trim_end_matches(".rs"))
        .filter(|child| *child != "mod")
        .map(str::to_owned)
        .collect();
    let of_folder = sources.iter().find(|s| s.path == format!("{inside}mod.rs"));
    let exports = of_folder.map_or_else(BTreeMap::new, |s| exports(&s.code, &children));
    let mut graph: Graph = children
        .iter()
        .map(|c| (c.clone(), BTreeSet::new()))
        .collect();
    for s in sources {
        let Some(rest) = s.path.strip_prefix(&inside) else {
            continue;
        };
        let child = rest.split('/').next().unwrap().trim_end_matches(".rs");
        let Some(imports) = graph.get_mut(child) else {
            continue;
        };
        let module = s.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let module: Vec<&str> = module.split('/').collect();
        for path in absolute(&s.code, &module) {
            let Some([name, ..]) = path.strip_prefix_of(&at) else {
                continue;
            };
            let declared_in = children.get(name).or_else(|| exports.get(name));
            imports.extend(declared_in.filter(|d| *d != child).cloned());
        }
    }
    graph
}

/// What follows a folder in a path that begins with it.
trait Within {
    fn strip_prefix_of(&self, folder: &[&str]) -> Option<&[String]>;
}

impl Within for Vec<String> {
    fn strip_prefix_of(&self, folder: &[&str]) -> Option<&[String]> {
        let begins = self.iter().zip(folder).take_while(|(a, b)| a == b).count();
        (begins == folder.len()).then(|| &self[begins..])
    }
}

/// Names that the code of a `mod.rs` re-exports, with the file that each comes from.
fn exports(code: &str, children: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (i, _) in code.match_indices("use ") {
        let mut paths = Vec::new();
        tree(&code[i + 4..], &mut Vec::new(), &mut paths);
        for path in paths.iter().filter(|p| p.len() > 1) {
            if let (Some(child), Some(name)) = (children.get(&path[0]), path.last()) {
                out.insert(name.clone(), child.clone());
            }
        }
    }
    out
}

/// The paths of the crate that the code of a module names, from its root.
fn absolute(code: &str, module: &[&str]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (i, _) in code.match_indices(start) {
            let before = code[..i].chars().next_back();
            if before.is_some_and(|c| c == ':' || c == '_' || c.is_alphanumeric()) {
                continue;
            }
            let mut paths = Vec::new();
            tree(&code[i..], &mut Vec::new(), &mut paths);
            for path in paths {
                let mut from: Vec<String> = module.iter().map(|m| (*m).to_owned()).collect();
                let mut names = path.into_iter().peekable();
                while let Some(name) = names.peek() {
                    match name.as_str() {
                        "crate" => from.clear(),
                        "super" => from.truncate(from.len() - 1),
                        "self" => {}
                        _ => break,
                    }
                    names.next();
                }
                out.push(from.into_iter().chain(names).collect());
            }
        }
    }
    out
}

/// Reads the path, or the tree of paths in braces, at the head of `text`; gives what follows it. A path with another name ends in that name.
fn tree<'t>(text: &'t str, prefix: &mut Vec<String>, out: &mut Vec<Vec<String>>) -> &'t str {
    let depth = prefix.len();
    let mut rest = text.trim_start();
    loop {
        if let Some(mut group) = rest.strip_prefix('{') {
            loop {
                group = group.trim_start().trim_start_matches(',').trim_start();
                match group.strip_prefix('}') {
                    Some(after) => {
                        rest = after;
                        break;
                    }
                    None if group.is_empty() => break,
                    None => {
                        let after = tree(group, prefix, out);
                        // What is no path is passed over, so that the reader comes to an end.
                        group = if after.len() < group.len() {
                            after
                        } else {
                            &group[1..]
                        };
                    }
                }
            }
            break;
        }
        let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric());
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        prefix.push(name.to_owned());
        rest = after;
        if let Some(more) = rest.strip_prefix("::") {
            rest = more.trim_start();
            continue;
        }
        if let Some(renamed) = rest.trim_start().strip_prefix("as ") {
            let end = renamed.find(|c: char| c != '_' && !c.is_alphanumeric());
            let (name, after) = renamed.split_at(end.unwrap_or(renamed.len()));
            prefix.push(name.to_owned());
            rest = after;
        }
        out.push(prefix.clone());
        break;
    }
    prefix.truncate(depth);
    rest
}

/// Sets of two or more who reach each other.
fn circles(graph: &Graph) -> Vec<BTreeSet<&str>> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = graph[from].iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if seen.insert(name) {
                open.extend(graph[name].iter().map(String::as_str));
            }
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = graph
        .keys()
        .map(|name| (name.as_str(), reached(name)))
        .collect();
    let mut found: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for (name, reaches) in &all {
        let circle: BTreeSet<&str> = reaches
            .iter()
            .copied()
            .filter(|other| all[other].contains(name))
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// Who imports whom in a circle.
fn arrows(graph: &Graph, circle: &BTreeSet<&str>) -> String {
    let of = |name: &&str| {
        let imports = graph[*name].iter().map(String::as_str);
        let inside: Vec<&str> = imports.filter(|i| circle.contains(i)).collect();
        format!("{name} -> {}", inside.join(" "))
    };
    circle.iter().map(of).collect::<Vec<_>>().join("; ")
}

#[test]
fn paths_are_followed() {
    let code = "use super::{a::{b, c as d}, e}; fn f() { crate::x::y::z(); self::g::h() } use other::super_::i;";
    let paths = absolute(code, &["x", "w"]);
    let text: Vec<String> = paths.iter().map(|p| p.join("::")).collect();
    assert_eq!(
        text,
        ["x::y::z", "x::a::b", "x::a::c::d", "x::e", "x::w::g::h"]
    );
    let children: BTreeSet<String> = ["a", "b"].map(str::to_owned).into();
    let found = exports(
        "mod a; pub use a::{X, f as g}; use crate::q::Y; pub use b::Z;",
        &children,
    );
    let text: Vec<String> = found
        .iter()
        .map(|(name, file)| format!("{file}::{name}"))
        .collect();
    assert_eq!(text, ["a::X", "b::Z", "a::g"]);
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    let graph: Graph = [
        ("a", names(&["b"])),
        ("b", names(&["c"])),
        ("c", names(&["b"])),
    ]
    .into_iter()
    .map(|(name, imports)| (name.to_owned(), imports))
    .collect();
    assert_eq!(circles(&graph), [BTreeSet::from(["b", "c"])]);
    assert_eq!(
        arrows(&graph, &BTreeSet::from(["b", "c"])),
        "b -> c; c -> b"
    );
}
