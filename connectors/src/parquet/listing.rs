//! Which files there are, and what their directories say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use flowstone_runtime::error::Fault;

use super::fault::fault;
use super::hive;

/// The files of a source, sorted by their paths.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) files: Vec<String>,
    /// The columns that directories below the source's path are named by, and whether all their values are integers.
    pub(crate) columns: BTreeMap<String, bool>,
}

impl Listing {
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Listing, Fault> {
        let mut listing = Listing::default();
        for root in paths {
            let data = fs::metadata(root).map_err(|error| fault("cannot read", root, error))?;
            if data.is_dir() {
                let before = listing.files.len();
                listing.directory(root, root)?;
                if listing.files.len() == before {
                    let what = format!("there is no Parquet file in `{}`", root.display());
                    return Err(
                        Fault::new(what).help("their names end in `.parquet`, `.parq` or `.pq`; check the path")
                    );
                }
            } else {
                listing.add(root, root)?;
            }
        }
        listing.files.sort_unstable();
        listing.files.dedup();
        Ok(listing)
    }

    fn directory(&mut self, root: &Path, directory: &Path) -> Result<(), Fault> {
        let cannot = |error| fault("cannot read the directory", directory, error);
        for entry in fs::read_dir(directory).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let (name, path) = (entry.file_name(), entry.path());
            // What starts so is not, or not yet, a part of the data: this is how Hive and all after it mark it.
            if name.as_encoded_bytes().starts_with(b"_") || name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if fs::metadata(&path).map_err(cannot)?.is_dir() {
                self.directory(root, &path)?;
            } else if is_parquet(&path) {
                self.add(root, &path)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, root: &Path, file: &Path) -> Result<(), Fault> {
        let Some(name) = file.to_str() else {
            let what = format!("the file's name `{}` is not UTF-8", file.display());
            return Err(Fault::new(what).help("rename it"));
        };
        self.files.push(name.to_owned());
        for (column, value) in hive::columns(root, file) {
            let integer = value.is_none_or(|value| value.parse::<i64>().is_ok());
            self.columns.entry(column).and_modify(|all| *all &= integer).or_insert(integer);
        }
        Ok(())
    }
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|end| ["parquet", "parq", "pq"].iter().any(|known| end.eq_ignore_ascii_case(known)))
}
