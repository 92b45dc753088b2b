//! A store on disk of which something was lost, damaged or put back to an older state, and the files that its flow has
//! written: the flow goes on to the right output, or says which object it is and leaves the output as it was.

use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSource};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Copies of the store, as somebody made them while the flow ran.
#[derive(Clone, Default)]
struct Backups {
    of: PathBuf,
    taken: Arc<Mutex<Vec<Files>>>,
}

impl Backups {
    fn take(&self) {
        let files = read(&self.of);
        self.taken.lock().unwrap().push(files);
    }
}

dataflow! {
    /// The running total of each key, to one text file a worker.
    flow to_file(amounts: TestSource<(String, u64)>, backups: Backups, out: PathBuf) {
        input("amounts", amounts)
            -> stateful_map("total", |total: &mut Option<u64>, amount| *total.insert(total.unwrap_or(0) + amount))
            -> inspect("backup", move |_| backups.take())
            -> output("out", FileSink::new(out.join("totals.txt")));
    }

    /// The same, to a file an epoch.
    flow to_dir(amounts: TestSource<(String, u64)>, backups: Backups, out: PathBuf) {
        input("amounts", amounts)
            -> stateful_map("total", |total: &mut Option<u64>, amount| *total.insert(total.unwrap_or(0) + amount))
            -> inspect("backup", move |_| backups.take())
            -> output("out", DirSink::new(out));
    }
}

/// Files by their paths, seen from a folder.
type Files = BTreeMap<String, Vec<u8>>;

/// All files in a folder. One that is removed meanwhile is left out.
fn read(folder: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, files: &mut Files) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, files);
            } else if let Ok(bytes) = fs::read(&path) {
                files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), bytes);
            }
        }
    }
    let mut files = Files::new();
    walk(folder, folder, &mut files);
    files
}

fn write(folder: &Path, files: &Files) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    File,
    Dir,
}

/// A flow with its store and its output.
struct Place {
    kind: Kind,
    workers: usize,
    folder: TempDir,
}

impl Place {
    fn new(kind: Kind, workers: usize) -> Place {
        Place { kind, workers, folder: tempfile::tempdir().unwrap() }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Runs the flow to the next end of its input, each batch an epoch: how it ended, and the copies that were made meanwhile.
    fn run(&self) -> (Result<(), String>, Vec<Files>) {
        let amount = |n: u64| Entry::Items(vec![(format!("key {}", n % 3), n)]);
        let mut entries: Vec<_> = (0..5).map(amount).chain([Entry::Eof]).collect();
        entries.extend((5..9).map(amount).chain([Entry::Eof]).chain((9..12).map(amount)));
        let backups = Backups { of: self.store(), ..Backups::default() };
        let (amounts, taken) = (TestSource::script(entries), Arc::clone(&backups.taken));
        let flow = match self.kind {
            Kind::File => to_file(amounts, backups, self.out()),
            Kind::Dir => to_dir(amounts, backups, self.out()),
        };
        let config =
            Config::default().recovery(self.store().to_str().unwrap()).snapshot_interval(Duration::ZERO).lockstep();
        let ended = flow.run(&config.workers(self.workers)).map(drop).map_err(|error| error.report());
        let taken = std::mem::take(&mut *taken.lock().unwrap());
        (ended, taken)
    }

    fn goes_on(&self) -> Vec<Files> {
        let (ended, taken) = self.run();
        ended.unwrap();
        taken
    }

    /// What readers see, sorted.
    fn lines(&self) -> Vec<String> {
        let files = read(&self.out()).into_iter().filter(|(name, _)| !name.starts_with('.'));
        let mut lines: Vec<String> = files
            .flat_map(|(_, bytes)| String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        lines.sort();
        lines
    }

    /// Runs the flow on this store and output. Either it goes on to `right`, or it says what is wrong, with one of `names` in
    /// it, and leaves the output as it was. True where it refused.
    fn right_or_refused(&self, store: &Files, out: &Files, right: &[String], names: &[&str], what: &str) -> bool {
        write(&self.store(), store);
        write(&self.out(), out);
        let before = self.lines();
        match self.run().0 {
            Ok(()) => {
                // The end of the input that the first execution came to may have to be read again.
                if self.lines() != right {
                    self.run().0.unwrap();
                }
                assert_eq!(self.lines(), right, "{what}");
                false
            }
            Err(report) => {
                assert!(names.iter().any(|name| report.contains(name)), "{what}: {report}");
                assert!(report.contains("help: "), "{what}: {report}");
                assert_eq!(self.lines(), before, "{what}: {report}");
                true
            }
        }
    }
}

fn each(test: impl Fn(Place)) {
    for kind in [Kind::File, Kind::Dir] {
        for workers in [1, 2] {
            test(Place::new(kind, workers));
        }
    }
}

type Damage = (&'static str, fn(&mut Vec<u8>));

const DAMAGES: [Damage; 5] = [
    ("empty", Vec::clear),
    ("torn", |bytes| bytes.truncate(bytes.len() / 2)),
    ("with a bit flipped", |bytes| {
        let at = bytes.len() - 3;
        bytes[at] ^= 4;
    }),
    ("with a bit flipped in front", |bytes| bytes[9] ^= 1),
    ("foreign", |bytes| *bytes = b"<html><body>Sign in to the network</body></html>".to_vec()),
];

#[test]
fn whatever_happens_to_an_object_is_made_good_or_named() {
    each(|place| {
        place.goes_on();
        let (store, out) = (read(&place.store()), read(&place.out()));
        place.goes_on();
        let right = place.lines();
        assert!(store.contains_key("head") && store.len() > 6);
        for (name, bytes) in &store {
            let mut without = store.clone();
            without.remove(name);
            place.right_or_refused(&without, &out, &right, &[name], &format!("{:?} without {name}", place.kind));
            for (what, damage) in DAMAGES {
                let mut damaged = store.clone();
                damage(damaged.get_mut(name).unwrap());
                place.right_or_refused(&damaged, &out, &right, &[name], &format!("{name} {what}"));
            }
            // The one after it; the last one has the first.
            let after = store.range(name.clone()..).nth(1).or(store.first_key_value());
            if let Some((other, others)) = after {
                let swapped = [(name.clone(), others.clone()), (other.clone(), bytes.clone())];
                let mut both = store.clone();
                both.extend(swapped);
                place.right_or_refused(&both, &out, &right, &[name, other], &format!("{name} and {other} swapped"));
            }
        }
    });
}

#[test]
fn the_newest_manifests_are_missed_however_many_are_lost() {
    each(|place| {
        place.goes_on();
        let (store, out) = (read(&place.store()), read(&place.out()));
        place.goes_on();
        let right = place.lines();
        let manifests: Vec<&String> = store.keys().filter(|name| name.starts_with("manifests")).collect();
        assert!(manifests.len() > 1);
        for lost in 1..=manifests.len() {
            let mut left = store.clone();
            manifests.iter().rev().take(lost).for_each(|name| drop(left.remove(*name)));
            let newest = manifests[manifests.len() - 1];
            assert!(place.right_or_refused(&left, &out, &right, &[newest], &format!("{lost} manifests lost")));
            // What the output has shows it too.
            left.remove("head");
            let names = ["older state", "manifest", "parts/"];
            let what = format!("{lost} manifests and the head lost");
            let refused = place.right_or_refused(&left, &out, &right, &names, &what);
            assert!(refused || lost == 1, "{what}: the last commit alone has put nothing out");
        }
    });
}

#[test]
fn a_store_that_was_put_back_is_not_gone_on_from() {
    each(|place| {
        // Copies from between two commits, as a backup makes them, and those from between executions.
        let mut copies = place.goes_on();
        copies.push(read(&place.store()));
        copies.extend(place.goes_on());
        let (store, out) = (read(&place.store()), read(&place.out()));
        place.goes_on();
        let right = place.lines();
        assert!(copies.len() > 8);
        let mut refused = 0;
        for (number, copy) in copies.iter().enumerate() {
            let what = format!("{:?}, {} workers, copy {number}", place.kind, place.workers);
            let names = ["older state", "a newer execution", "manifest", "parts/", "head"];
            refused += usize::from(place.right_or_refused(copy, &out, &right, &names, &what));
        }
        assert!(refused + 1 >= copies.len(), "{refused} of {} refused", copies.len());
        // As it was, it is gone on from.
        assert!(!place.right_or_refused(&store, &out, &right, &[], "as it was"));
    });
}

#[test]
fn an_empty_store_begins_with_an_empty_file() {
    let place = Place::new(Kind::File, 1);
    place.goes_on();
    let (first, out) = (place.lines(), read(&place.out()));
    place.goes_on();
    assert!(!place.right_or_refused(&Files::new(), &out, &first, &[], "an empty store"));
}
