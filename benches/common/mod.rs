//! Side-by-side runs: contenders take turns, outputs must be equal, and what is printed is a ratio of medians.

#[allow(dead_code, reason = "each benchmark has this module to itself, and takes what it needs")]
pub(crate) mod rows;
#[allow(dead_code, reason = "each benchmark has this module to itself, and takes what it needs")]
pub(crate) mod text;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

/// Something that does the whole work once and gives back what came out.
pub(crate) struct Contender<'a, R> {
    name: &'a str,
    run: Box<dyn Fn() -> R + 'a>,
    seconds: Vec<f64>,
    cpu: Vec<f64>,
}

/// One workload and those who do it. The first contender is the measure of the others.
pub(crate) struct Race<'a, R, A> {
    title: &'a str,
    records: u64,
    contenders: Vec<Contender<'a, R>>,
    answer: fn(R) -> A,
}

impl<'a, R, A: PartialEq + std::fmt::Debug> Race<'a, R, A> {
    /// `answer` makes of what a contender gives back what must be equal for all; the time it takes does not count.
    pub(crate) fn new(title: &'a str, records: u64, answer: fn(R) -> A) -> Self {
        Race { title, records, contenders: Vec::new(), answer }
    }

    pub(crate) fn with(mut self, name: &'a str, run: impl Fn() -> R + 'a) -> Self {
        // For a profiler: `FLOWSTONE_BENCH_ONLY="plain loop"` runs that one alone.
        if std::env::var("FLOWSTONE_BENCH_ONLY").is_ok_and(|only| only != name) {
            return self;
        }
        self.contenders.push(Contender { name, run: Box::new(run), seconds: Vec::new(), cpu: Vec::new() });
        self
    }

    /// Runs every contender `rounds` times, in turns, and prints what they took.
    pub(crate) fn run(mut self, rounds: usize) {
        // `FLOWSTONE_BENCH_ONLY` may ask for somebody of another race.
        if self.contenders.is_empty() {
            return;
        }
        println!("\n{} ({} records, medians of {rounds} interleaved rounds)", self.title, self.records);
        let mut expected: Option<A> = None;
        for _ in 0..rounds {
            for contender in &mut self.contenders {
                let (start, cpu) = (Instant::now(), cpu_seconds());
                let result = black_box((contender.run)());
                contender.seconds.push(start.elapsed().as_secs_f64());
                contender.cpu.push(cpu_seconds() - cpu);
                let answer = (self.answer)(result);
                match &expected {
                    None => expected = Some(answer),
                    Some(expected) => assert_eq!(*expected, answer, "{} differs", contender.name),
                }
            }
        }
        let limit = median(&self.contenders[0].seconds);
        println!("  {:<44} {:>9} {:>9} {:>10} {:>7}", "", "wall s", "cpu s", "ns/record", "ratio");
        for contender in &self.contenders {
            let (seconds, cpu) = (median(&contender.seconds), median(&contender.cpu));
            println!(
                "  {:<44} {seconds:>9.3} {cpu:>9.3} {:>10.2} {:>7.2}",
                contender.name,
                seconds * 1e9 / self.records as f64,
                seconds / limit
            );
        }
    }
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// CPU seconds of the whole process, all threads, where the system tells.
pub(crate) fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// A size for the workload: `FLOWSTONE_BENCH_SCALE=0.1` makes everything ten times smaller.
pub(crate) fn scaled(full: u64) -> u64 {
    let scale = std::env::var("FLOWSTONE_BENCH_SCALE").ok().and_then(|text| text.parse::<f64>().ok()).unwrap_or(1.0);
    ((full as f64) * scale) as u64
}

/// How many rounds: `FLOWSTONE_BENCH_ROUNDS`, 5 unless told.
pub(crate) fn rounds() -> usize {
    std::env::var("FLOWSTONE_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// Where generated input is kept between runs.
#[allow(dead_code, reason = "each benchmark has this module to itself, and takes what it needs")]
pub(crate) fn data_dir() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench-data");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
