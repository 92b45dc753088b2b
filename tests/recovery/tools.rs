//! The commands that look at a recovery store.

use crate::program::{Program, program, testbed};
use std::path::Path;

fn bed(folder: &Path, command: &str) -> Program {
    program("killbed").args(command).arg("--events").arg(folder.join("events")).arg("--out").arg(folder.join("out"))
}

#[test]
fn a_store_is_shown_checked_and_dumped() {
    let folder = tempfile::tempdir().unwrap();
    let (events, store) = (folder.path().join("events"), folder.path().join("store"));
    std::fs::create_dir(&events).unwrap();
    let lines = "1,1000,5\n".repeat(6) + "2,1010,7\n2,1010,7\n2,1010,7\n2,1010,7\n2,1010,7\n";
    std::fs::write(events.join("0.csv"), lines).unwrap();

    let fresh = bed(folder.path(), "check").arg("-r").arg(&store).run();
    assert!(fresh.lines()[0].starts_with("starts from scratch"), "{}", fresh.out);
    let ran = bed(folder.path(), "--verbose").arg("-r").arg(&store).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for line in ["recovery: starts from scratch", "output `windows`: exactly once"] {
        assert!(ran.err.contains(line), "{}", ran.err);
    }
    let checked = bed(folder.path(), "check").arg("-r").arg(&store).run();
    assert!(checked.out.contains("kept: 2 keys"), "{}", checked.out);
    let state = program("killbed").args("state").arg("-r").arg(&store).run();
    for part in ["flow `killbed`", "step `numbered` (stateful_map): 2 keys", "`events`", "parts/"] {
        assert!(state.out.contains(part), "{}", state.out);
    }
    let dump = program("killbed").args("state dump --step numbered").arg("-r").arg(&store).run();
    let mut lines = dump.lines();
    lines.sort();
    assert_eq!(lines, [r#"{"key":1,"state":2}"#, r#"{"key":2,"state":1}"#]);
    let unknown = program("killbed").args("state dump --step numberd").arg("-r").arg(&store).run();
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("no state for step `numberd`; it has state for"), "{}", unknown.err);

    let lock = folder.path().join("flow.lock");
    assert_eq!(bed(folder.path(), "lock").arg("--file").arg(&lock).run().code, Some(0));
    let text = std::fs::read_to_string(lock).unwrap();
    assert!(text.contains("stateful_map \"numbered\" (u64, u64?)"), "{text}");
}

#[test]
fn a_state_that_is_given_up_for_damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let run = |command: &str| testbed("locked").args(command).arg("-r").arg(&store).run();
    let first = run("");
    assert_eq!((first.code, first.err.as_str()), (Some(0), ""));
    let parts = std::fs::read_dir(store.join("parts")).unwrap().map(|part| part.unwrap().path());
    let last = parts.max().unwrap();
    std::fs::write(&last, "nonsense").unwrap();

    let name = format!("`parts/{}` in the recovery store", last.file_name().unwrap().to_str().unwrap());
    let (checked, state) = (run("check"), run("state"));
    assert!(checked.out.contains(&format!("  not from the newest: {name}")), "{}", checked.out);
    assert!(state.out.contains(&format!("not the newest: {name}")), "{}", state.out);
    let again = run("");
    assert!(again.err.starts_with(&format!("warning: {name}")), "{}", again.err);
    assert!(again.err.contains("the flow resumes from the previous state"), "{}", again.err);
    assert_eq!((again.code, again.out), (Some(0), first.out));
    let checked = run("check");
    assert!(!checked.out.contains("newest"), "{}", checked.out);
}
