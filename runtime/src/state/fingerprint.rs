//! What a type looks like when it is stored, as text: two builds that give the same text read each other's state.

use super::shape::{Container, Inside, Kind, Seen, Shape, Trace, trace};
use crate::base::data::Data;

/// The fingerprint of `T`: its fields with their types and its variants, those of the types in it included. A type whose
/// `Deserialize` is written by hand and cannot be followed has its name for one.
pub(crate) fn fingerprint<T: Data>() -> String {
    match trace::<T>() {
        Ok((shape, trace)) => Text { trace: &trace, open: Vec::new() }.shape(&shape),
        Err(_) => std::any::type_name::<T>().to_owned(),
    }
}

/// Writes shapes out, each container in the place where it is used.
struct Text<'a> {
    trace: &'a Trace,
    /// The containers that are being written, so that a type that holds itself comes to an end.
    open: Vec<&'static str>,
}

impl Text<'_> {
    fn shape(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Plain(name) => (*name).to_owned(),
            Shape::Option(inner) => format!("{}?", self.shape(inner)),
            Shape::Seq(inner) => format!("[{}]", self.shape(inner)),
            Shape::Map(pair) => format!("{{{}: {}}}", self.shape(&pair.0), self.shape(&pair.1)),
            Shape::Tuple(shapes) => self.tuple(shapes),
            Shape::Named(key) => self.container(key),
            Shape::Unknown => "_".to_owned(),
        }
    }

    fn tuple(&mut self, shapes: &[Shape]) -> String {
        match shapes {
            // More likely an array, which can be long.
            [first, second, third, rest @ ..]
                if [second, third].into_iter().chain(rest).all(|shape| shape == first) =>
            {
                format!("[{}; {}]", self.shape(first), shapes.len())
            }
            _ => {
                let shapes: Vec<_> = shapes.iter().map(|shape| self.shape(shape)).collect();
                format!("({})", shapes.join(", "))
            }
        }
    }

    fn container(&mut self, key: &'static str) -> String {
        let Some(Container { name, kind }) = self.trace.containers.get(key) else { return "_".to_owned() };
        if self.open.contains(&key) {
            return (*name).to_owned();
        }
        self.open.push(key);
        let inside = match kind {
            Kind::Struct(inside) => self.inside(inside),
            Kind::Enum(variants) => {
                let variants: Vec<_> =
                    variants.iter().map(|(name, seen)| format!("{name}{}", self.seen(seen))).collect();
                format!(" {{ {} }}", variants.join(" | "))
            }
        };
        self.open.pop();
        format!("{name}{inside}")
    }

    fn seen(&mut self, seen: &Seen) -> String {
        match seen {
            Seen::InPart(inside) | Seen::Whole(inside) => self.inside(inside),
            Seen::NotYet | Seen::Later | Seen::Refused => "(_)".to_owned(),
        }
    }

    fn inside(&mut self, inside: &Inside) -> String {
        match inside {
            Inside::Nothing => String::new(),
            Inside::One(shape) => format!("({})", self.shape(shape)),
            Inside::Tuple(shapes) => self.tuple(shapes),
            Inside::Fields(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, shape)| format!("{name}: {}", self.shape(shape))).collect();
                format!(" {{ {} }}", fields.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};
    use std::collections::HashMap;

    #[derive(Serialize, Deserialize)]
    struct Visits {
        pages: Vec<String>,
        last: Option<(i64, Kind)>,
        by_day: HashMap<u32, u64>,
    }

    #[derive(Serialize, Deserialize)]
    enum Kind {
        Robot,
        Person { name: String },
    }

    #[test]
    fn a_fingerprint_has_every_field_and_its_type() {
        assert_eq!(
            fingerprint::<(String, Visits)>(),
            "(str, Visits { pages: [str], last: (i64, Kind { Robot | Person { name: str } })?, by_day: {u32: u64} })"
        );
        assert_eq!(fingerprint::<Kind>(), "Kind { Robot | Person { name: str } }");
        assert_eq!(fingerprint::<Option<u64>>(), "u64?");
        assert_eq!(fingerprint::<()>(), "unit");
        assert_eq!(fingerprint::<([u8; 32], (u8, u8), char)>(), "([u8; 32], (u8, u8), char)");
    }

    #[derive(Serialize, Deserialize)]
    enum Outer {
        First(Inner),
        Second { inner: Option<Inner>, many: Vec<Second> },
    }

    #[derive(Serialize, Deserialize)]
    enum Inner {
        A(u8),
        B(Deep, Deep),
    }

    #[derive(Serialize, Deserialize)]
    enum Deep {
        X,
        Y(bool),
    }

    #[derive(Serialize, Deserialize)]
    struct Second(Deep);

    #[test]
    fn variants_are_seen_however_deep_they_are() {
        let deep = "Deep { X | Y(bool) }";
        let inner = format!("Inner {{ A(u8) | B({deep}, {deep}) }}");
        let outer = format!("Outer {{ First({inner}) | Second {{ inner: {inner}?, many: [Second({deep})] }} }}");
        assert_eq!(fingerprint::<(u64, HashMap<String, Outer>)>(), format!("(u64, {{str: {outer}}})"));
    }

    #[derive(Serialize, Deserialize)]
    enum Term {
        Sum(Box<Term>, Box<Term>),
        Number(i64),
        Of(Tree),
    }

    #[derive(Serialize, Deserialize)]
    struct Tree {
        left: Option<Box<Tree>>,
        right: Vec<Tree>,
        term: Option<Box<Term>>,
    }

    #[test]
    fn a_type_inside_of_itself_comes_to_an_end() {
        let tree = "Tree { left: Tree?, right: [Tree], term: ";
        assert_eq!(fingerprint::<Term>(), format!("Term {{ Sum(Term, Term) | Number(i64) | Of({tree}Term? }}) }}"));
        let term = "Term { Sum(Term, Term) | Number(i64) | Of(Tree) }";
        assert_eq!(fingerprint::<Tree>(), format!("{tree}{term}? }}"));
    }

    mod other {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(super) struct Second {
            pub(super) day: u16,
        }
    }

    #[test]
    fn types_of_one_name_are_two() {
        assert_eq!(fingerprint::<(Second, other::Second)>(), "(Second(Deep { X | Y(bool) }), Second { day: u16 })");
    }

    /// One that cannot be made of nothing.
    #[derive(Serialize, Deserialize)]
    enum Some {
        More(std::num::NonZeroU8),
        Less,
    }

    #[test]
    fn what_cannot_be_followed_has_a_name() {
        assert_eq!(fingerprint::<serde_json::Value>(), "serde_json::value::Value");
        assert_eq!(fingerprint::<Vec<Some>>(), "[Some { More(_) | Less }]");
    }
}
