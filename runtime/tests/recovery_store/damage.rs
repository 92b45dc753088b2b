//! Objects that are not what they were: always an error that names them, never a wrong read.

use crate::common::{FLOW, commit, group_of, memory, model, newest_state, part, state, state_of, take_over, who};
use flowstone_runtime::recovery::{Commit, FormatError, PartBuilder, RecoveryError, Resume, Store, Wrong};
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, LazyLock};

/// Objects by name.
type Objects = BTreeMap<String, Vec<u8>>;

fn blocking<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn objects_of(store: &InMemory) -> Objects {
    blocking(async {
        let mut objects = Objects::new();
        if let Ok(head) = store.get(&"head".into()).await {
            objects.insert("head".to_owned(), head.bytes().await.unwrap().to_vec());
        }
        for folder in ["manifests", "parts"] {
            for object in store.list_with_delimiter(Some(&folder.into())).await.unwrap().objects {
                let bytes = store.get(&object.location).await.unwrap().bytes().await.unwrap();
                objects.insert(object.location.to_string(), bytes.to_vec());
            }
        }
        objects
    })
}

fn store_of(objects: &Objects) -> Store {
    let store = InMemory::new();
    blocking(async {
        for (name, bytes) in objects {
            store.put(&name.as_str().into(), bytes.clone().into()).await.unwrap();
        }
    });
    Store::impatient("model", Arc::new(store)).unwrap()
}

/// A store of two epochs, with one part that takes many blocks and more than one read.
static SAMPLE: LazyLock<Objects> = LazyLock::new(|| {
    let (objects, store) = memory();
    let mut execution = take_over(&store, 1);
    let mut large = PartBuilder::new(execution.id(), 2, 0);
    for n in 0..3000u64 {
        let key = format!("key {n}");
        // Nothing that compresses well.
        let state = [n, n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n.wrapping_mul(0xd6e8_feb8_6659_fd93)];
        let state = format!("{state:x?}{}", state[1] ^ state[2].rotate_left(7));
        large.state("count", group_of(&key), key.as_bytes(), Some(state.as_bytes()));
    }
    large.position("events", "partition-0", b"7");
    large.prepared("out", b"file-7");
    large.value("clock", b"7");
    let parts = vec![large.finish().unwrap().write(&store).unwrap()];
    execution.commit(Commit { epoch: 2, parts, exactly_once: true, ..Commit::default() }).unwrap();
    let parts = vec![part(&store, &execution, 3, 1, &[("key 5", None), ("new", Some("1"))]).unwrap()];
    execution.commit(Commit { epoch: 3, parts, exactly_once: true, ..Commit::default() }).unwrap();
    execution.clean().unwrap();
    let objects = objects_of(&objects);
    assert!(objects.values().any(|object| object.len() > 100_000));
    objects
});

/// All that there is to read, and the error where it cannot be.
fn read_all(store: &Store) -> Result<String, RecoveryError> {
    let manifest = store.newest()?.expect("there is a manifest");
    let state = state_of(store, &manifest, "count", 2)?;
    let resume = Resume::read(store, &manifest, 0, 1)?;
    let lists = (resume.positions("events"), resume.prepared("out"), resume.values("clock"));
    Ok(format!("{manifest:?} {state:?} {lists:?}"))
}

/// The newest manifest and the parts, which are read; beside it lies an older manifest, which is not.
fn those_that_are_read() -> Vec<&'static str> {
    let names: Vec<_> = SAMPLE.keys().map(String::as_str).collect();
    let newest = names.iter().rposition(|name| name.starts_with("manifests")).unwrap();
    names[newest..].to_vec()
}

/// Reads the sample with one object changed. It must be an error that names the object.
fn refused(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> FormatError {
    let mut objects = SAMPLE.clone();
    change(objects.get_mut(name).unwrap());
    let store = store_of(&objects);
    let found = match read_all(&store) {
        Err(RecoveryError::Damaged { object, cause, .. }) => {
            assert_eq!(object, name);
            cause
        }
        other => panic!("{name}: {other:?}"),
    };
    // Taking over is refused as well, since exactly-once output is out.
    let error = store.take_over(who(2, 1)).unwrap_err();
    let named = |error: &dyn Error| error.to_string().contains(name);
    assert!(named(&error) || error.source().is_some_and(named), "{error}");
    assert!(error.help().is_some());
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_bit_that_has_changed_is_found(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8u32, near in any::<bool>(),
    ) {
        let name = which.get(&those_that_are_read()).to_string();
        let length = SAMPLE[&name].len();
        // Half of them in the head, where there is more to get wrong.
        let at = at.index(if near { length.min(256) } else { length });
        let error = refused(&name, |bytes| bytes[at] ^= 1u8 << bit);
        prop_assert!(error.at <= length as u64);
    }

    #[test]
    fn an_object_cut_short_is_found(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let name = which.get(&those_that_are_read()).to_string();
        let at = at.index(SAMPLE[&name].len());
        let error = refused(&name, |bytes| bytes.truncate(at));
        let truncated = matches!(error.wrong, Wrong::Truncated { .. } | Wrong::Empty);
        prop_assert!(truncated, "{}", error);
    }
}

#[test]
fn every_bit_of_a_head_counts() {
    let name = those_that_are_read().pop().unwrap();
    for at in 0..200 * 8 {
        refused(name, |bytes| bytes[at / 8] ^= 1u8 << (at % 8));
    }
}

#[test]
fn what_is_wrong_is_said() {
    for name in those_that_are_read() {
        assert_eq!(refused(name, Vec::clear), FormatError { at: 0, wrong: Wrong::Empty });
        let foreign = refused(name, |bytes| *bytes = b"PAR1 is what Parquet files begin with".to_vec());
        assert_eq!(foreign.to_string(), "it is no object of a recovery store (at byte 0)");
        let length = SAMPLE[name].len() as u64;
        let half = refused(name, |bytes| bytes.truncate(bytes.len() / 2));
        assert_eq!(half, FormatError { at: length / 2, wrong: Wrong::Truncated { needs: length, has: length / 2 } });
    }
}

#[test]
fn a_part_in_the_place_of_another_is_found() {
    let parts: Vec<_> = those_that_are_read().into_iter().filter(|name| name.starts_with("parts")).collect();
    let error = refused(parts[0], |bytes| *bytes = SAMPLE[parts[1]].clone());
    assert!(matches!(error.wrong, Wrong::Other { .. } | Wrong::Truncated { .. }), "{error}");
    let error = refused(parts[1], |bytes| *bytes = SAMPLE[those_that_are_read()[0]].clone());
    assert!(matches!(error.wrong, Wrong::Other { .. } | Wrong::Trailing { .. } | Wrong::Truncated { .. }), "{error}");
}

#[test]
fn a_part_that_is_gone_is_named() {
    let mut objects = SAMPLE.clone();
    let name = those_that_are_read().pop().unwrap();
    objects.remove(name);
    let store = store_of(&objects);
    assert!(matches!(read_all(&store), Err(RecoveryError::Missing { object, .. }) if object == name));
    let error = store.take_over(who(2, 1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state of epoch 3 in the recovery store `model` cannot be read, nor is it safe to go back: exactly-once sinks \
         have committed output after it"
    );
    assert!(error.source().unwrap().to_string().contains(name));
}

/// A store of three epochs whose sinks have promised nothing, and the name of the part of the last one.
fn three_epochs() -> (Arc<InMemory>, Store, String) {
    let (objects, store) = memory();
    let mut execution = take_over(&store, 1);
    commit(&store, &mut execution, 2, &[("a", Some("1"))]).unwrap();
    commit(&store, &mut execution, 3, &[("a", Some("2"))]).unwrap();
    commit(&store, &mut execution, 4, &[("a", Some("3"))]).unwrap();
    execution.clean().unwrap();
    let last = store.newest().unwrap().unwrap().parts.pop().unwrap();
    (objects, store, last.name)
}

#[test]
fn where_it_is_safe_the_state_before_is_taken() {
    let (objects, store, last) = three_epochs();
    blocking(objects.put(&last.as_str().into(), "nonsense".into())).unwrap();
    let (before, damage) = store.sound().unwrap().unwrap();
    assert!(damage.is_some_and(|damage| damage.to_string().contains(&last)));
    assert_eq!(state(&store, &before, 1), model(&[("a", "2")]));
    // Also after a take-over that came no further: what the first has gone back to is the newest then.
    for execution in 2..4 {
        let mut next = take_over(&store, execution);
        let told = next.went_back().is_some_and(|damage| damage.to_string().contains(&last));
        assert_eq!(told, execution == 2);
        assert_eq!(state(&store, next.manifest(), 1), model(&[("a", "2")]));
        assert_eq!(newest_state(&store), model(&[("a", "2")]), "all processes go on from the newest");
        next.clean().unwrap();
        assert_eq!(state(&store, next.manifest(), 1), model(&[("a", "2")]));
    }
    let mut next = take_over(&store, 4);
    let epoch = next.first_epoch();
    assert!(epoch > 5, "no epoch is used twice");
    commit(&store, &mut next, epoch, &[("b", Some("1"))]).unwrap();
    next.clean().unwrap();
    assert_eq!(newest_state(&store), model(&[("a", "2"), ("b", "1")]));
    let after = take_over(&store, 5);
    assert!(after.went_back().is_none());
    assert_eq!(state(&store, after.manifest(), 1), model(&[("a", "2"), ("b", "1")]));
}

#[test]
fn what_both_states_need_is_no_way_back() {
    let (objects, store, _) = three_epochs();
    let first = store.newest().unwrap().unwrap().parts.remove(0).name;
    blocking(objects.delete(&first.as_str().into())).unwrap();
    let error = store.take_over(who(2, 1)).unwrap_err();
    assert!(matches!(error, RecoveryError::NoWayBack { .. }), "{error}");
    assert!(error.source().unwrap().to_string().contains(&first));
}

#[test]
fn objects_of_others_are_left_alone() {
    let (objects, store) = memory();
    let foreign =
        ["manifests/readme", "manifests/00000000000000000099.bak", "parts/readme", "parts/1-2-x3", "parts/0-0-w"];
    for name in foreign {
        blocking(objects.put(&name.into(), "x".into())).unwrap();
    }
    let mut execution = take_over(&store, 1);
    for epoch in 2..6 {
        commit(&store, &mut execution, epoch, &[("a", Some("1"))]).unwrap();
        execution.clean().unwrap();
    }
    let left = objects_of(&objects);
    assert!(foreign.iter().all(|name| left.contains_key(*name)));
    assert_eq!(store.newest().unwrap().unwrap().flow, FLOW);
}

/// Takes over a store that has lost something: it is refused, and nothing is written. What the error says.
fn lost(objects: &Objects) -> String {
    let store = store_of(objects);
    for error in [store.take_over(who(2, 1)).unwrap_err(), store.sound().unwrap_err()] {
        assert!(matches!(error, RecoveryError::Lost { .. }), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("empty outputs")));
    }
    store.take_over(who(2, 1)).unwrap_err().to_string()
}

#[test]
fn the_newest_manifests_are_missed_however_many_are_lost() {
    let (objects, store) = memory();
    let mut execution = take_over(&store, 1);
    for epoch in 2..8 {
        commit(&store, &mut execution, epoch, &[("a", Some("1"))]).unwrap();
    }
    let all = objects_of(&objects);
    let manifests: Vec<&String> = all.keys().filter(|name| name.starts_with("manifests")).collect();
    assert_eq!(manifests.len(), 8, "nothing was cleared away");
    let newest = manifests[7];
    for count in 1..=8 {
        let mut left = all.clone();
        manifests.iter().rev().take(count).for_each(|name| drop(left.remove(*name)));
        let error = lost(&left);
        let there = manifests[..8 - count].last().filter(|name| !name.ends_with("00"));
        let there = there.map_or("no manifest at all".to_owned(), |name| format!("`{name}`, the newest there is"));
        assert_eq!(error, format!("`{newest}` is missing in the recovery store `model`: `head` is later than {there}"));
        // Older ones than the newest are nobody's loss.
        let mut left = all.clone();
        manifests[..8 - count].iter().for_each(|name| drop(left.remove(*name)));
        assert_eq!(newest_state(&store_of(&left)), model(&[("a", "1")]));
        store_of(&left).take_over(who(2, 1)).unwrap();
    }
}

#[test]
fn without_a_head_the_names_of_parts_show_a_loss() {
    let (objects, store) = memory();
    let mut execution = take_over(&store, 1);
    for epoch in 2..4 {
        commit(&store, &mut execution, epoch, &[("a", Some("1"))]).unwrap();
    }
    let mut next = take_over(&store, 2);
    let epoch = next.first_epoch();
    // It was killed before it committed: its part alone shows that it had taken over.
    part(&store, &next, epoch, 0, &[("b", Some("1"))]).unwrap();
    let mut all = objects_of(&objects);
    all.remove("head");
    store_of(&all).take_over(who(3, 1)).unwrap();
    let take_over = all.keys().rfind(|name| name.starts_with("manifests")).unwrap().clone();
    let mut left = all.clone();
    left.remove(&take_over);
    assert!(lost(&left).starts_with(&format!("`{take_over}` is missing")));
    left.retain(|name, _| name.starts_with("parts"));
    assert!(lost(&left).ends_with("no manifest at all"));

    // A merged part is of a committed epoch.
    commit(&store, &mut next, epoch, &[("b", Some("1"))]).unwrap();
    commit(&store, &mut next, epoch + 1, &[("b", Some("2"))]).unwrap();
    let before = objects_of(&objects);
    commit(&store, &mut next, epoch + 2, &[("b", Some("3"))]).unwrap();
    let compaction = next.full_compaction().unwrap();
    next.compacted(compaction.run()).unwrap();
    let mut left = objects_of(&objects);
    left.retain(|name, _| !name.starts_with("manifests") && name != "head");
    left.extend(before.into_iter().filter(|(name, _)| name.starts_with("manifests")));
    let error = lost(&left);
    assert!(error.starts_with("the newest manifest is missing") && error.contains("-m000001-"), "{error}");
}

#[test]
fn a_head_that_is_older_or_missing_is_no_loss() {
    let (objects, store) = memory();
    let mut execution = take_over(&store, 1);
    commit(&store, &mut execution, 2, &[("a", Some("1"))]).unwrap();
    let older = objects_of(&objects)["head"].clone();
    commit(&store, &mut execution, 3, &[("a", Some("2"))]).unwrap();
    for head in [None, Some(older)] {
        let mut all = objects_of(&objects);
        match head {
            Some(head) => all.insert("head".to_owned(), head),
            None => all.remove("head"),
        };
        let store = store_of(&all);
        let next = take_over(&store, 2);
        assert_eq!(state(&store, next.manifest(), 1), model(&[("a", "2")]));
    }
}

#[test]
fn a_damaged_head_is_named() {
    let all = SAMPLE.clone();
    for damage in [Vec::clear, |bytes: &mut Vec<u8>| bytes.truncate(40), |bytes: &mut Vec<u8>| bytes[50] ^= 1] {
        let mut damaged = all.clone();
        damage(damaged.get_mut("head").unwrap());
        let error = store_of(&damaged).take_over(who(2, 1)).unwrap_err();
        assert!(matches!(&error, RecoveryError::Damaged { object, .. } if object == "head"), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("remove `head`")));
    }
    let mut swapped = all.clone();
    swapped.insert("head".to_owned(), all[those_that_are_read()[0]].clone());
    let error = store_of(&swapped).take_over(who(2, 1)).unwrap_err();
    assert!(error.source().unwrap().to_string().contains("another kind of object"), "{error}");
}
