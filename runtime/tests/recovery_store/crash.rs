//! An execution is stopped at every single operation: what was committed is there, and nothing else is.

use crate::common::{State, commit, newest_state, state, take_over};
use crate::flaky::{Event, Flaky};
use flowstone_runtime::recovery::{Execution, RecoveryError, Store};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// What an execution did, as it knows it.
#[derive(Default)]
struct Done {
    /// The state after the last commit that said it went through.
    committed: State,
    /// The state after the commit under way.
    asked: State,
}

/// Commits some epochs, with a compaction between them, and cleans up after each.
fn work(store: &Store, execution: u64, epochs: u64, done: &mut Done) -> Result<Execution, RecoveryError> {
    let mut execution = store.take_over(crate::common::who(execution, 1))?;
    done.committed = crate::common::state_of(store, execution.manifest(), "count", 1)
        .or_else(|error| execution.still_ours().and(Err(error)))?;
    done.asked = done.committed.clone();
    execution.clean()?;
    let first = execution.first_epoch();
    for epoch in first..first + epochs {
        let text = epoch.to_string();
        let (new, changed, gone) = (format!("new in {epoch}"), "changed".to_owned(), format!("new in {}", epoch - 1));
        let changes = [(&*new, Some(&*text)), (&*changed, Some(&*text)), (&*gone, None)];
        done.asked.remove(&gone);
        done.asked.extend([(new.clone(), text.clone()), (changed.clone(), text.clone())]);
        commit(store, &mut execution, epoch, &changes)?;
        done.committed = done.asked.clone();
        execution.clean()?;
        if epoch % 3 == 0
            && let Some(compaction) = execution.full_compaction()
        {
            execution.compacted(compaction.run())?;
        }
    }
    Ok(execution)
}

/// An inner store in which two executions have already been.
fn begun() -> (Arc<InMemory>, Store) {
    static BEGUN: LazyLock<InMemory> = LazyLock::new(|| {
        let (objects, store) = crate::common::memory();
        work(&store, 1, 4, &mut Done::default()).unwrap();
        work(&store, 2, 4, &mut Done::default()).unwrap();
        objects.fork()
    });
    let objects = Arc::new(BEGUN.fork());
    (objects.clone(), Store::impatient("model", objects).unwrap())
}

/// Everything in the store is something that the newest manifest needs, or the one beside it.
fn nothing_is_left_over(objects: &InMemory, store: &Store) {
    let list = |folder: &str| -> BTreeSet<String> {
        let folder = folder.into();
        let listing = objects.list_with_delimiter(Some(&folder));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(listing).unwrap().objects.into_iter().map(|object| object.location.to_string()).collect()
    };
    let newest = store.newest().unwrap().unwrap();
    let manifest = |sequence: u64| format!("manifests/{sequence:020}");
    let kept = BTreeSet::from([manifest(newest.sequence), manifest(newest.fallback.unwrap())]);
    assert_eq!(list("manifests"), kept);
    let parts = list("parts");
    assert!(newest.parts.iter().all(|part| parts.contains(&part.name)));
    // The one beside it has at most as many parts besides, and one of a compaction.
    assert!(parts.len() <= 2 * newest.parts.len() + 8, "{parts:?}");
}

#[test]
fn a_fault_that_passes_is_overcome_wherever_it_comes() {
    for at in 0.. {
        let mut came = false;
        for event in [Event::FailsBefore, Event::FailsAfter] {
            let (objects, store) = begun();
            let flaky = Flaky::new(objects.clone(), at, event);
            let mut done = Done::default();
            work(&Store::impatient("flaky", Arc::new(flaky.clone())).unwrap(), 3, 6, &mut done).unwrap();
            assert_eq!(newest_state(&store), done.committed, "at {at}");
            nothing_is_left_over(&objects, &store);
            came |= flaky.happened();
        }
        if !came {
            assert!(at > 40, "the script has too few operations: {at}");
            return;
        }
    }
}

#[test]
fn what_was_committed_survives_a_kill_at_any_operation() {
    for at in 0.. {
        let mut came = false;
        for event in [Event::DiesBefore, Event::DiesAfter] {
            let (objects, store) = begun();
            let before = newest_state(&store);
            let flaky = Flaky::new(objects.clone(), at, event);
            let mut done = Done { committed: before.clone(), asked: before };
            let result = work(&Store::impatient("flaky", Arc::new(flaky.clone())).unwrap(), 3, 6, &mut done);
            assert_eq!(result.is_err(), flaky.happened(), "at {at}");
            came |= flaky.happened();

            let found = newest_state(&store);
            assert!(found == done.committed || found == done.asked, "at {at}");
            // The next execution reads just that, goes on, and clears up.
            let mut next = take_over(&store, 4);
            assert_eq!(state(&store, next.manifest(), 3), found, "at {at}");
            next.clean().unwrap();
            assert_eq!(newest_state(&store), found, "at {at}");
            let first = next.first_epoch();
            for epoch in first..first + 2 {
                commit(&store, &mut next, epoch, &[]).unwrap();
                next.clean().unwrap();
            }
            assert_eq!(newest_state(&store), found, "at {at}");
            nothing_is_left_over(&objects, &store);
        }
        if !came {
            assert!(at > 40, "the script has too few operations: {at}");
            return;
        }
    }
}

#[test]
fn whatever_another_execution_does_meanwhile_no_commit_is_lost() {
    // How far the others get while the first one is asleep in one operation.
    let others: [fn(&Store) -> State; 4] = [
        |store| state(store, take_over(store, 4).manifest(), 1),
        |store| {
            let mut execution = take_over(store, 4);
            let base = state(store, execution.manifest(), 1);
            execution.clean().unwrap();
            base
        },
        |store| {
            let base = newest_state(store);
            work(store, 4, 5, &mut Done::default()).unwrap();
            base
        },
        |store| {
            let base = newest_state(store);
            work(store, 4, 5, &mut Done::default()).unwrap();
            work(store, 5, 5, &mut Done::default()).unwrap();
            base
        },
    ];
    for (kind, other) in others.into_iter().enumerate() {
        for at in 0.. {
            let mut came = false;
            for after in [false, true] {
                let (objects, store) = begun();
                let (sender, base) = std::sync::mpsc::channel();
                let theirs = store.clone();
                let other = Box::new(move || sender.send(other(&theirs)).unwrap());
                let event = if after { Event::After(other) } else { Event::Before(other) };
                let flaky = Flaky::new(objects.clone(), at, event);
                let mut done = Done { committed: newest_state(&store), ..Done::default() };
                let slow = Store::impatient("slow", Arc::new(flaky.clone())).unwrap();
                let result = work(&slow, 3, 6, &mut done);
                let Ok(base) = base.try_recv() else { continue };
                came = true;
                let at = format!("{kind}, at {at}, after: {after}");
                if let Ok(ours) = &result {
                    // It slept in its take-over, and took over from the others; or after its last commit.
                    let newest = store.newest().unwrap().unwrap();
                    if newest.execution == ours.id().execution {
                        assert_eq!(newest_state(&store), done.committed, "{at}");
                        continue;
                    }
                }
                // The others began with what it believes to be committed, or with the commit of which it got no answer.
                assert!(base == done.committed || result.is_err() && base == done.asked, "{at}: {result:?}");
                if let Err(error) = &result {
                    assert!(matches!(error, RecoveryError::Fenced { .. }), "{at}: {error}");
                }
                assert!(store.newest().unwrap().unwrap().execution > 3, "{at}");
                take_over(&store, 6).clean().unwrap();
            }
            if !came {
                assert!(at > 40);
                break;
            }
        }
    }
}

/// Commits some epochs and clears up only then.
fn lazy_work(store: &Store) -> Result<(), RecoveryError> {
    let mut execution = store.take_over(crate::common::who(4, 1))?;
    let first = execution.first_epoch();
    for epoch in first..first + 3 {
        commit(store, &mut execution, epoch, &[])?;
    }
    execution.clean()
}

#[test]
fn who_has_lost_the_store_finds_out_however_its_successor_ends() {
    let successors: [fn(&Store) -> Result<(), RecoveryError>; 2] =
        [lazy_work, |store| work(store, 4, 6, &mut Done::default()).map(drop)];
    for successor in successors {
        for at in 0.. {
            let (objects, store) = begun();
            let mut old = take_over(&store, 3);
            let epoch = old.first_epoch();
            commit(&store, &mut old, epoch, &[("old", Some("1"))]).unwrap();
            old.clean().unwrap();
            // A successor works for a while and is killed, perhaps in the middle of clearing up.
            let flaky = Flaky::new(objects.clone(), at, Event::DiesAfter);
            let result = successor(&Store::impatient("flaky", Arc::new(flaky.clone())).unwrap());
            assert_eq!(result.is_err(), flaky.happened(), "at {at}");
            let lost = store.newest().unwrap().unwrap().execution == 4;
            let found = newest_state(&store);

            let result = commit(&store, &mut old, epoch + 1, &[("late", Some("1"))]);
            assert_eq!(matches!(result, Err(RecoveryError::Fenced { by: 4, .. })), lost, "at {at}: {result:?}");
            assert_eq!(result.is_ok(), !lost, "at {at}: {result:?}");
            assert_eq!(newest_state(&store) == found, lost, "at {at}");
            if !flaky.happened() {
                assert!(at > 10);
                break;
            }
        }
    }
}
