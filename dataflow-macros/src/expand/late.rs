//! Types that a closure leaves to be found out: asked for behind all steps, since what these do may still say them.

use super::{closures, keys};
use crate::bind::Value;
use crate::emit::{paths, spans};
use crate::plan::{Plan, PlannedStep};
use crate::spec::{About, Param, Shape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, Pat, Type, TypeInfer, parse_quote_spanned};

/// Such a type, and where the user would write it.
enum Late {
    State(Span),
    Key(Span),
}

/// The variable that stands for the type that step `step` leaves open.
fn variable(step: usize) -> Ident {
    spans::hidden(&format!("type_{step}"))
}

/// The closures of step `number` that take a state or give a key, with what is asked of these in them; `None` for all
/// other arguments.
pub(super) fn asked(step: &PlannedStep, number: usize) -> Vec<Option<Expr>> {
    let asked = |(param, value): (&Param, &Option<Value>)| match (param.about, param.shape, (*value)?) {
        (About::TakesState, _, Value::Expr(Expr::Closure(closure))) => Some(state(closure.clone(), number)),
        (About::GivesKey, _, Value::Expr(Expr::Closure(closure))) => match keys::asked(closure.clone()) {
            (closure, true) => Some(closure),
            (closure, false) => Some(key(closure, number)),
        },
        (About::GivesKey, Shape::Closure(of), Value::Expr(Expr::Path(path))) => {
            let closure = closures::calling(path, of.len());
            Some(key(parse_quote_spanned!(path.span()=> #closure), number))
        }
        _ => None,
    };
    let closures = step.spec.params.iter().zip(&step.values).map(asked);
    closures.map(|closure| closure.map(Expr::Closure)).collect()
}

/// The closure with its key tied to the variable of step `step`.
fn key(mut closure: ExprClosure, step: usize) -> ExprClosure {
    let (span, variable, body) = (spans::generated(closure.body.span()), variable(step), &closure.body);
    *closure.body = Expr::Verbatim(quote_spanned!(span=> #variable.key(#body)));
    closure
}

/// The closure with the type of its state in its body, and tied to the variable of step `step` where it leaves it open.
fn state(mut closure: ExprClosure, step: usize) -> ExprClosure {
    let Some(input) = closure.inputs.first_mut() else { return closure };
    let (span, ty) = match &*input {
        Pat::Type(typed) => (typed.pat.span(), Some(&typed.ty)),
        other => (other.span(), None),
    };
    let (argument, generated) = (spans::argument(0, span), spans::generated(span));
    let mut value = argument.to_token_stream();
    if is_open(input) {
        let variable = variable(step);
        value = quote_spanned!(generated=> #variable.state(#value));
    }
    if let Some(ty) = ty {
        value = paths::fit_state(span, ty, value);
    }
    let state = quote_spanned!(span=> let #input = #value;);
    *input = parse_quote_spanned!(span=> #argument);
    let body = &closure.body;
    let around = spans::generated(body.span());
    *closure.body = Expr::Verbatim(quote_spanned!(around=> { #state #body }));
    closure
}

/// Whether a closure's parameter leaves its type, or some of it, to be found out.
fn is_open(input: &Pat) -> bool {
    match input {
        Pat::Type(typed) => has_blank(&typed.ty),
        _ => true,
    }
}

fn has_blank(ty: &Type) -> bool {
    struct Blank(bool);
    impl<'ast> Visit<'ast> for Blank {
        fn visit_type_infer(&mut self, blank: &'ast TypeInfer) {
            self.0 = true;
            visit::visit_type_infer(self, blank);
        }
    }
    let mut blank = Blank(false);
    blank.visit_type(ty);
    blank.0
}

/// What `step` leaves open.
fn left(step: &PlannedStep) -> Option<Late> {
    step.spec.params.iter().zip(&step.values).find_map(|(param, value)| of(param, (*value)?))
}

fn of(param: &Param, value: Value) -> Option<Late> {
    match (param.about, value) {
        (About::TakesState, Value::Expr(Expr::Closure(closure))) => {
            let state = closure.inputs.first().filter(|input| is_open(input))?;
            Some(Late::State(state.span()))
        }
        (About::GivesKey, Value::Expr(Expr::Closure(closure))) => {
            (!keys::asked(closure.clone()).1).then(|| Late::Key(closure.body.span()))
        }
        (About::GivesKey, Value::Expr(Expr::Path(path))) => Some(Late::Key(path.span())),
        _ => None,
    }
}

/// `let type_3 = TypeOf::default();`, before step 3.
pub(super) fn made(step: &PlannedStep, number: usize) -> Option<TokenStream> {
    let (Late::State(span) | Late::Key(span)) = left(step)?;
    let span = spans::generated(span);
    let (variable, of) = (variable(number), paths::check_item(span, "TypeOf"));
    Some(quote_spanned!(span=> let #variable = #of::default();))
}

/// `type_3.is(|of| of.known());` for each, behind all steps.
pub(super) fn known(plan: &Plan) -> Option<TokenStream> {
    let questions = plan.steps.iter().enumerate().filter_map(|(number, step)| {
        let span = spans::generated(step.call.word.span());
        let variable = variable(number);
        let of = spans::hidden("of");
        let owned = match left(step)? {
            Late::State(_) => None,
            Late::Key(place) => {
                // Under another name: as a parameter at the user's place, rustc would propose to write its type there.
                let (key, own) = (keys::name(place), keys::own(&keys::name(place), place));
                Some(quote_spanned!(span=> let #key = #of; let _ = #own;))
            }
        };
        Some(quote_spanned!(span=> #variable.is(|#of| { #of.known(); #owned });))
    });
    let questions: Vec<_> = questions.collect();
    let span = Span::mixed_site();
    let known = paths::check_item(span, "KnownType");
    (!questions.is_empty()).then(|| quote_spanned!(span=> { use #known as _; #(#questions)* }))
}
