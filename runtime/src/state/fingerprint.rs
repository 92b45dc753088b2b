//! What a type looks like when it is stored, as text: two builds that give the same text read each other's state.

use crate::data::Data;
use serde_reflection::{ContainerFormat, Format, Named, Tracer, TracerConfig, VariantFormat};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The fingerprint of `T`: its fields with their types, those of the structs in it included, and of an enum inside of another
/// type the first variant. A type whose `Deserialize` is written by hand and cannot be followed has its name for one.
pub(crate) fn fingerprint<T: Data>() -> String {
    let mut tracer = Tracer::new(TracerConfig::default());
    match tracer.trace_simple_type::<T>() {
        Ok((format, _)) => Text { containers: &tracer.registry_unchecked(), open: Vec::new() }.format(&format),
        Err(_) => std::any::type_name::<T>().to_owned(),
    }
}

/// Writes formats out, each container in the place where it is used.
struct Text<'a> {
    containers: &'a BTreeMap<String, ContainerFormat>,
    /// The containers that are being written, so that a type that holds itself comes to an end.
    open: Vec<String>,
}

impl Text<'_> {
    fn format(&mut self, format: &Format) -> String {
        match format {
            Format::TypeName(name) => self.container(name),
            Format::Option(inner) => format!("{}?", self.format(inner)),
            Format::Seq(inner) => format!("[{}]", self.format(inner)),
            Format::Map { key, value } => format!("{{{}: {}}}", self.format(key), self.format(value)),
            Format::Tuple(inner) => format!("({})", self.list(inner)),
            Format::TupleArray { content, size } => format!("[{}; {size}]", self.format(content)),
            Format::Variable(_) => "_".to_owned(),
            plain => format!("{plain:?}").to_lowercase(),
        }
    }

    fn list(&mut self, formats: &[Format]) -> String {
        formats.iter().map(|format| self.format(format)).collect::<Vec<_>>().join(", ")
    }

    fn container(&mut self, name: &str) -> String {
        let known = self.containers.get(name);
        let Some(known) = known.filter(|_| !self.open.iter().any(|open| open == name)) else {
            return name.to_owned();
        };
        self.open.push(name.to_owned());
        let inside = match known {
            ContainerFormat::UnitStruct => String::new(),
            ContainerFormat::NewTypeStruct(inner) => format!("({})", self.format(inner)),
            ContainerFormat::TupleStruct(inner) => format!("({})", self.list(inner)),
            ContainerFormat::Struct(fields) => format!(" {{ {} }}", self.fields(fields)),
            ContainerFormat::Enum(variants) => {
                let mut text = String::from(" { ");
                for (at, variant) in variants.values().enumerate() {
                    let bar = if at == 0 { "" } else { " | " };
                    let inside = self.variant(&variant.value);
                    // Writing to a string does not fail.
                    let _ = write!(text, "{bar}{}{inside}", variant.name);
                }
                text + " }"
            }
        };
        self.open.pop();
        format!("{name}{inside}")
    }

    fn variant(&mut self, variant: &VariantFormat) -> String {
        match variant {
            VariantFormat::NewType(inner) => format!("({})", self.format(inner)),
            VariantFormat::Tuple(inner) => format!("({})", self.list(inner)),
            VariantFormat::Struct(fields) => format!(" {{ {} }}", self.fields(fields)),
            VariantFormat::Unit | VariantFormat::Variable(_) => String::new(),
        }
    }

    fn fields(&mut self, fields: &[Named<Format>]) -> String {
        let fields = fields.iter().map(|field| format!("{}: {}", field.name, self.format(&field.value)));
        fields.collect::<Vec<_>>().join(", ")
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
            "(str, Visits { pages: [str], last: (i64, Kind { Robot })?, by_day: {u32: u64} })"
        );
        assert_eq!(fingerprint::<Kind>(), "Kind { Robot | Person { name: str } }");
        assert_eq!(fingerprint::<Option<u64>>(), "u64?");
        assert_eq!(fingerprint::<()>(), "unit");
    }

    #[test]
    fn a_type_that_cannot_be_followed_has_a_name() {
        assert_eq!(fingerprint::<serde_json::Value>(), "serde_json::value::Value");
    }
}
