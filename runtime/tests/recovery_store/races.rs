//! Executions that run at the same time: each commit has one winner.

use crate::common::{State, commit, memory, newest_state, part, state, take_over, who};
use flowstone_runtime::recovery::{Commit, RecoveryError};
use std::collections::BTreeMap;
use std::sync::Mutex;

#[test]
fn the_older_execution_fails_its_next_commit() {
    let (_, store) = memory();
    let mut old = take_over(&store, 1);
    commit(&store, &mut old, 2, &[("a", Some("old"))]).unwrap();
    old.still_ours().unwrap();
    let mut new = take_over(&store, 0xfeed);
    assert_eq!(new.first_epoch(), 4);
    assert!(matches!(old.still_ours(), Err(RecoveryError::Fenced { by: 0xfeed, .. })));
    // Whatever epoch it uses.
    for epoch in [3, 4, 77] {
        let error = commit(&store, &mut old, epoch, &[("a", Some("lost"))]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "another execution (000000000000feed) has taken over the recovery store `model`; epoch {epoch} is not \
                 committed"
            )
        );
    }
    commit(&store, &mut new, 4, &[("b", Some("new"))]).unwrap();
    assert_eq!(newest_state(&store), crate::common::model(&[("a", "old"), ("b", "new")]));
}

#[test]
fn a_commit_that_failed_is_asked_for_again_before_any_other() {
    use crate::flaky::{Event, Flaky};
    use std::sync::Arc;

    let (objects, store) = memory();
    let mut before = take_over(&store, 1);
    commit(&store, &mut before, 2, &[]).unwrap();
    // Take-over: list, read, put, read, read (twice); then a part. The put of the manifest is lost for good.
    let mut at = 0;
    loop {
        let flaky = Flaky::new(objects.clone(), at, Event::DiesAfter);
        let slow = flowstone_runtime::recovery::Store::impatient("slow", Arc::new(flaky.clone())).unwrap();
        let Ok(mut execution) = slow.take_over(who(10 + at as u64, 1)) else {
            at += 1;
            continue;
        };
        let epoch = execution.first_epoch();
        let Ok(part) = part(&slow, &execution, epoch, 0, &[("a", Some("1"))]) else {
            at += 1;
            continue;
        };
        let this = Commit { epoch, parts: vec![part], ..Commit::default() };
        assert!(matches!(execution.commit(this.clone()), Err(RecoveryError::Io { .. })));
        assert_eq!(store.newest().unwrap().unwrap().epoch, epoch, "it went through");
        let other = Commit { epoch: epoch + 1, ..Commit::default() };
        assert!(matches!(execution.commit(other.clone()), Err(RecoveryError::Uncertain { .. })));
        flaky.revive();
        execution.commit(this).unwrap();
        execution.commit(other).unwrap();
        assert_eq!(newest_state(&store), crate::common::model(&[("a", "1")]));
        return;
    }
}

#[test]
fn of_many_at_the_same_time_one_wins_each_commit() {
    let (_, store) = memory();
    // What each manifest number says to be committed, by whom it was told that it is.
    let told: Mutex<BTreeMap<u64, (u64, State)>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let (store, told) = (store.clone(), &told);
            scope.spawn(move || {
                for round in 0..6 {
                    let id = thread * 100 + round;
                    let Ok(mut execution) = store.take_over(who(id, 1)) else { continue };
                    // State that another one has cleared away by now is that of an execution that is fenced.
                    let Ok(mut state) = crate::common::state_of(&store, execution.manifest(), "count", 1) else {
                        assert!(matches!(execution.still_ours(), Err(RecoveryError::Fenced { .. })));
                        continue;
                    };
                    let first = execution.first_epoch();
                    for epoch in first..first + 5 {
                        let key = format!("{id} {epoch}");
                        match commit(&store, &mut execution, epoch, &[(&key, Some("1"))]) {
                            Ok(()) => {}
                            Err(RecoveryError::Fenced { .. }) => break,
                            Err(error) => panic!("{error}"),
                        }
                        state.insert(key, "1".into());
                        let sequence = execution.manifest().sequence;
                        let twice = told.lock().unwrap().insert(sequence, (id, state.clone()));
                        assert!(twice.is_none(), "{sequence} was committed by {id} and {twice:?}");
                        execution.clean().unwrap();
                    }
                }
            });
        }
    });
    // Each committed state has all of the one before it.
    let told = told.into_inner().unwrap();
    assert!(told.len() > 4);
    let states: Vec<_> = told.values().map(|(_, state)| state).collect();
    for pair in states.windows(2) {
        assert!(pair[0].iter().all(|entry| pair[1].get(entry.0) == Some(entry.1)));
    }
    assert_eq!(Some(&&newest_state(&store)), states.last());
    let last = take_over(&store, 1000);
    assert_eq!(&state(&store, last.manifest(), 2), states[states.len() - 1]);
}
