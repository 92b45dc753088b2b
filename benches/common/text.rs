//! Generated text: the same bytes for the same size.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// A file of about `bytes` of English-like text, made once and kept.
pub(crate) fn text_file(bytes: u64) -> PathBuf {
    let path = super::data_dir().join(format!("text-{bytes}.txt"));
    if !path.exists() {
        let aside = path.with_extension("tmp");
        write_text(&mut BufWriter::new(File::create(&aside).unwrap()), bytes);
        std::fs::rename(&aside, &path).unwrap();
    }
    path
}

/// Words as frequent as in English: the n-th about 1/n as often as the first.
fn write_text(out: &mut impl Write, bytes: u64) {
    let mut random = 0x853c_49e6_748f_ea9b_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let words: Vec<String> = (0..50_000).map(|n| word(n, &mut next)).collect();
    let (mut written, mut column) = (0, 0);
    while written < bytes {
        let skew = (next() >> 11) as f64 / (1u64 << 53) as f64;
        let word = &words[((words.len() as f64).powf(skew) - 1.0) as usize];
        let text = match next() % 16 {
            0 => format!("{}{}", word[..1].to_uppercase(), &word[1..]),
            1 => format!("{word},"),
            2 => format!("{word}. "),
            3 => format!("{} {word}", next() % 1000),
            _ => word.clone(),
        };
        let end = if column + text.len() > 72 { "\n" } else { " " };
        column = if end == "\n" { 0 } else { column + text.len() + 1 };
        out.write_all(text.as_bytes()).unwrap();
        out.write_all(end.as_bytes()).unwrap();
        written += (text.len() + 1) as u64;
    }
    out.flush().unwrap();
}

/// Frequent words are short.
fn word(rank: usize, next: &mut impl FnMut() -> u64) -> String {
    let length = 2 + (rank as f64).log2() as usize / 2 + (next() % 3) as usize;
    (0..length).map(|_| (b'a' + (next() % 26) as u8) as char).collect()
}
