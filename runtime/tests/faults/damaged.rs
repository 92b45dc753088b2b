//! A flow starts on a store that is damaged: it says which object and what to do, and has opened and written nothing.

use crate::common::{Outputs, amounts, objects, on};
use flowstone::testing::{Entry, TestSource};
use futures_util::FutureExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::collections::BTreeMap;
use std::sync::Arc;

type Objects = BTreeMap<String, Vec<u8>>;

/// What is in a store in memory, which answers at once.
pub(crate) fn content(objects: &InMemory) -> Objects {
    let mut all = Objects::new();
    for folder in ["manifests", "parts"] {
        let listed = objects.list_with_delimiter(Some(&Path::from(folder))).now_or_never().unwrap().unwrap();
        for object in listed.objects {
            let read = async { objects.get(&object.location).await.unwrap().bytes().await.unwrap() };
            all.insert(object.location.to_string(), read.now_or_never().unwrap().to_vec());
        }
    }
    all
}

fn store_of(all: &Objects) -> Arc<InMemory> {
    let objects = objects();
    for (name, bytes) in all {
        let name = Path::from(name.as_str());
        objects.put(&name, bytes.clone().into()).now_or_never().unwrap().unwrap();
    }
    objects
}

fn source() -> TestSource<(String, u64)> {
    let mut entries = amounts("a", 6);
    entries.insert(4, Entry::Eof);
    TestSource::script(entries)
}

/// What an execution leaves.
fn left() -> Objects {
    let objects = objects();
    Outputs::default().flow(&source()).run(&on(objects.clone())).unwrap();
    content(&objects)
}

type Damage = (&'static str, fn(&mut Vec<u8>));

const DAMAGES: [Damage; 6] = [
    ("empty", Vec::clear),
    ("torn", |bytes| bytes.truncate(bytes.len() / 2)),
    ("without its last byte", |bytes| bytes.truncate(bytes.len() - 1)),
    ("with a bit flipped", |bytes| {
        let at = bytes.len() - 3;
        bytes[at] ^= 4;
    }),
    ("with a bit flipped in front", |bytes| bytes[9] ^= 1),
    ("foreign", |bytes| *bytes = b"<html><body>Sign in to the network</body></html>".to_vec()),
];

/// Starts the flow on a damaged store: the report.
fn refused(damaged: &Objects, what: &str) -> String {
    let (objects, outputs) = (store_of(damaged), Outputs::default());
    let report = outputs.flow(&source()).run(&on(objects.clone())).expect_err(what).report();
    assert!(report.contains("`model`") && report.contains("help: "), "{what}: {report}");
    assert!(outputs.totals.is_empty() && outputs.lists.is_empty(), "{what}");
    assert!(content(&objects) == *damaged, "{what}: nothing has been written");
    report
}

#[test]
fn a_damaged_object_is_named_and_nothing_begins() {
    let whole = left();
    let newest = whole.keys().rfind(|name| name.starts_with("manifests")).unwrap();
    let read = whole.keys().filter(|name| name.starts_with("parts") || *name == newest);
    for name in read {
        for (what, damage) in DAMAGES {
            let mut damaged = whole.clone();
            damage(damaged.get_mut(name).unwrap());
            let report = refused(&damaged, &format!("{name} is {what}"));
            assert!(report.contains(name.as_str()), "{name} is {what}: {report}");
        }
    }
    assert!(whole.len() > 4);
}

#[test]
fn a_missing_part_is_named_and_nothing_begins() {
    let whole = left();
    for name in whole.keys().filter(|name| name.starts_with("parts")) {
        let mut damaged = whole.clone();
        damaged.remove(name);
        assert!(refused(&damaged, name).contains(name.as_str()), "{name}");
    }
}

#[test]
fn objects_of_others_do_no_harm() {
    let mut all = left();
    all.insert("parts/readme.txt".into(), b"do not touch".to_vec());
    all.insert("manifests/readme.txt".into(), b"do not touch".to_vec());
    let (objects, outputs) = (store_of(&all), Outputs::default());
    outputs.flow(&source()).run(&on(objects.clone())).map_err(|error| error.report()).unwrap();
    let after = content(&objects);
    assert!(["parts/readme.txt", "manifests/readme.txt"].iter().all(|name| after.get(*name) == all.get(*name)));
}
