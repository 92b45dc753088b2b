//! What the derive makes of small inputs, and what it says of wrong ones. That the code works is for the tests of the
//! connectors to show.

use super::case::Case;
use super::derive;
use expect_test::{Expect, expect};
use quote::quote;

/// The messages about `input`, which are all that the derive says of it.
fn check(input: proc_macro2::TokenStream, expected: Expect) {
    let file = syn::parse2::<syn::File>(derive(input)).expect("the derive makes items");
    let mut text = String::new();
    for item in file.items {
        if let syn::Item::Macro(item) = item
            && let Ok(message) = item.mac.parse_body::<syn::LitStr>()
        {
            text.push_str(&message.value());
            text.push('\n');
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn an_enum_is_a_dictionary() {
    let input = quote! {
        #[record(rename_all = "kebab-case", crate = crate::other)]
        enum Kind { PageView, #[record(rename = "klick")] Click }
    };
    let file = syn2::parse2::<syn2::File>(derive(input)).expect("the derive makes items");
    expect![[r#"
        #[doc(hidden)]
        #[allow(
            missing_docs,
            unreachable_pub,
            private_interfaces,
            private_bounds,
            unused_qualifications,
            clippy::all,
            clippy::pedantic
        )]
        const _: () = {
            use crate::other::__private::arrow as __f;
            #[allow(unused_imports)]
            use __f::{Append as _, ColumnBuilder as _, ColumnReader as _};
            #[automatically_derived]
            impl __f::Variants for Kind {
                const NAMES: &'static [&'static str] = &["page-view", "klick"];
                #[inline]
                fn index(&self) -> usize {
                    match self {
                        Self::PageView => 0usize,
                        Self::Click => 1usize,
                    }
                }
                #[inline]
                fn at(index: usize) -> __f::Option<Self> {
                    match index {
                        0usize => __f::Option::Some(Self::PageView),
                        1usize => __f::Option::Some(Self::Click),
                        _ => __f::Option::None,
                    }
                }
            }
            #[automatically_derived]
            impl __f::Field for Kind {
                type Builder = __f::Named<Kind, __f::Int8Type>;
                type Reader = __f::VariantReader<Kind>;
            }
            #[automatically_derived]
            impl __f::ListItem for Kind {}
            #[automatically_derived]
            impl __f::PartitionValue for Kind {
                fn write(value: &Self, text: &mut __f::String) -> bool {
                    text.push_str(<Self as __f::Variants>::NAMES[__f::Variants::index(value)]);
                    true
                }
                #[inline]
                fn key(value: &Self, key: &mut __f::Vec<u8>) {
                    __f::variant_key(__f::Variants::index(value), key);
                }
            }
        };
    "#]]
    .assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_struct_that_borrows_is_only_written() {
    let code = derive(quote! { struct Hit<'a> { page: &'a str } }).to_string();
    assert!(code.contains("RecordBuilder") && !code.contains("RecordReader"), "{code}");
    assert!(code.contains("HitBuilder < < & 'static str as"), "the builder has no lifetime: {code}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    check(
        quote! {
            #[record(rename_all = "Camel", shout)]
            struct Hit {
                #[record(renam = "x")]
                a: i32,
                #[record(decimal)]
                b: i64,
                #[record(decimal(40, 2))]
                c: i64,
                #[record(decimal(2, 3))]
                d: i64,
                #[record(as_text, decimal(2, 1))]
                e: i64,
                #[record(rename = "")]
                f: i64,
                #[record(rename = "a")]
                g: i64,
            }
        },
        expect![[r#"
            unknown case; there are `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, `SCREAMING-KEBAB-CASE`
            unknown word `renam`; here are known: `rename = "…"`, `skip`, `as_text` and `decimal(precision, scale)`
            say how many digits there are, and how many after the point: `decimal(18, 2)`
            a decimal has 1 to 38 digits
            at most all 2 digits are after the point
            a field is a column in one way only; leave one of the two out
            a column has a name
            `a` is the column `a` already
        "#]],
    );
}

#[test]
fn what_has_no_columns_is_told() {
    check(
        quote! { struct Hit(i32); },
        expect![[r#"
            a record has named fields, which name its columns: write `struct Name { field: Type, … }`
        "#]],
    );
    check(
        quote! { struct Hit { #[record(skip)] a: i32 } },
        expect![[r#"
            a record has at least one column
        "#]],
    );
    check(
        quote! { enum Kind { A, B(i32), #[record(skip)] C, #[record(rename = "A")] D } },
        expect![[r#"
            a column of an enum holds the variants' names, and `B` has fields; put them into a struct with `#[derive(Record)]`, as `Option`s
            unknown word `skip`; here are known: `rename = "…"`
            `A` has the name `A` already
        "#]],
    );
    check(
        quote! { enum Kind {} },
        expect![[r#"
            an enum without variants has no values to make a column of
        "#]],
    );
    check(
        quote! { union Both { a: i32 } },
        expect![[r#"
            a union cannot be a record; use a struct or an enum without fields
        "#]],
    );
}

#[test]
fn cases_are_those_of_serde() {
    let cases =
        ["lowercase", "UPPERCASE", "PascalCase", "camelCase", "snake_case", "SCREAMING_SNAKE_CASE", "kebab-case"];
    let all = |turn: fn(Case, &str) -> String, name: &str| {
        let parse = |case: &&str| Case::parse(&syn::LitStr::new(case, proc_macro2::Span::call_site()));
        cases.iter().map(|case| turn(parse(case).expect("there is such a case"), name)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(all(Case::field, "user_id"), "user_id USER_ID UserId userId user_id USER_ID user-id");
    assert_eq!(all(Case::variant, "PageView"), "pageview PAGEVIEW PageView pageView page_view PAGE_VIEW page-view");
}
