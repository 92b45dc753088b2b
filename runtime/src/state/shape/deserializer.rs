//! The deserializer that gives each type a value that means nothing, and notes what it was asked for.

use super::types::{Container, DEPTH, Inside, Kind, Lost, Seen, Shape, Trace};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use std::any::type_name;

/// Makes one value, and notes its shape.
pub(super) struct Deserializer<'t> {
    pub(super) trace: &'t mut Trace,
    pub(super) shape: &'t mut Shape,
}

impl Trace {
    /// True where what is found in the container `key` counts: not inside of something that is inside of itself.
    fn counts(&self, key: &str) -> bool {
        self.cut == 0 && !self.open.contains(&key)
    }

    /// Makes what is inside of a container. After an error all begins anew.
    fn enter<R>(&mut self, key: &'static str, make: impl FnOnce(&mut Trace) -> Result<R, Lost>) -> Result<R, Lost> {
        if self.open.len() >= DEPTH {
            return Err(Lost);
        }
        let again = usize::from(self.open.contains(&key));
        self.open.push(key);
        self.cut += again;
        let made = make(self)?;
        self.cut -= again;
        self.open.pop();
        Ok(made)
    }

    fn variants(&mut self, key: &str) -> &mut [(&'static str, Seen)] {
        match self.containers.get_mut(key) {
            Some(Container { kind: Kind::Enum(variants), .. }) => variants,
            _ => &mut [],
        }
    }

    /// The variant of which to make an enum: where it counts one that has more to see, else one with little inside.
    fn choose(&mut self, key: &str) -> Option<usize> {
        let counts = self.counts(key);
        let variants = self.variants(key);
        let find = |is: fn(&Seen) -> bool| variants.iter().position(|(_, seen)| is(seen));
        let whole = || find(|seen| matches!(seen, Seen::Whole(_)));
        match counts {
            true => find(|seen| matches!(seen, Seen::NotYet | Seen::InPart(_)))
                .or_else(|| find(|seen| matches!(seen, Seen::Later)))
                .or_else(whole),
            false => find(|seen| matches!(seen, Seen::Whole(Inside::Nothing)))
                .or_else(whole)
                .or_else(|| find(|seen| !matches!(seen, Seen::Refused))),
        }
    }

    /// Notes what a variant has inside, or that it could not be made.
    fn saw(&mut self, key: &str, variant: usize, inside: Option<Inside>) {
        let more = self.more;
        self.refused |= inside.is_none();
        let variants = self.variants(key);
        let seen = &mut variants[variant].1;
        *seen = match (inside, &seen) {
            (Some(inside), _) if more => Seen::InPart(inside),
            (Some(inside), _) => Seen::Whole(inside),
            (None, Seen::Later) => Seen::Refused,
            (None, _) => Seen::Later,
        };
        self.more |= self.variants(key).iter().any(|(_, seen)| !matches!(seen, Seen::Whole(_) | Seen::Refused));
    }
}

impl Deserializer<'_> {
    fn make_struct<R>(
        self,
        key: &'static str,
        name: &'static str,
        make: impl FnOnce(&mut Trace, &mut Inside) -> Result<R, Lost>,
    ) -> Result<R, Lost> {
        *self.shape = Shape::Named(key);
        let counts = self.trace.counts(key);
        let mut inside = Inside::Nothing;
        let made = self.trace.enter(key, |trace| make(trace, &mut inside))?;
        if counts {
            self.trace.containers.insert(key, Container { name, kind: Kind::Struct(inside) });
        }
        Ok(made)
    }
}

macro_rules! plain {
    ($($method:ident $visit:ident($value:expr) $name:literal,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Lost> {
            *self.shape = Shape::Plain($name);
            visitor.$visit($value)
        }
    )*};
}

impl<'de> serde::Deserializer<'de> for Deserializer<'_> {
    type Error = Lost;

    plain! {
        deserialize_bool visit_bool(false) "bool",
        deserialize_i8 visit_i8(0) "i8",
        deserialize_i16 visit_i16(0) "i16",
        deserialize_i32 visit_i32(0) "i32",
        deserialize_i64 visit_i64(0) "i64",
        deserialize_i128 visit_i128(0) "i128",
        deserialize_u8 visit_u8(0) "u8",
        deserialize_u16 visit_u16(0) "u16",
        deserialize_u32 visit_u32(0) "u32",
        deserialize_u64 visit_u64(0) "u64",
        deserialize_u128 visit_u128(0) "u128",
        deserialize_f32 visit_f32(0.0) "f32",
        deserialize_f64 visit_f64(0.0) "f64",
        deserialize_char visit_char('A') "char",
        deserialize_str visit_borrowed_str("") "str",
        deserialize_string visit_string(String::new()) "str",
        deserialize_bytes visit_borrowed_bytes(b"") "bytes",
        deserialize_byte_buf visit_byte_buf(Vec::new()) "bytes",
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Lost> {
        *self.shape = Shape::Plain("unit");
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Lost> {
        let mut shape = Shape::Unknown;
        let made = match self.trace.cut {
            0 => visitor.visit_some(Deserializer { trace: self.trace, shape: &mut shape })?,
            _ => visitor.visit_none()?,
        };
        *self.shape = Shape::Option(Box::new(shape));
        Ok(made)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Lost> {
        let (mut shapes, left) = (Vec::new(), usize::from(self.trace.cut == 0));
        let made = visitor.visit_seq(Elements { trace: self.trace, left, shapes: &mut shapes })?;
        *self.shape = Shape::Seq(Box::new(shapes.pop().unwrap_or(Shape::Unknown)));
        Ok(made)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Lost> {
        let mut shapes = Vec::new();
        let made = visitor.visit_seq(Elements { trace: self.trace, left: len, shapes: &mut shapes })?;
        *self.shape = Shape::Tuple(shapes);
        Ok(made)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Lost> {
        let (mut shapes, left) = (Vec::new(), 2 * usize::from(self.trace.cut == 0));
        let made = visitor.visit_map(Elements { trace: self.trace, left, shapes: &mut shapes })?;
        let mut shapes = shapes.into_iter();
        let mut next = || shapes.next().unwrap_or(Shape::Unknown);
        *self.shape = Shape::Map(Box::new((next(), next())));
        Ok(made)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Lost> {
        self.make_struct(type_name::<V::Value>(), name, |_, _| visitor.visit_unit())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Lost> {
        self.make_struct(type_name::<V::Value>(), name, |trace, inside| {
            let mut shape = Shape::Unknown;
            let made = visitor.visit_newtype_struct(Deserializer { trace, shape: &mut shape })?;
            *inside = Inside::One(shape);
            Ok(made)
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Lost> {
        self.make_struct(type_name::<V::Value>(), name, |trace, inside| tuple(trace, inside, len, visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Lost> {
        self.make_struct(type_name::<V::Value>(), name, |trace, inside| of_fields(trace, inside, fields, visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Lost> {
        let (key, trace) = (type_name::<V::Value>(), self.trace);
        *self.shape = Shape::Named(key);
        trace.containers.entry(key).or_insert_with(|| {
            let variants = variants.iter().map(|name| (*name, Seen::NotYet)).collect();
            Container { name, kind: Kind::Enum(variants) }
        });
        let counts = trace.counts(key);
        let Some(variant) = trace.choose(key) else { return Err(Lost) };
        let more = std::mem::take(&mut trace.more);
        let mut inside = Inside::Nothing;
        let name = variants[variant];
        let made = trace.enter(key, |trace| visitor.visit_enum(Variant { trace, name, inside: &mut inside }));
        // Of variants inside of each other the innermost is to blame.
        if counts && (made.is_ok() || !trace.refused) {
            trace.saw(key, variant, made.is_ok().then_some(inside));
        }
        trace.more |= more;
        made
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Lost> {
        Err(Lost)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Lost> {
        Err(Lost)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Lost> {
        Err(Lost)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

fn tuple<'de, V: Visitor<'de>>(
    trace: &mut Trace,
    inside: &mut Inside,
    len: usize,
    visitor: V,
) -> Result<V::Value, Lost> {
    let mut shapes = Vec::new();
    let made = visitor.visit_seq(Elements { trace, left: len, shapes: &mut shapes })?;
    *inside = Inside::Tuple(shapes);
    Ok(made)
}

fn of_fields<'de, V: Visitor<'de>>(
    trace: &mut Trace,
    inside: &mut Inside,
    fields: &'static [&'static str],
    visitor: V,
) -> Result<V::Value, Lost> {
    let mut shapes = Vec::new();
    let made = visitor.visit_seq(Elements { trace, left: fields.len(), shapes: &mut shapes })?;
    *inside = Inside::Fields(fields.iter().copied().zip(shapes).collect());
    Ok(made)
}

/// The elements of a list, or a key and its value.
struct Elements<'t> {
    trace: &'t mut Trace,
    left: usize,
    shapes: &'t mut Vec<Shape>,
}

impl Elements<'_> {
    fn element<'de, S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Lost> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut shape = Shape::Unknown;
        let made = seed.deserialize(Deserializer { trace: self.trace, shape: &mut shape })?;
        self.shapes.push(shape);
        Ok(Some(made))
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Lost;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Lost> {
        self.element(seed)
    }
}

impl<'de> MapAccess<'de> for Elements<'_> {
    type Error = Lost;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Lost> {
        self.element(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Lost> {
        self.element(seed)?.ok_or(Lost)
    }
}

/// A variant of an enum.
struct Variant<'t> {
    trace: &'t mut Trace,
    name: &'static str,
    inside: &'t mut Inside,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Lost;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Lost> {
        Ok((seed.deserialize(StrDeserializer::<Lost>::new(self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Lost;

    fn unit_variant(self) -> Result<(), Lost> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Lost> {
        let mut shape = Shape::Unknown;
        let made = seed.deserialize(Deserializer { trace: self.trace, shape: &mut shape })?;
        *self.inside = Inside::One(shape);
        Ok(made)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Lost> {
        tuple(self.trace, self.inside, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Lost> {
        of_fields(self.trace, self.inside, fields, visitor)
    }
}
