//! A few expansions in full; most of what the compiler decides is compared as a plan.

use super::expansion;
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&expansion(text));
}

#[test]
fn a_flow_becomes_a_function_a_struct_and_a_main() {
    check(
        r#"
/// Hits per page.
pub flow page_hits(/// where
    events: PathBuf, #[default = "out"] out: PathBuf) {
    parsed = input("events", FileSource::new(events))
        -> try_map("parse", |line| serde_json::from_str::<WebEvent>(&line));
    parsed.err -> output("rejects", StderrSink::new());
    hits: (String, u64) = parsed
        -> key_on(|e| e.page_url_path.clone())
        -> collect("lists", timeout = 1.5s, max_size = 50);
    hits -> inspect("look") -> output("out", CsvSink::new(out.clone(), format!("{events:?}")));
    hits -> discard("counted");
}
"#,
        expect![[r#"
            /// Hits per page.
            #[allow(
                unexpected_cfgs,
                clippy::let_and_return,
                clippy::needless_pass_by_value,
                clippy::redundant_closure,
                clippy::redundant_closure_for_method_calls,
                clippy::too_many_arguments
            )]
            pub fn page_hits(events: PathBuf, out: PathBuf) -> ::flowstone::Flow {
                #[cfg(any(all(), rust_analyzer))]
                let flow = {
                    let events = <::flowstone::check::Parameters as ::flowstone::check::Accepts<
                        _,
                        _,
                    >>::parameter(events);
                    let out = <::flowstone::check::Parameters as ::flowstone::check::Accepts<
                        _,
                        _,
                    >>::parameter(out);
                    ::flowstone::__private::flow(
                        &page_hits::GRAPH,
                        move |cx: &::flowstone::__private::Cx<'_>| {
                            let __flowstone_0 = {
                                #[allow(unused_mut, unused_variables)]
                                let mut events = events.get();
                                ::flowstone::ops::input(cx, "events", FileSource::new(events))
                            };
                            let (__flowstone_1, __flowstone_1_1) = ::flowstone::ops::try_map(
                                __flowstone_0,
                                "parse",
                                move |line| serde_json::from_str::<WebEvent>(&line),
                            );
                            ::flowstone::ops::output(__flowstone_1_1, "rejects", StderrSink::new());
                            let type_3 = ::flowstone::check::TypeOf::default();
                            let __flowstone_3 = ::flowstone::ops::key_on(
                                __flowstone_1,
                                "key_on_3",
                                move |e| type_3.key(e.page_url_path.clone()),
                            );
                            let __flowstone_3 = ::flowstone::check::CarriesKeys::keys(__flowstone_3);
                            let __flowstone_4 = ::flowstone::ops::collect(
                                ::flowstone::check::CarriesData::values(
                                    ::flowstone::check::CarriesKeys::keys(
                                        ::flowstone::check::CarriesPairs::pairs(__flowstone_3),
                                    ),
                                ),
                                "lists",
                                50,
                                ::core::time::Duration::from_micros(1500000u64),
                            );
                            let __flowstone_4 = ::flowstone::check::Carries::<
                                (String, u64),
                                _,
                                _,
                            >::asserted(__flowstone_4);
                            let __flowstone_4 = ::flowstone::ops::share(
                                ::flowstone::check::CarriesClones::shared(__flowstone_4),
                            );
                            let __flowstone_5 = ::flowstone::ops::inspect_print(
                                ::flowstone::check::CarriesDebug::shown(
                                    ::core::clone::Clone::clone(&__flowstone_4),
                                ),
                                "look",
                            );
                            {
                                #[allow(unused_mut, unused_variables)]
                                let mut events = events.get();
                                #[allow(unused_mut, unused_variables)]
                                let mut out = out.get();
                                ::flowstone::ops::output(
                                    __flowstone_5,
                                    "out",
                                    CsvSink::new(out.clone(), format!("{events:?}")),
                                )
                            };
                            ::flowstone::ops::discard(__flowstone_4, "counted");
                            {
                                use ::flowstone::check::KnownType as _;
                                type_3
                                    .is(|of| {
                                        of.known();
                                        let __flowstone_key = of;
                                        let _ = {
                                            #[allow(unused_imports)]
                                            use ::flowstone::check::Owns as _;
                                            let __flowstone_owns = ::flowstone::check::Given(
                                                    &__flowstone_key,
                                                )
                                                .owns();
                                            ::flowstone::check::IsOwned::own(
                                                __flowstone_key,
                                                __flowstone_owns,
                                            )
                                        };
                                    });
                            }
                        },
                    )
                };
                flow
            }
            /// Hits per page.
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            pub struct page_hits {}
            #[automatically_derived]
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            impl page_hits {
                /// The graph of this flow.
                pub const GRAPH: ::flowstone::graph::Graph = ::flowstone::graph::Graph {
                    name: "page_hits",
                    doc: "Hits per page.",
                    steps: &[
                        ::flowstone::graph::Step {
                            id: "events",
                            word: "input",
                            operator: 0usize,
                            keyed: false,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "parse",
                            word: "try_map",
                            operator: 0usize,
                            keyed: false,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "rejects",
                            word: "output",
                            operator: 1usize,
                            keyed: false,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "key_on_3",
                            word: "key_on",
                            operator: 0usize,
                            keyed: true,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "lists",
                            word: "collect",
                            operator: 2usize,
                            keyed: true,
                            stateful: true,
                        },
                        ::flowstone::graph::Step {
                            id: "look",
                            word: "inspect",
                            operator: 3usize,
                            keyed: true,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "out",
                            word: "output",
                            operator: 4usize,
                            keyed: false,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "discard_7",
                            word: "discard",
                            operator: 5usize,
                            keyed: false,
                            stateful: false,
                        },
                    ],
                    edges: &[
                        ::flowstone::graph::Edge {
                            from: 0usize,
                            port: "",
                            to: 1usize,
                            way: ::flowstone::graph::Way::Fused,
                        },
                        ::flowstone::graph::Edge {
                            from: 1usize,
                            port: "err",
                            to: 2usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                        ::flowstone::graph::Edge {
                            from: 1usize,
                            port: "",
                            to: 3usize,
                            way: ::flowstone::graph::Way::Fused,
                        },
                        ::flowstone::graph::Edge {
                            from: 3usize,
                            port: "",
                            to: 4usize,
                            way: ::flowstone::graph::Way::Exchange,
                        },
                        ::flowstone::graph::Edge {
                            from: 4usize,
                            port: "",
                            to: 5usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                        ::flowstone::graph::Edge {
                            from: 5usize,
                            port: "",
                            to: 6usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                        ::flowstone::graph::Edge {
                            from: 4usize,
                            port: "",
                            to: 7usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                    ],
                };
            }
            #[automatically_derived]
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            impl ::flowstone::Main for page_hits {
                type Parameters = (PathBuf, PathBuf);
                const GRAPH: &'static ::flowstone::graph::Graph = &page_hits::GRAPH;
                const PARAMETERS: &'static [::flowstone::__private::Parameter] = &[
                    ::flowstone::__private::Parameter {
                        name: "events",
                        doc: "where",
                        default: ::core::option::Option::None,
                    },
                    ::flowstone::__private::Parameter {
                        name: "out",
                        doc: "",
                        default: ::core::option::Option::Some("out"),
                    },
                ];
                fn flow(parameters: Self::Parameters) -> ::flowstone::Flow {
                    let (parameter_0, parameter_1) = parameters;
                    page_hits(parameter_0, parameter_1)
                }
            }
        "#]],
    );
}

#[test]
fn clocks_and_windows_are_calls_by_name() {
    check(
        r#"
flow calls<T: Clone>(gap: T) where T: Send {
    input("a", of(gap)) -> map::<_, u8>(|x| x + gap) -> apply(tumbling(1min)) -> apply("s", sliding(offset = 1s, length = 2s))
        -> apply("w", event_time(|e| e.at, wait = 10s)) -> dedupe("d", ttl = 1h) -> branch(|x| true);
}
"#,
        expect![[r##"
            #[allow(
                unexpected_cfgs,
                clippy::let_and_return,
                clippy::needless_pass_by_value,
                clippy::redundant_closure,
                clippy::redundant_closure_for_method_calls,
                clippy::too_many_arguments
            )]
            fn calls<T: Clone>(gap: T) -> ::flowstone::Flow
            where
                T: Send,
            {
                #[cfg(any(any(), rust_analyzer))]
                let flow = {
                    let gap = <::flowstone::check::Parameters as ::flowstone::check::Accepts<
                        _,
                        _,
                    >>::parameter(gap);
                    ::flowstone::__private::flow(
                        &calls::GRAPH,
                        move |cx: &::flowstone::__private::Cx<'_>| {
                            let __flowstone_0 = {
                                #[allow(unused_mut, unused_variables)]
                                let mut gap = gap.get();
                                ::flowstone::ops::input(cx, "a", of(gap))
                            };
                            let __flowstone_1 = {
                                #[allow(unused_mut, unused_variables)]
                                let mut gap = gap.get();
                                ::flowstone::ops::map::<
                                    _,
                                    u8,
                                >(__flowstone_0, "map_1", move |x| x + gap)
                            };
                            let __flowstone_2 = ::flowstone::ops::apply(
                                __flowstone_1,
                                "apply_2",
                                ::flowstone::windows::tumbling(
                                    ::core::time::Duration::from_micros(60000000u64),
                                    ::core::option::Option::None,
                                ),
                            );
                            let __flowstone_3 = ::flowstone::ops::apply(
                                __flowstone_2,
                                "s",
                                ::flowstone::windows::sliding(
                                    ::core::time::Duration::from_micros(2000000u64),
                                    ::core::time::Duration::from_micros(1000000u64),
                                    ::core::option::Option::None,
                                ),
                            );
                            let __flowstone_4 = ::flowstone::ops::apply(
                                __flowstone_3,
                                "w",
                                ::flowstone::windows::event_time(
                                    move |e| e.at,
                                    ::core::time::Duration::from_micros(10000000u64),
                                    ::core::option::Option::None,
                                ),
                            );
                            let __flowstone_5 = ::flowstone::ops::dedupe(
                                ::flowstone::check::CarriesData::values(
                                    ::flowstone::check::CarriesKeys::keys(
                                        ::flowstone::check::CarriesPairs::pairs(__flowstone_4),
                                    ),
                                ),
                                "d",
                                ::core::option::Option::Some(
                                    ::core::time::Duration::from_micros(3600000000u64),
                                ),
                            );
                            let (_, _) = ::flowstone::ops::branch(
                                __flowstone_5,
                                "branch_6",
                                move |x| true,
                            );
                        },
                    )
                };
                #[cfg(not(rust_analyzer))]
                let flow = {
                    let _ = (&gap,);
                    ::flowstone::__private::unbuildable()
                };
                flow
            }
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            struct calls {}
            #[automatically_derived]
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            impl calls {
                /// The graph of this flow.
                const GRAPH: ::flowstone::graph::Graph = ::flowstone::graph::Graph {
                    name: "calls",
                    doc: "",
                    steps: &[],
                    edges: &[],
                };
            }
            ::core::compile_error! {
                "the chain goes nowhere after `branch`; name it, `name = …`, and use `name.trues` and `name.falses`"
            }
        "##]],
    );
}

#[test]
fn a_stand_in_has_the_items_of_the_flow() {
    let output = expansion("pub flow f<T: Send>(a: T) where T: Sync { oops }");
    for part in [
        "pub fn f<T: Send>(a: T) -> ::flowstone::Flow",
        "pub struct f",
        "pub const GRAPH",
        "unbuildable()",
        "compile_error!",
    ] {
        assert!(output.contains(part), "{part} in\n{output}");
    }
}

#[test]
fn each_argument_has_its_own_clone_of_a_parameter() {
    let output = expansion(
        r#"flow f(url: String) {
            input("in", s)
                -> enrich_cached("e", ttl = 1s, size = 9, |item| format!("{url}/{item}"), |key| get(&url, key))
                -> output("out", sink());
        }"#,
    );
    let start = output.find("let __flowstone_1").expect("the step");
    let end = output.find("::flowstone::ops::output").expect("the end");
    let lines: Vec<_> = output[start..end].lines().map(str::trim).collect();
    expect![[r#"
        let __flowstone_1 = {
        let all_url = &url;
        #[allow(unused_mut, unused_variables)]
        let mut url = url.get();
        ::flowstone::ops::enrich_cached(
        __flowstone_0,
        "e",
        ::core::time::Duration::from_micros(1000000u64),
        9,
        {
        #[allow(unused_mut, unused_variables)]
        let mut url = all_url.get();
        move |item| type_1.key(format!("{url}/{item}"))
        },
        move |key| get(&url, key),
        )
        };
    "#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn aggregates_are_made_of_the_values_type() {
    check(
        r#"
flow f(least: u64) {
    input("i", s) -> aggregate_final("a", of = (count(), sum(|v| v.n * least), max(|v| v.n.min(least)), Own(2s)))
        -> aggregate_final("b", of = last(name)) -> output("o", k);
}
"#,
        expect![[r##"
            #[allow(
                unexpected_cfgs,
                clippy::let_and_return,
                clippy::needless_pass_by_value,
                clippy::redundant_closure,
                clippy::redundant_closure_for_method_calls,
                clippy::too_many_arguments
            )]
            fn f(least: u64) -> ::flowstone::Flow {
                #[cfg(any(all(), rust_analyzer))]
                let flow = {
                    let least = <::flowstone::check::Parameters as ::flowstone::check::Accepts<
                        _,
                        _,
                    >>::parameter(least);
                    ::flowstone::__private::flow(
                        &f::GRAPH,
                        move |cx: &::flowstone::__private::Cx<'_>| {
                            let __flowstone_0 = ::flowstone::ops::input(cx, "i", s);
                            let __flowstone_1 = {
                                #[allow(unused_mut, unused_variables)]
                                let mut least = least.get();
                                ::flowstone::ops::aggregate_final(
                                    ::flowstone::check::IsBounded::ending(
                                        ::flowstone::check::CarriesKeys::keys(
                                            ::flowstone::check::CarriesPairs::pairs(__flowstone_0),
                                        ),
                                    ),
                                    "a",
                                    move |__flowstone_of| (
                                        __flowstone_of.count(),
                                        {
                                            #[allow(unused_mut)]
                                            let mut least = ::core::clone::Clone::clone(&least);
                                            __flowstone_of.sum(move |v| v.n * least)
                                        },
                                        {
                                            #[allow(unused_mut)]
                                            let mut least = ::core::clone::Clone::clone(&least);
                                            __flowstone_of.max(move |v| v.n.min(least))
                                        },
                                        Own(::core::time::Duration::from_micros(2000000u64)),
                                    ),
                                )
                            };
                            let __flowstone_2 = ::flowstone::ops::aggregate_final(
                                ::flowstone::check::IsBounded::ending(
                                    ::flowstone::check::CarriesKeys::keys(
                                        ::flowstone::check::CarriesPairs::pairs(__flowstone_1),
                                    ),
                                ),
                                "b",
                                move |__flowstone_of| {
                                    __flowstone_of
                                        .last(move |__flowstone_argument_0| name(
                                            __flowstone_argument_0,
                                        ))
                                },
                            );
                            ::flowstone::ops::output(__flowstone_2, "o", k);
                        },
                    )
                };
                flow
            }
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            struct f {}
            #[automatically_derived]
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            impl f {
                /// The graph of this flow.
                const GRAPH: ::flowstone::graph::Graph = ::flowstone::graph::Graph {
                    name: "f",
                    doc: "",
                    steps: &[
                        ::flowstone::graph::Step {
                            id: "i",
                            word: "input",
                            operator: 0usize,
                            keyed: false,
                            stateful: false,
                        },
                        ::flowstone::graph::Step {
                            id: "a",
                            word: "aggregate_final",
                            operator: 1usize,
                            keyed: true,
                            stateful: true,
                        },
                        ::flowstone::graph::Step {
                            id: "b",
                            word: "aggregate_final",
                            operator: 2usize,
                            keyed: true,
                            stateful: true,
                        },
                        ::flowstone::graph::Step {
                            id: "o",
                            word: "output",
                            operator: 3usize,
                            keyed: false,
                            stateful: false,
                        },
                    ],
                    edges: &[
                        ::flowstone::graph::Edge {
                            from: 0usize,
                            port: "",
                            to: 1usize,
                            way: ::flowstone::graph::Way::Exchange,
                        },
                        ::flowstone::graph::Edge {
                            from: 1usize,
                            port: "",
                            to: 2usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                        ::flowstone::graph::Edge {
                            from: 2usize,
                            port: "",
                            to: 3usize,
                            way: ::flowstone::graph::Way::Local,
                        },
                    ],
                };
            }
            #[automatically_derived]
            #[allow(
                dead_code,
                deprecated,
                missing_copy_implementations,
                missing_debug_implementations,
                missing_docs,
                non_camel_case_types,
                unreachable_pub,
                unused_qualifications,
                clippy::let_unit_value,
                clippy::unused_unit
            )]
            impl ::flowstone::Main for f {
                type Parameters = (u64,);
                const GRAPH: &'static ::flowstone::graph::Graph = &f::GRAPH;
                const PARAMETERS: &'static [::flowstone::__private::Parameter] = &[
                    ::flowstone::__private::Parameter {
                        name: "least",
                        doc: "",
                        default: ::core::option::Option::None,
                    },
                ];
                fn flow(parameters: Self::Parameters) -> ::flowstone::Flow {
                    let (parameter_0,) = parameters;
                    f(parameter_0)
                }
            }
        "##]],
    );
}

#[test]
fn sides_of_a_join_are_asked_where_they_stand_and_words_become_values() {
    let output = expansion(
        r#"flow f() {
            a = input("a", s);
            b = input("b", s);
            join("j", a, b, emit = final, insert = product) -> output("out", sink());
        }"#,
    );
    let start = output.find("let __flowstone_2").expect("the step");
    let end = output.find("::flowstone::ops::output").expect("the end");
    let lines: Vec<_> = output[start..end].lines().map(str::trim).collect();
    expect![[r#"
        let __flowstone_2 = {
        let __flowstone_side_0 = ::flowstone::check::IsBounded::ending(
        ::flowstone::check::ClonesValues::cloned(
        ::flowstone::check::CarriesData::values(
        ::flowstone::check::CarriesKeys::keys(
        ::flowstone::check::CarriesPairs::pairs(__flowstone_0),
        ),
        ),
        ),
        );
        let __flowstone_side_1 = ::flowstone::check::SharesKey::shares(
        &__flowstone_side_0,
        ::flowstone::check::IsBounded::ending(
        ::flowstone::check::ClonesValues::cloned(
        ::flowstone::check::CarriesData::values(
        ::flowstone::check::CarriesKeys::keys(
        ::flowstone::check::CarriesPairs::pairs(__flowstone_1),
        ),
        ),
        ),
        ),
        );
        ::flowstone::ops::join(
        (__flowstone_side_0, __flowstone_side_1),
        "j",
        ::flowstone::joins::Product,
        ::flowstone::joins::Final,
        ::flowstone::joins::Usual,
        ::core::option::Option::None,
        )
        };
    "#]]
    .assert_eq(&lines.join("\n"));
}
