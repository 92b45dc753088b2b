//! What the files of a crate import from each other.
//!
//! An import is a private `use`, or a path in the code. Declaring a module and
//! re-exporting its items (`pub use`) is not one. An item that is imported by way of a re-export comes from the file that
//! defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Item, UseTree, Visibility};

/// A module by its path within its crate; the root is empty.
pub(crate) type Module = Vec<String>;

/// The files of a crate: what each imports, and from which other.
pub(crate) struct Crate {
    pub(crate) edges: BTreeMap<Module, BTreeMap<Module, BTreeSet<String>>>,
}

/// One file as it was parsed.
#[derive(Default)]
struct File {
    imports: Vec<Module>,
    /// What it re-exports, by the name under which it does.
    exports: BTreeMap<String, Module>,
    globs: Vec<Module>,
    defines: BTreeSet<String>,
}

impl Crate {
    /// Reads the crate whose source is in `folder`.
    pub(crate) fn read(folder: &Path) -> Crate {
        let mut files = BTreeMap::new();
        read_folder(folder, &mut Vec::new(), &mut files);
        let mut edges = BTreeMap::<Module, BTreeMap<Module, BTreeSet<String>>>::new();
        for (module, file) in &files {
            let from = edges.entry(module.clone()).or_default();
            for path in &file.imports {
                let Some(to) = defining(&files, path, 0).filter(|to| to != module) else { continue };
                from.entry(to).or_default().insert(path.last().cloned().unwrap_or_default());
            }
        }
        Crate { edges }
    }
}

fn read_folder(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, File>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_root = matches!(name.as_str(), "mod" | "lib");
        if !is_root {
            module.push(name);
        }
        if path.is_dir() {
            read_folder(&path, module, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let syntax = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let mut reading = Reading { module: module.clone(), file: File::default() };
            reading.visit_file(&syntax);
            files.insert(module.clone(), reading.file);
        }
        if !is_root {
            module.pop();
        }
    }
}

/// The file that defines what `path` names.
fn defining(files: &BTreeMap<Module, File>, path: &[String], depth: usize) -> Option<Module> {
    // Re-exports that name each other would go on for ever.
    if depth > 16 {
        return None;
    }
    let split = (0..=path.len()).rev().find(|&split| files.contains_key(&path[..split]))?;
    let (module, rest) = path.split_at(split);
    let file = &files[module];
    let Some(name) = rest.first() else { return Some(module.to_vec()) };
    if let Some(target) = file.exports.get(name) {
        let target: Module = target.iter().chain(&rest[1..]).cloned().collect();
        return defining(files, &target, depth + 1).or_else(|| Some(module.to_vec()));
    }
    if !file.defines.contains(name)
        && let Some(of) = file.globs.iter().find(|of| files.get(*of).is_some_and(|file| file.defines.contains(name)))
    {
        return Some(of.clone());
    }
    Some(module.to_vec())
}

/// Visits a file.
struct Reading {
    /// The module that is visited, inline ones included.
    module: Module,
    file: File,
}

impl Reading {
    /// A path within the crate, where `segments` is one.
    fn absolute(&self, segments: &[String]) -> Option<Module> {
        let mut module = self.module.clone();
        let mut at = 0;
        match segments.first()?.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => drop(module.pop()),
            _ => return None,
        }
        at += 1;
        while segments.get(at).is_some_and(|segment| segment == "super") {
            module.pop();
            at += 1;
        }
        module.extend(segments[at..].iter().cloned());
        Some(module)
    }

    fn add_use(&mut self, tree: &UseTree, before: &mut Vec<String>, public: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.add_use(&path.tree, before, public);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_use(tree, before, public)),
            UseTree::Name(name) if name.ident == "self" => self.add_leaf(before, before.last().cloned(), public),
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                before.push(name.clone());
                self.add_leaf(before, Some(name), public);
                before.pop();
            }
            UseTree::Rename(rename) => {
                before.push(rename.ident.to_string());
                self.add_leaf(before, Some(rename.rename.to_string()), public);
                before.pop();
            }
            UseTree::Glob(_) => {
                let module = self.absolute(before);
                // A module that a file declares is named without `self`.
                let module = module.or_else(|| public.then(|| [&self.module[..], before].concat()));
                if let Some(module) = module {
                    if public {
                        self.file.globs.push(module);
                    } else {
                        self.file.imports.push(module);
                    }
                }
            }
        }
    }

    fn add_leaf(&mut self, path: &[String], name: Option<String>, public: bool) {
        let absolute = self.absolute(path);
        match (absolute, name) {
            (Some(path), Some(name)) if public => drop(self.file.exports.insert(name, path)),
            (None, Some(name)) if public => drop(self.file.exports.insert(name, [&self.module[..], path].concat())),
            (Some(path), _) => self.file.imports.push(path),
            // A module that the file declares, or another crate, which is no file of this one.
            (None, _) => self.file.imports.push([&self.module[..], path].concat()),
        }
    }
}

impl<'ast> Visit<'ast> for Reading {
    fn visit_item(&mut self, item: &'ast Item) {
        let name = match item {
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Const(item) => Some(&item.ident),
            Item::Static(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            _ => None,
        };
        self.file.defines.extend(name.map(ToString::to_string));
        match item {
            Item::Use(item) => {
                let public = !matches!(item.vis, Visibility::Inherited);
                self.add_use(&item.tree, &mut Vec::new(), public);
            }
            Item::Mod(inline) if inline.content.is_some() => {
                self.module.push(inline.ident.to_string());
                visit::visit_item(self, item);
                self.module.pop();
            }
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            let path = self.absolute(&segments).unwrap_or_else(|| [&self.module[..], &segments[..]].concat());
            self.file.imports.push(path);
        }
        visit::visit_path(self, path);
    }
}
