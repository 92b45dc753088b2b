//! A struct of columns: its builder, its reader, and the tokens that name its columns.

use super::ast::{Column, Struct, span};
use super::scope::scope;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Generics, parse_quote};

pub(super) fn expand(input: &Struct) -> TokenStream {
    let parts = RecordParts::new(input);
    let mut code = TokenStream::new();
    code.extend(parts.columns());
    code.extend(parts.builder());
    code.extend(parts.record());
    if input.readable {
        code.extend(parts.reader());
    }
    scope(&input.path, &code)
}

/// The struct with the names of what is made for it.
struct RecordParts<'a> {
    input: &'a Struct,
    /// The struct's own parameters, bound so that its fields are columns.
    generics: Generics,
    columns: Ident,
    builder: Ident,
    reader: Ident,
    /// `column_0`, `column_1`, … in the builder and the reader.
    slots: Vec<Ident>,
    /// The parameters that stand for their types.
    kinds: Vec<Ident>,
}

impl<'a> RecordParts<'a> {
    fn new(input: &'a Struct) -> RecordParts<'a> {
        let mut generics = input.generics.clone();
        for param in generics.type_params_mut() {
            param.bounds.push(parse_quote!('static));
            param.default = None;
        }
        let types: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
        for Column { ty, codec, .. } in &input.columns {
            if mentions(ty.to_token_stream(), &types) {
                generics.make_where_clause().predicates.push(parse_quote!(#codec: __f::Field<#ty>));
            }
        }
        RecordParts {
            input,
            generics,
            columns: format_ident!("{}Columns", input.name),
            builder: format_ident!("{}Builder", input.name),
            reader: format_ident!("{}Reader", input.name),
            slots: (0..input.columns.len()).map(|index| format_ident!("column_{index}")).collect(),
            kinds: (0..input.columns.len()).map(|index| format_ident!("__C{index}")).collect(),
        }
    }

    /// `tokens` with the struct's lifetimes made `'static`.
    fn unborrowed(&self, tokens: impl ToTokens) -> TokenStream {
        let lifetimes: Vec<Ident> = self.input.generics.lifetimes().map(|param| param.lifetime.ident.clone()).collect();
        if lifetimes.is_empty() { tokens.to_token_stream() } else { make_static(tokens.to_token_stream(), &lifetimes) }
    }

    /// How each field is a column: `<i32 as Field<i32>>::Builder`, or `…::Reader`. Nothing but these names what a field
    /// of the wrong type does not have, and each has the span of that type: rustc reports it there, and once.
    fn kinds_of<'b>(&'b self, what: &'b str) -> impl Iterator<Item = TokenStream> + 'b {
        self.input.columns.iter().map(move |Column { ty, codec, .. }| {
            let span = span(ty);
            let what = Ident::new(what, span);
            let (ty, codec) = (self.unborrowed(ty), self.unborrowed(codec));
            quote_spanned! { span => <#codec as __f::Field<#ty>>::#what }
        })
    }

    /// Where rustc is to say that some field is no column, beside that field. Where one field's type is not among those
    /// that are known to be columns, there: then it is the same place, and rustc says it once.
    fn blamed(&self) -> Span {
        let mut unknown = self.input.columns.iter().filter(|column| !is_known(column.codec.clone()));
        match (unknown.next(), unknown.next()) {
            (Some(column), None) => span(&column.ty),
            _ => Span::call_site().located_at(self.input.name.span()),
        }
    }

    /// The struct's parameters followed by those that stand for its columns, each bound by `bound` of its field's type.
    fn with_kinds(&self, bound: &TokenStream) -> Generics {
        let mut generics = self.input.generics.clone();
        for param in generics.type_params_mut() {
            param.default = None;
        }
        for (Column { ty, .. }, kind) in self.input.columns.iter().zip(&self.kinds) {
            generics.params.push(parse_quote!(#kind: #bound<#ty>));
        }
        generics
    }

    /// The struct with a token for each column.
    fn columns(&self) -> TokenStream {
        let (name, columns) = (&self.input.name, &self.columns);
        let (head, tail, bounds) = self.generics.split_for_impl();
        let tokens = self.input.columns.iter().map(|Column { field, ty, codec, .. }| {
            quote! { pub #field: __f::Col<#name #tail, #ty, #codec> }
        });
        quote! {
            #[derive(Clone, Copy)]
            pub struct #columns #head #bounds { #(#tokens),* }
        }
    }

    fn builder(&self) -> TokenStream {
        let RecordParts { input, builder, slots, kinds, .. } = self;
        let name = &input.name;
        let names: Vec<&String> = input.columns.iter().map(|column| &column.name).collect();
        let fields: Vec<&Ident> = input.columns.iter().map(|column| &column.field).collect();
        let generics = self.with_kinds(&quote! { __f::Append });
        let (head, _, bounds) = generics.split_for_impl();
        let (_, tail, _) = input.generics.split_for_impl();
        let len = slots.len();
        quote! {
            pub struct #builder<#(#kinds),*> { rows: usize, #(#slots: #kinds),* }

            impl<#(#kinds: __f::ColumnBuilder),*> __f::RecordBuilder for #builder<#(#kinds),*> {
                const COLUMNS: &'static [__f::Column] = &[#(__f::Column::new(#names, #kinds::NULLABLE)),*];

                fn fields() -> __f::Fields {
                    __f::Fields::from_iter([#(__f::field::<#kinds>(#names)),*])
                }

                fn with_capacity(rows: usize) -> Self {
                    Self { rows: 0, #(#slots: #kinds::with_capacity(rows)),* }
                }

                #[inline]
                fn len(&self) -> usize {
                    self.rows
                }

                fn append_null(&mut self) {
                    self.rows += 1;
                    #(self.#slots.append_null();)*
                }

                fn bytes(&self) -> usize {
                    0 #(+ self.#slots.bytes())*
                }

                fn finish_columns(&mut self) -> __f::Result<__f::Vec<__f::ArrayRef>, __f::ColumnError> {
                    let mut columns = __f::Vec::with_capacity(#len);
                    self.rows = 0;
                    #(__f::finish(&mut self.#slots, #names, &mut columns)?;)*
                    __f::Result::Ok(columns)
                }
            }

            impl #head __f::Append<#name #tail> for #builder<#(#kinds),*> #bounds {
                #[inline]
                fn append(&mut self, row: &#name #tail) {
                    self.rows += 1;
                    #(self.#slots.append(&row.#fields);)*
                }
            }
        }
    }

    fn record(&self) -> TokenStream {
        let RecordParts { input, builder, columns, reader, .. } = self;
        let name = &input.name;
        let (head, tail, bounds) = self.generics.split_for_impl();
        let builders = self.kinds_of("Builder");
        let tokens = input.columns.iter().map(|Column { field, name, .. }| {
            quote! { #field: __f::Col::new(#name, |row| &row.#field) }
        });
        // A static cannot have the parameters of the function it is in.
        let schema = input.generics.type_params().next().is_none().then(|| {
            quote! {
                fn schema() -> __f::SchemaRef {
                    static SCHEMA: __f::OnceLock<__f::SchemaRef> = __f::OnceLock::new();
                    __f::schema::<Self>(&SCHEMA)
                }
            }
        });
        let at = self.blamed();
        let builder = Ident::new(&builder.to_string(), at);
        let builder = quote_spanned! { at => #builder<#(#builders),*> };
        let nested = quote_spanned! { at => __f::Nested<<Self as __f::Record>::Builder> };
        let nested_reader = if input.readable {
            let readers = self.kinds_of("Reader");
            quote_spanned! { at => __f::NestedReader<#reader<#(#readers),*>> }
        } else {
            quote! { __f::Unreadable }
        };
        quote! {
            #[automatically_derived]
            impl #head __f::Record for #name #tail #bounds {
                type Columns = #columns #tail;
                type Builder = #builder;

                fn columns() -> Self::Columns {
                    #columns { #(#tokens),* }
                }

                #schema
            }

            #[automatically_derived]
            impl #head __f::Rows<#name #tail> for #name #tail #bounds {
                #[inline]
                fn each_row<__E>(
                    &self,
                    each: &mut impl FnMut(&Self) -> __f::Result<(), __E>,
                ) -> __f::Result<(), __E> {
                    each(self)
                }
            }

            #[automatically_derived]
            impl #head __f::Field for #name #tail #bounds {
                type Builder = #nested;
                type Reader = #nested_reader;
            }

            #[automatically_derived]
            impl #head __f::ListItem for #name #tail #bounds {}
        }
    }

    fn reader(&self) -> TokenStream {
        let RecordParts { input, reader, slots, kinds, .. } = self;
        let name = &input.name;
        let generics = self.with_kinds(&quote! { __f::ColumnReader });
        let (head, _, bounds) = generics.split_for_impl();
        let (_, tail, _) = input.generics.split_for_impl();
        let names: Vec<&String> = input.columns.iter().map(|column| &column.name).collect();
        let gets = input.columns.iter().zip(slots).map(|(Column { field, name, .. }, slot)| {
            quote! { #field: match self.#slot.get(row) {
                __f::Result::Ok(value) => value,
                __f::Result::Err(error) => return __f::Result::Err(error.within(#name)),
            } }
        });
        let skipped = input.skipped.iter().map(|(field, ty)| {
            quote_spanned! { span(ty) => #field: ::core::default::Default::default() }
        });
        let readers: Vec<TokenStream> = self.kinds_of("Reader").collect();
        let mut read = self.generics.clone();
        if input.generics.type_params().next().is_some() {
            for (Column { ty, .. }, kind) in input.columns.iter().zip(&readers) {
                read.make_where_clause().predicates.push(parse_quote!(#kind: __f::ColumnReader<#ty>));
            }
        }
        let (read_head, _, read_bounds) = read.split_for_impl();
        let at = self.blamed();
        let this = Ident::new(&reader.to_string(), at);
        let this = quote_spanned! { at => #this<#(#readers),*> };
        quote! {
            pub struct #reader<#(#kinds),*> { #(#slots: #kinds),* }

            impl #head __f::RecordReader<#name #tail> for #reader<#(#kinds),*> #bounds {
                fn open(arrays: __f::Arrays<'_>) -> __f::Result<Self, __f::ColumnError> {
                    __f::Result::Ok(Self { #(#slots: arrays.open(#names)?),* })
                }

                #[inline]
                fn row(&self, row: usize) -> __f::Result<#name #tail, __f::ColumnError> {
                    __f::Result::Ok(#name { #(#gets,)* #(#skipped,)* })
                }
            }

            #[automatically_derived]
            impl #read_head __f::ReadRecord for #name #tail #read_bounds {
                type Reader = #this;
            }
        }
    }
}

/// True where all names in `tokens` are those of types that are columns, or that go into their names. It places messages,
/// and decides nothing.
fn is_known(tokens: TokenStream) -> bool {
    const KNOWN: [&str; 32] = [
        "Arc",
        "Box",
        "Cow",
        "DateTime",
        "NaiveDate",
        "NaiveDateTime",
        "NaiveTime",
        "Option",
        "String",
        "Timestamp",
        "Utc",
        "Vec",
        "bool",
        "borrow",
        "chrono",
        "f32",
        "f64",
        "i16",
        "i32",
        "i64",
        "i8",
        "isize",
        "std",
        "str",
        "string",
        "sync",
        "u16",
        "u32",
        "u64",
        "u8",
        "usize",
        "vec",
    ];
    tokens.into_iter().all(|token| match token {
        TokenTree::Group(group) => is_known(group.stream()),
        TokenTree::Ident(ident) => KNOWN.iter().any(|known| ident == known),
        _ => true,
    })
}

/// True where one of `types` is named in `tokens`.
fn mentions(tokens: TokenStream, types: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), types),
        TokenTree::Ident(ident) => types.contains(&ident),
        _ => false,
    })
}

/// `tokens` with each of `lifetimes` made `'static`.
fn make_static(tokens: TokenStream, lifetimes: &[Ident]) -> TokenStream {
    let mut quoted = false;
    tokens
        .into_iter()
        .map(|token| {
            let after_quote = std::mem::replace(&mut quoted, false);
            match token {
                TokenTree::Group(group) => {
                    let mut made = Group::new(group.delimiter(), make_static(group.stream(), lifetimes));
                    made.set_span(group.span());
                    TokenTree::Group(made)
                }
                TokenTree::Punct(punct) => {
                    quoted = punct.as_char() == '\'';
                    TokenTree::Punct(punct)
                }
                TokenTree::Ident(ident) if after_quote && lifetimes.contains(&ident) => {
                    TokenTree::Ident(Ident::new("static", ident.span()))
                }
                other => other,
            }
        })
        .collect()
}
