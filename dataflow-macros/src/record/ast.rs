//! What the derive was put on: a struct of columns, or an enum of names.

use super::case::Case;
use super::errors::Errors;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Fields, Generics, Ident, LitInt, LitStr, Path, Type, parse_quote};

pub(super) enum Input {
    Struct(Struct),
    Enum(Enum),
}

pub(super) struct Struct {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    /// The crate that `__private::arrow` is found in.
    pub(super) path: Path,
    /// False where the struct borrows, or says that it is only written.
    pub(super) readable: bool,
    pub(super) columns: Vec<Column>,
    pub(super) skipped: Vec<(Ident, Type)>,
}

pub(super) struct Column {
    pub(super) field: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    /// The type that says how `ty` is a column: `ty` itself, or `AsText<ty>`.
    pub(super) codec: TokenStream,
}

pub(super) struct Enum {
    pub(super) name: Ident,
    pub(super) path: Path,
    pub(super) variants: Vec<(Ident, String)>,
    /// False where variants with fields have been left out.
    pub(super) all: bool,
}

impl Input {
    /// None where there is nothing to go on with.
    pub(super) fn parse(input: DeriveInput, errors: &mut Errors) -> Option<Input> {
        let container = Container::parse(&input, errors);
        match input.data {
            Data::Struct(data) => {
                let Fields::Named(fields) = data.fields else {
                    errors.at(
                        &input.ident,
                        "a record has named fields, which name its columns: write `struct Name { field: Type, … }`",
                    );
                    return None;
                };
                let mut parsed = Struct {
                    readable: !container.write_only && input.generics.lifetimes().next().is_none(),
                    name: input.ident,
                    generics: input.generics,
                    path: container.path,
                    columns: Vec::new(),
                    skipped: Vec::new(),
                };
                for field in fields.named {
                    parsed.field(field, container.rename_all, errors);
                }
                if parsed.columns.is_empty() {
                    errors.at(&parsed.name, "a record has at least one column");
                }
                Some(Input::Struct(parsed))
            }
            Data::Enum(data) => {
                let mut variants: Vec<(Ident, String)> = Vec::new();
                let mut all = true;
                for variant in data.variants {
                    if !matches!(variant.fields, Fields::Unit) {
                        errors.at(
                            &variant.fields,
                            format_args!(
                                "a column of an enum holds the variants' names, and `{}` has fields; \
                                 put them into a struct with `#[derive(Record)]`, as `Option`s",
                                variant.ident
                            ),
                        );
                        all = false;
                        continue;
                    }
                    let attributes = Attributes::parse(&variant.attrs, Allowed::Variant, errors);
                    let name = attributes
                        .rename
                        .unwrap_or_else(|| container.rename_all.variant(&variant.ident.unraw().to_string()));
                    if let Some((first, _)) = variants.iter().find(|(_, other)| *other == name) {
                        errors.at(&variant.ident, format_args!("`{first}` has the name `{name}` already"));
                    }
                    variants.push((variant.ident, name));
                }
                if variants.is_empty() && all {
                    errors.at(&input.ident, "an enum without variants has no values to make a column of");
                }
                if variants.len() > 1 << 15 {
                    errors.at(&input.ident, "a column holds at most 32,768 different names");
                }
                if !input.generics.params.is_empty() {
                    errors.at(&input.generics, "an enum without fields has no parameters");
                    return None;
                }
                Some(Input::Enum(Enum { name: input.ident, path: container.path, variants, all }))
            }
            Data::Union(_) => {
                errors.at(&input.ident, "a union cannot be a record; use a struct or an enum without fields");
                None
            }
        }
    }
}

impl Struct {
    fn field(&mut self, field: syn::Field, rename_all: Case, errors: &mut Errors) {
        let Some(ident) = field.ident else { return };
        let attributes = Attributes::parse(&field.attrs, Allowed::Field, errors);
        if attributes.skip {
            self.skipped.push((ident, field.ty));
            return;
        }
        let name = attributes.rename.unwrap_or_else(|| rename_all.field(&ident.unraw().to_string()));
        if let Some(first) = self.columns.iter().find(|column| column.name == name) {
            errors.at(&ident, format_args!("`{}` is the column `{name}` already", first.field));
        }
        self.readable &= !borrows(&field.ty);
        let ty = field.ty;
        let codec = match &attributes.how {
            How::Plain => quote! { #ty },
            How::Text => codec(&ty, &|leaf| quote! { __f::AsText<#leaf> }),
            How::Decimal(precision, scale) => codec(&ty, &|leaf| quote! { __f::Decimal<#leaf, #precision, #scale> }),
        };
        self.columns.push(Column { field: ident, name, ty, codec });
    }
}

/// True where the type has a reference in it.
fn borrows(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Group(group) => any(group.stream()),
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '&',
            _ => false,
        })
    }
    any(quote! { #ty })
}

/// `ty` with what is inside its `Option`s and `Vec`s replaced by `leaf` of it. They are known by their names, as an
/// attribute on the field can be about nothing but the innermost type.
fn codec(ty: &Type, leaf: &dyn Fn(&Type) -> TokenStream) -> TokenStream {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && let syn::PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(syn::GenericArgument::Type(inner)) = arguments.args.first()
        && arguments.args.len() == 1
    {
        let inner = || codec(inner, leaf);
        if last.ident == "Option" {
            let inner = inner();
            return quote! { __f::Option<#inner> };
        }
        if last.ident == "Vec" {
            let inner = inner();
            return quote! { __f::Vec<#inner> };
        }
    }
    leaf(ty)
}

/// What `#[record(…)]` says on a struct or an enum.
struct Container {
    path: Path,
    rename_all: Case,
    write_only: bool,
}

impl Container {
    fn parse(input: &DeriveInput, errors: &mut Errors) -> Container {
        let mut container = Container { path: parse_quote!(::flowstone), rename_all: Case::Same, write_only: false };
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("record")) {
            let parsed = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("crate") {
                    // As written, so that `crate` itself may be it.
                    container.path = meta.value()?.call(Path::parse_mod_style)?;
                } else if meta.path.is_ident("rename_all") {
                    let case: LitStr = meta.value()?.parse()?;
                    container.rename_all = Case::parse(&case)?;
                } else if meta.path.is_ident("write_only") {
                    container.write_only = true;
                } else {
                    return Err(unknown(&meta, "crate = …`, `rename_all = \"…\"` and `write_only"));
                }
                Ok(())
            });
            if let Err(error) = parsed {
                errors.push(error);
            }
        }
        container
    }
}

/// What `#[record(…)]` says on a field or a variant.
struct Attributes {
    rename: Option<String>,
    skip: bool,
    how: How,
}

enum How {
    Plain,
    Text,
    Decimal(u8, i8),
}

#[derive(Clone, Copy, PartialEq)]
enum Allowed {
    Field,
    Variant,
}

impl Attributes {
    fn parse(attributes: &[syn::Attribute], allowed: Allowed, errors: &mut Errors) -> Attributes {
        let mut parsed = Attributes { rename: None, skip: false, how: How::Plain };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("record")) {
            if let Err(error) = attribute.parse_nested_meta(|meta| parsed.one(&meta, allowed)) {
                errors.push(error);
            }
        }
        parsed
    }

    fn one(&mut self, meta: &ParseNestedMeta<'_>, allowed: Allowed) -> syn::Result<()> {
        if meta.path.is_ident("rename") {
            let name: LitStr = meta.value()?.parse()?;
            if name.value().is_empty() {
                return Err(syn::Error::new(name.span(), "a column has a name"));
            }
            self.rename = Some(name.value());
        } else if allowed == Allowed::Variant {
            return Err(unknown(meta, "rename = \"…\""));
        } else if meta.path.is_ident("skip") {
            self.skip = true;
        } else if meta.path.is_ident("as_text") {
            self.how(How::Text, meta)?;
        } else if meta.path.is_ident("decimal") {
            let decimal = decimal(meta)?;
            self.how(decimal, meta)?;
        } else {
            return Err(unknown(meta, "rename = \"…\"`, `skip`, `as_text` and `decimal(precision, scale)"));
        }
        Ok(())
    }

    fn how(&mut self, how: How, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        if !matches!(self.how, How::Plain) {
            return Err(meta.error("a field is a column in one way only; leave one of the two out"));
        }
        self.how = how;
        Ok(())
    }
}

/// `decimal(precision, scale)`.
fn decimal(meta: &ParseNestedMeta<'_>) -> syn::Result<How> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(meta.error("say how many digits there are, and how many after the point: `decimal(18, 2)`"));
    }
    let inner;
    syn::parenthesized!(inner in meta.input);
    let precision: LitInt = inner.parse()?;
    inner.parse::<syn::Token![,]>()?;
    let scale: LitInt = inner.parse()?;
    if !inner.is_empty() {
        return Err(inner.error("expected `decimal(precision, scale)`"));
    }
    let digits: u8 = precision.base10_parse()?;
    if !(1..=38).contains(&digits) {
        return Err(syn::Error::new(precision.span(), "a decimal has 1 to 38 digits"));
    }
    let after: i8 = scale.base10_parse()?;
    if after.unsigned_abs() > digits {
        return Err(syn::Error::new(scale.span(), format!("at most all {digits} digits are after the point")));
    }
    Ok(How::Decimal(digits, after))
}

fn unknown(meta: &ParseNestedMeta<'_>, known: &str) -> syn::Error {
    let path = &meta.path;
    let word = quote! { #path }.to_string().replace(' ', "");
    syn::Error::new_spanned(path, format!("unknown word `{word}`; here are known: `{known}`"))
}

/// Where `ty` begins, for names that the derive resolves. A type's span is that of its first token, which is enough.
pub(super) fn span(ty: &Type) -> Span {
    Span::call_site().located_at(syn::spanned::Spanned::span(ty))
}
