//! The state of a key is an `Option` until a closure takes it out: nothing can be added to that.

use crate::bind::{self, Value};
use crate::errors::Errors;
use crate::resolve::Graph;
use crate::spec::About;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, Ident, Pat, PatIdent, Type, UnOp};

/// Reports `*state += value` and the like: rustc would report it, and then what the closure gives at every step behind.
pub(super) fn state(errors: &mut Errors, graph: &Graph) {
    for node in &graph.nodes {
        let Some(spec) = node.spec else { continue };
        for (param, value) in spec.params.iter().zip(&node.bound.values) {
            let (About::TakesState, Some(Value::Expr(Expr::Closure(closure)))) = (param.about, value) else { continue };
            let Some(state) = closure.inputs.first().and_then(name) else { continue };
            let mut uses = Uses { state, shadowed: false, counted: None };
            uses.visit_expr(&closure.body);
            if let (false, Some(place)) = (uses.shadowed, uses.counted) {
                let message = format!(
                    "`{state}` is an `Option`, which is `None` until the key has a state; \
                     write `let {state} = {state}.get_or_insert_default();` at the closure's beginning"
                );
                errors.over(place, message);
            }
        }
    }
}

fn name(input: &Pat) -> Option<&Ident> {
    match input {
        Pat::Ident(pat) => Some(&pat.ident),
        // Where it is said to be something else, the type is what is wrong.
        Pat::Type(typed) if is_option(&typed.ty) => name(&typed.pat),
        _ => None,
    }
}

/// `&mut Option<…>`
fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_option(&reference.elem),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Option"),
        _ => false,
    }
}

struct Uses<'s, 'a> {
    state: &'s Ident,
    /// Whether the name is given to something else.
    shadowed: bool,
    /// The first sum or difference, or the like, of which it is a part.
    counted: Option<&'a ExprBinary>,
}

impl Uses<'_, '_> {
    /// `*state`
    fn is_state(&self, value: &Expr) -> bool {
        match value {
            Expr::Paren(inner) => self.is_state(&inner.expr),
            Expr::Unary(unary) => {
                matches!((&unary.op, &*unary.expr), (UnOp::Deref(_), Expr::Path(path)) if path.path.is_ident(self.state))
            }
            _ => false,
        }
    }
}

impl<'a> Visit<'a> for Uses<'_, 'a> {
    fn visit_pat_ident(&mut self, pat: &'a PatIdent) {
        self.shadowed |= pat.ident == *self.state;
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr_binary(&mut self, binary: &'a ExprBinary) {
        use BinOp as Op;
        let counts = bind::changes(&binary.op)
            || matches!(binary.op, Op::Add(_) | Op::Sub(_) | Op::Mul(_) | Op::Div(_) | Op::Rem(_));
        if counts && (self.is_state(&binary.left) || self.is_state(&binary.right)) {
            self.counted.get_or_insert(binary);
        }
        visit::visit_expr_binary(self, binary);
    }
}
