//! Durations: `2s 500ms 10us 15min 6h 1d 1.5h`, number literals with a unit, at any depth of an argument's tokens.

use crate::emit::spans;
use crate::words;
use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprLit, Lit};

/// A unit and its length in microseconds.
const UNITS: &[(&str, u64)] =
    &[("us", 1), ("ms", 1_000), ("s", 1_000_000), ("min", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000)];

/// Longer stretches, and how many days they are.
const DAYS: &[(&str, u32)] = &[("fortnight", 14), ("fortnights", 14), ("w", 7), ("week", 7), ("weeks", 7), ("wk", 7)];

/// Units by other names: what to write for them.
const ALIASES: &[(&str, &str)] = &[
    ("day", "d"),
    ("days", "d"),
    ("hour", "h"),
    ("hours", "h"),
    ("hr", "h"),
    ("m", "min"),
    ("micros", "us"),
    ("millis", "ms"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("sec", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("secs", "s"),
    ("µs", "us"),
    ("μs", "us"),
];

/// The suffixes that Rust gives numbers itself.
const NUMBERS: &[&str] = &[
    "", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
    "usize",
];

/// Tokens in which each duration is a call of `Duration::from_micros`.
#[derive(Default)]
pub(crate) struct Rewritten {
    pub(crate) tokens: TokenStream,
    /// Where the first of them stands.
    pub(crate) first: Option<Span>,
    /// What is wrong with literals that look like durations.
    pub(crate) wrong: Vec<(Span, String)>,
}

/// Rewrites the durations in `tokens`.
pub(crate) fn rewrite(tokens: TokenStream) -> Rewritten {
    let mut rewritten = Rewritten::default();
    rewritten.tokens = rewritten.walk(tokens);
    rewritten
}

impl Rewritten {
    fn walk(&mut self, tokens: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.walk(group.stream()));
                    inner.set_span(group.span());
                    out.extend([TokenTree::Group(inner)]);
                }
                TokenTree::Literal(literal) => out.extend(self.literal(literal)),
                other => out.extend([other]),
            }
        }
        out
    }

    fn literal(&mut self, literal: Literal) -> TokenStream {
        match micros(&literal) {
            Some(Ok(micros)) => {
                self.first = self.first.or(Some(literal.span()));
                let span = spans::generated(literal.span());
                return quote_spanned!(span=> ::core::time::Duration::from_micros(#micros));
            }
            Some(Err(message)) => self.wrong.push((literal.span(), message)),
            None => {}
        }
        TokenTree::Literal(literal).into()
    }
}

/// A number without a unit, as it is written.
pub(crate) fn number(literal: &Lit) -> Option<String> {
    let (digits, suffix) = match literal {
        Lit::Int(int) => (int.base10_digits(), int.suffix()),
        Lit::Float(float) => (float.base10_digits(), float.suffix()),
        _ => return None,
    };
    NUMBERS.contains(&suffix).then(|| digits.to_owned())
}

/// Whether it is zero, with a unit or without.
pub(crate) fn is_zero(literal: &Lit) -> bool {
    match literal {
        Lit::Int(int) => int.base10_digits() == "0",
        Lit::Float(float) => float.base10_digits().parse() == Ok(0.0),
        _ => false,
    }
}

/// The length in microseconds of a value that is a literal with a unit.
pub(crate) fn length(value: &Expr) -> Option<u64> {
    let Expr::Lit(ExprLit { lit: lit @ (Lit::Int(_) | Lit::Float(_)), .. }) = value else { return None };
    let literal: Literal = lit.to_token_stream().to_string().parse().ok()?;
    micros(&literal)?.ok()
}

/// The length of a literal that is a duration; `None` where it is an ordinary one.
pub(crate) fn micros(literal: &Literal) -> Option<Result<u64, String>> {
    if !literal.to_string().starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let (digits, suffix) = match Lit::new(literal.clone()) {
        Lit::Int(int) => (int.base10_digits().to_owned(), int.suffix().to_owned()),
        Lit::Float(float) => (float.base10_digits().to_owned(), float.suffix().to_owned()),
        _ => return None,
    };
    if NUMBERS.contains(&suffix.as_str()) {
        return None;
    }
    let Some((_, length)) = UNITS.iter().find(|(unit, _)| *unit == suffix) else {
        return Some(Err(unknown_unit(&digits, &suffix)));
    };
    Some(scale(&digits, *length).ok_or_else(|| {
        format!("`{literal}` is no duration; it must be a whole number of microseconds, and at most 584000 years")
    }))
}

fn unknown_unit(digits: &str, suffix: &str) -> String {
    let units: Vec<_> = UNITS.iter().map(|(unit, _)| (*unit).to_owned()).collect();
    if let Some((_, days)) = DAYS.iter().find(|(other, _)| *other == suffix)
        && let Ok(number) = digits.parse::<u32>()
        && let Some(days) = number.checked_mul(*days)
    {
        return format!("unknown unit `{suffix}`; did you mean `{days}d`?");
    }
    let alias = ALIASES.iter().find(|(other, _)| *other == suffix).map(|(_, unit)| *unit);
    match alias.or_else(|| words::nearest(suffix, UNITS.iter().map(|(unit, _)| *unit))) {
        Some(unit) => format!("unknown unit `{suffix}`; did you mean `{digits}{unit}`?"),
        None => format!("unknown unit `{suffix}`; durations end in {}", words::or(&units)),
    }
}

/// `digits` times `unit`, where that is a whole number that fits.
fn scale(digits: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let ten = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let number: u128 = format!("{whole}{fraction}").parse().ok()?;
    let product = number.checked_mul(u128::from(unit))?;
    if product % ten != 0 {
        return None;
    }
    u64::try_from(product / ten).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Result<u64, String>> {
        micros(&text.parse().expect("a literal"))
    }

    #[test]
    fn units_are_micros() {
        for (text, expected) in [
            ("2s", 2_000_000),
            ("500ms", 500_000),
            ("10us", 10),
            ("15min", 900_000_000),
            ("6h", 21_600_000_000),
            ("1d", 86_400_000_000),
            ("1.5h", 5_400_000_000),
            ("0.001ms", 1),
            ("1_000ms", 1_000_000),
            ("0s", 0),
        ] {
            assert_eq!(of(text), Some(Ok(expected)), "{text}");
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        for text in ["1", "1u8", "0x1d", "1.5", "2f64", "1e3", "\"2s\"", "'s'", "0xffu64"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_says_so() {
        let message = |text| of(text).expect("has a unit").expect_err("is wrong");
        assert_eq!(message("5m"), "unknown unit `m`; did you mean `5min`?");
        assert_eq!(message("5mn"), "unknown unit `mn`; did you mean `5ms`?");
        assert_eq!(message("2weeks"), "unknown unit `weeks`; did you mean `14d`?");
        assert_eq!(message("5parsec"), "unknown unit `parsec`; durations end in `us`, `ms`, `s`, `min`, `h` or `d`");
        assert!(message("0.5us").starts_with("`0.5us` is no duration"));
        assert!(message("1e3s").starts_with("`1e3s` is no duration"));
        assert!(message("99999999999999999999d").starts_with("`99999999999999999999d` is no duration"));
    }

    #[test]
    fn durations_are_found_at_any_depth() {
        let rewritten = rewrite("|x| { f(x, [2s]); vec![1u8, 2] }".parse().expect("tokens"));
        assert!(rewritten.wrong.is_empty());
        assert_eq!(
            rewritten.tokens.to_string().replace(' ', ""),
            "|x|{f(x,[::core::time::Duration::from_micros(2000000u64)]);vec![1u8,2]}"
        );
    }
}
