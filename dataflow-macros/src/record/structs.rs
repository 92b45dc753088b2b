//! A struct of columns: its builder, its reader, and the tokens that name its columns.

use super::ast::{Column, Struct, span};
use super::scope;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{GenericParam, Generics, parse_quote};

pub(super) fn expand(input: &Struct) -> TokenStream {
    let parts = Parts::new(input);
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
struct Parts<'a> {
    input: &'a Struct,
    /// The struct's own parameters, bound as the columns need it.
    generics: Generics,
    /// The same without lifetimes: a builder keeps no row, so it takes rows of any lifetime.
    owned: Generics,
    columns: Ident,
    builder: Ident,
    reader: Ident,
    /// `column_0`, `column_1`, … in the builder and the reader.
    slots: Vec<Ident>,
}

impl<'a> Parts<'a> {
    fn new(input: &'a Struct) -> Parts<'a> {
        let mut generics = input.generics.clone();
        for param in generics.type_params_mut() {
            param.bounds.push(parse_quote!('static));
            param.default = None;
        }
        let types: Vec<Ident> = generics.type_params().map(|param| param.ident.clone()).collect();
        let mut parts = Parts {
            input,
            generics,
            owned: Generics::default(),
            columns: format_ident!("{}Columns", input.name),
            builder: format_ident!("{}Builder", input.name),
            reader: format_ident!("{}Reader", input.name),
            slots: (0..input.columns.len()).map(|index| format_ident!("column_{index}")).collect(),
        };
        parts.bind(&types, &quote! { Field });
        let mut owned = parts.generics.clone();
        owned.params = owned.params.into_iter().filter(|param| !matches!(param, GenericParam::Lifetime(_))).collect();
        if let Some(clause) = &mut owned.where_clause {
            let tokens = parts.unborrowed(&clause.predicates);
            *clause = parse_quote!(where #tokens);
        }
        parts.owned = owned;
        parts
    }

    /// Bounds the columns whose types have parameters in them by `bound`.
    fn bind(&mut self, types: &[Ident], bound: &TokenStream) {
        for column in &self.input.columns {
            let Column { ty, codec, .. } = column;
            if mentions(ty.to_token_stream(), types) {
                self.generics.make_where_clause().predicates.push(parse_quote!(#codec: __f::#bound<#ty>));
            }
        }
    }

    /// `tokens` with the struct's lifetimes made `'static`.
    fn unborrowed(&self, tokens: impl ToTokens) -> TokenStream {
        let lifetimes: Vec<Ident> = self.input.generics.lifetimes().map(|param| param.lifetime.ident.clone()).collect();
        if lifetimes.is_empty() { tokens.to_token_stream() } else { make_static(tokens.to_token_stream(), &lifetimes) }
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
        let Parts { input, builder, slots, .. } = self;
        let name = &input.name;
        let (owned_head, owned_tail, owned_bounds) = self.owned.split_for_impl();
        let (head, tail, bounds) = self.generics.split_for_impl();
        let builders = input.columns.iter().zip(slots).map(|(Column { ty, codec, .. }, slot)| {
            let (ty, codec) = (self.unborrowed(ty), self.unborrowed(codec));
            quote! { #slot: <#codec as __f::Field<#ty>>::Builder }
        });
        let fields = input.columns.iter().map(|Column { ty, codec, name, .. }| {
            let (ty, codec) = (self.unborrowed(ty), self.unborrowed(codec));
            quote! { __f::field::<#ty, #codec>(#name) }
        });
        let names = input.columns.iter().map(|column| &column.name);
        let appends = input.columns.iter().zip(slots).map(|(Column { field, ty, .. }, slot)| {
            quote_spanned! { span(ty) => __f::Append::append(&mut self.#slot, &row.#field); }
        });
        let len = slots.len();
        quote! {
            pub struct #builder #owned_head #owned_bounds { rows: usize, #(#builders),* }

            impl #owned_head __f::RecordBuilder for #builder #owned_tail #owned_bounds {
                fn fields() -> __f::Fields {
                    __f::Fields::from_iter([#(#fields),*])
                }

                fn with_capacity(rows: usize) -> Self {
                    Self { rows: 0, #(#slots: __f::ColumnBuilder::with_capacity(rows)),* }
                }

                #[inline]
                fn len(&self) -> usize {
                    self.rows
                }

                fn append_null(&mut self) {
                    self.rows += 1;
                    #(__f::ColumnBuilder::append_null(&mut self.#slots);)*
                }

                fn bytes(&self) -> usize {
                    0 #(+ __f::ColumnBuilder::bytes(&self.#slots))*
                }

                fn finish_columns(&mut self) -> __f::Result<__f::Vec<__f::ArrayRef>, __f::ColumnError> {
                    let mut columns = __f::Vec::with_capacity(#len);
                    self.rows = 0;
                    #(__f::finish(&mut self.#slots, #names, &mut columns)?;)*
                    __f::Result::Ok(columns)
                }
            }

            impl #head __f::Append<#name #tail> for #builder #owned_tail #bounds {
                #[inline]
                fn append(&mut self, row: &#name #tail) {
                    self.rows += 1;
                    #(#appends)*
                }
            }
        }
    }

    fn record(&self) -> TokenStream {
        let Parts { input, builder, columns, .. } = self;
        let name = &input.name;
        let (head, tail, bounds) = self.generics.split_for_impl();
        let (_, owned_tail, _) = self.owned.split_for_impl();
        let consts = input.columns.iter().map(|Column { ty, codec, name, .. }| {
            let (ty, codec) = (self.unborrowed(ty), self.unborrowed(codec));
            quote! { __f::Column::new(#name, <#codec as __f::Field<#ty>>::NULLABLE) }
        });
        let tokens = input.columns.iter().map(|Column { field, name, .. }| {
            quote! { #field: __f::Col::new(#name, |row| &row.#field) }
        });
        // A static cannot have the parameters of the function it is in.
        let schema = if self.owned.params.is_empty() {
            quote! {
                static SCHEMA: __f::OnceLock<__f::SchemaRef> = __f::OnceLock::new();
                SCHEMA.get_or_init(|| __f::schema(<Self::Builder as __f::RecordBuilder>::fields())).clone()
            }
        } else {
            quote! { __f::schema(<Self::Builder as __f::RecordBuilder>::fields()) }
        };
        quote! {
            #[automatically_derived]
            impl #head __f::Record for #name #tail #bounds {
                const COLUMNS: &'static [__f::Column] = &[#(#consts),*];
                type Columns = #columns #tail;
                type Builder = #builder #owned_tail;

                fn columns() -> Self::Columns {
                    #columns { #(#tokens),* }
                }

                fn schema() -> __f::SchemaRef {
                    #schema
                }
            }

            #[automatically_derived]
            impl #head __f::Rows<#name #tail> for #name #tail #bounds {
                #[inline]
                fn each_row<E>(
                    &self,
                    each: &mut impl FnMut(&Self) -> __f::Result<(), E>,
                ) -> __f::Result<(), E> {
                    each(self)
                }
            }

            #[automatically_derived]
            impl #head __f::Field for #name #tail #bounds {
                type Builder = __f::Nested<#builder #owned_tail>;

                fn data_type() -> __f::DataType {
                    __f::struct_type::<#builder #owned_tail>()
                }
            }

            #[automatically_derived]
            impl #head __f::ListItem for #name #tail #bounds {}
        }
    }

    fn reader(&self) -> TokenStream {
        let Parts { input, reader, slots, .. } = self;
        let name = &input.name;
        let mut read = self.generics.clone();
        let types: Vec<Ident> = read.type_params().map(|param| param.ident.clone()).collect();
        for Column { ty, codec, .. } in &input.columns {
            if mentions(ty.to_token_stream(), &types) {
                read.make_where_clause().predicates.push(parse_quote!(#codec: __f::FromColumn<#ty>));
            }
        }
        let (head, tail, bounds) = read.split_for_impl();
        let readers = input.columns.iter().zip(slots).map(|(Column { ty, codec, .. }, slot)| {
            quote! { #slot: <#codec as __f::FromColumn<#ty>>::Reader }
        });
        let opens = input.columns.iter().zip(slots).map(|(Column { ty, name, .. }, slot)| {
            quote! { #slot: arrays.open::<#ty, _>(#name)? }
        });
        let gets = input.columns.iter().zip(slots).map(|(Column { field, name, ty, .. }, slot)| {
            quote! { #field: match __f::ColumnReader::<#ty>::get(&self.#slot, row) {
                __f::Result::Ok(value) => value,
                __f::Result::Err(error) => return __f::Result::Err(error.within(#name)),
            } }
        });
        let skipped = input.skipped.iter().map(|(field, ty)| {
            quote_spanned! { span(ty) => #field: ::core::default::Default::default() }
        });
        quote! {
            pub struct #reader #head #bounds { #(#readers),* }

            impl #head __f::RecordReader<#name #tail> for #reader #tail #bounds {
                fn open(arrays: __f::Arrays<'_>) -> __f::Result<Self, __f::ColumnError> {
                    __f::Result::Ok(Self { #(#opens),* })
                }

                #[inline]
                fn row(&self, row: usize) -> __f::Result<#name #tail, __f::ColumnError> {
                    __f::Result::Ok(#name { #(#gets,)* #(#skipped,)* })
                }
            }

            #[automatically_derived]
            impl #head __f::ReadRecord for #name #tail #bounds {
                type Reader = #reader #tail;
            }

            #[automatically_derived]
            impl #head __f::FromColumn for #name #tail #bounds {
                type Reader = __f::NestedReader<#reader #tail>;
            }
        }
    }
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
