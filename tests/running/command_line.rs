//! The command line of a flow, and how it ends.

use super::program::{program, testbed};
use std::fs;

fn counts() -> super::program::Program {
    program("cluster_counts").args("--upto 1000 --at-least 22")
}

#[test]
fn parameters_are_flags_with_defaults() {
    let ended = program("cluster_counts").args("--upto 1000 --at-least 24").run();
    let mut lines = ended.lines();
    lines.sort();
    assert_eq!(lines, ["28 steps: 30 numbers", "33 steps: 25 numbers"]);
    // No length is that of a thousand of the first thousand numbers.
    assert_eq!(program("cluster_counts").args("--upto 1000").run().lines(), Vec::<&str>::new());
}

#[test]
fn the_number_of_workers_changes_nothing() {
    let one = counts().run();
    let mut expected = one.lines();
    expected.sort();
    assert!(!expected.is_empty());
    for args in ["-w 2", "--workers 4", "-w 4 -s 0s"] {
        let ended = counts().args(args).run();
        let mut lines = ended.lines();
        lines.sort();
        assert_eq!(lines, expected, "{args}");
    }
}

#[test]
fn flags_can_be_variables_of_the_environment() {
    let ended = counts().env("FLOWSTONE_WORKERS", "0").run();
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (Some(1), "error: a flow needs at least one worker; write `-w 1` or omit it\n")
    );
    // What is written on the command line counts more.
    assert!(!counts().env("FLOWSTONE_WORKERS", "0").args("-w 2").run().lines().is_empty());
    let ended = counts().env("FLOWSTONE_SNAPSHOT_INTERVAL", "soon").run();
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.starts_with("error: invalid value 'soon' for '--snapshot-interval <DURATION>': "),
        "{}",
        ended.err
    );
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    for (args, message) in [
        ("-w 0", "a flow needs at least one worker; write `-w 1` or omit it"),
        ("-i 1", "-i 1 needs -n and -a: this is not a cluster"),
        ("-n 2", "-n 2 needs 2 addresses, 0 given; write -a HOST:PORT,HOST:PORT,… with one for each process"),
        (
            "-n 3 -a a:1,b:2",
            "-n 3 needs 3 addresses, 2 given; write -a HOST:PORT,HOST:PORT,… with one for each process",
        ),
        ("-a a:1,b:2", "-n 1 needs 1 addresses, 2 given; write -a HOST:PORT,HOST:PORT,… with one for each process"),
        ("-n 2 -i 2 -a a:1,b:2", "there is no process 2: the addresses are those of processes 0 to 1"),
    ] {
        let ended = counts().args(args).run();
        assert_eq!((ended.code, ended.err), (Some(1), format!("error: {message}\n")), "{args}");
        assert_eq!(ended.out, "");
    }
}

#[test]
fn a_parameter_that_is_missing_or_wrong_is_named() {
    let ended = testbed("panicking").run();
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("  --at <AT>\n"), "{}", ended.err);
    let ended = testbed("panicking").args("--at here").run();
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.starts_with("error: invalid value 'here' for '--at <AT>': invalid digit found in string\n"),
        "{}",
        ended.err
    );
}

#[test]
fn help_is_the_doc_comments_of_the_flow() {
    let ended = program("cluster_counts").args("--help").run();
    let help = ended.lines().join("\n");
    for part in [
        "Counts the numbers up to a limit by the length of their Collatz sequence.\n",
        "--upto <UPTO>          The last number to look at [default: 100000]\n",
        "--at-least <AT_LEAST>  Print lengths that at least so many numbers have [default: 1000]\n",
        "-w, --workers <N>  ",
        "[env: FLOWSTONE_PEER_TIMEOUT=]",
        "graph  Print the flow's graph; with its parameters also what each output guarantees\n",
    ] {
        assert!(help.contains(part), "no `{part}` in\n{help}");
    }
}

#[test]
fn a_graph_is_drawn_as_mermaid() {
    let expected = r#"flowchart LR
  subgraph op0[" "]
    s0["numbers<br/><i>input</i>"]
    s1["length<br/><i>key_on</i>"]
  end
  subgraph op1[" "]
    s2[("count<br/><i>count_final</i>")]
    s3["common<br/><i>filter</i>"]
    s4["line<br/><i>map</i>"]
  end
  subgraph op2[" "]
    s5["lines<br/><i>output</i><br/>at least once"]
  end
  s0 --- s1
  s1 ==> s2
  s2 --- s3
  s3 --- s4
  s4 --> s5"#;
    for args in ["graph", "graph --format mermaid"] {
        assert_eq!(program("cluster_counts").args(args).run().lines().join("\n").trim_end(), expected);
    }
}

#[test]
fn a_graph_is_drawn_for_graphviz() {
    let expected = r#"digraph "copying" {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="";
    s0 [label="lines\ninput"];
  }
  subgraph cluster_1 {
    label="";
    s1 [label="copy\noutput"];
  }
  s0 -> s1 [style=solid];
}"#;
    assert_eq!(testbed("copying").args("graph --format dot").run().lines().join("\n").trim_end(), expected);
    // With its parameters the flow can be put together, and its outputs say what they guarantee.
    let with_parameters = testbed("copying").args("graph --format dot --from a --out b").run();
    let expected = expected.replace("copy\\noutput", "copy\\noutput\\nexactly once");
    assert_eq!(with_parameters.lines().join("\n").trim_end(), expected);
}

#[test]
fn a_graph_is_given_as_json() {
    let json = |args| -> serde_json::Value {
        let ended = testbed("copying").args(args).run();
        serde_json::from_str(&ended.lines().join("\n")).unwrap()
    };
    let mut graph = json("graph --format json --from a --out b");
    let guarantees = graph.as_object_mut().unwrap().remove("guarantees");
    assert_eq!(guarantees, Some(serde_json::json!({ "copy": "exactly once" })));
    assert_eq!(graph, json("graph --format json"));
    assert_eq!(
        graph,
        serde_json::json!({
            "name": "copying",
            "doc": "Copies a file.",
            "steps": [
                { "id": "lines", "word": "input", "operator": 0, "keyed": false, "stateful": false },
                { "id": "copy", "word": "output", "operator": 1, "keyed": false, "stateful": false },
            ],
            "edges": [{ "from": 0, "port": "", "to": 1, "way": "Local" }],
        })
    );
    let ended = testbed("copying").args("graph --format png").run();
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("[possible values: mermaid, dot, json]"), "{}", ended.err);
}

#[test]
fn a_panic_in_a_closure_is_one_line_with_its_step() {
    let line = include_str!("testbed.rs").lines().position(|line| line.contains(r#"map("careful""#)).unwrap() + 1;
    for args in ["--at 3", "--at 3 -w 4"] {
        let ended = testbed("panicking").args(args).env("RUST_BACKTRACE", "1").run();
        assert_eq!(ended.code, Some(1));
        let text = format!("error: step `careful` panicked on worker 0 at tests/running/testbed.rs:{line}:");
        assert!(ended.err.starts_with(&text), "{}", ended.err);
        assert!(ended.err.ends_with(": 3 is not to my liking\n"), "{}", ended.err);
        assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    }
}

#[test]
fn a_file_that_is_missing_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("no such file"), folder.path().join("copy.txt"));
    let ended = testbed("copying").arg("--from").arg(&from).arg("--out").arg(&to).run();
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let mut lines = ended.err.lines();
    assert_eq!(lines.next(), Some("error: input `lines` failed on worker 0"));
    let expected = format!("  caused by: cannot open the file (partition `{}`)", from.display());
    assert_eq!(lines.next(), Some(expected.as_str()));
    assert_eq!(lines.next(), Some("  caused by: No such file or directory (os error 2)"));
    assert!(lines.next().unwrap().starts_with("  help: check the path"), "{}", ended.err);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half-written is left");
}

#[test]
fn what_an_output_wrote_is_said_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.txt"), folder.path().join("copy.txt"));
    fs::write(&from, "one\ntwo\n").unwrap();
    let ended = testbed("copying").arg("--from").arg(&from).arg("--out").arg(&to).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out, "");
    assert!(ended.err.lines().all(|line| line.starts_with("copy: ")), "{}", ended.err);
    assert_eq!(fs::read_to_string(&to).unwrap(), "one\ntwo\n");
}

#[test]
fn a_lock_is_written_where_the_flow_looks_for_it() {
    let package = tempfile::tempdir().unwrap();
    let lock = package.path().join("tests/running/testbed.lock");
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let ended = testbed("locked").args("lock").env("CARGO_MANIFEST_DIR", package.path().to_str().unwrap()).run();
    assert_eq!(ended.lines(), [format!("wrote {}", lock.display())]);
    assert_eq!(fs::read_to_string(lock).unwrap(), include_str!("testbed.lock"));
    let mut ran = testbed("locked").run().lines().join(" ");
    ran.retain(|sign| sign != ' ');
    assert!(ran.contains("(0,5)") && ran.contains("(1,5)"), "{ran}");
}
