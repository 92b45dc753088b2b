//! Closures of steps change nothing outside of them: what changes is state, and state is what a snapshot can hold.

use crate::bind::{self, Value};
use crate::errors::Errors;
use crate::resolve::Graph;
use crate::spec::Shape;
use syn::visit::{self, Visit};
use syn::{Expr, ExprAssign, ExprBinary, ExprReference, Ident, PatIdent};

/// Reports closures that change a parameter of the flow.
pub(super) fn captures(errors: &mut Errors, graph: &Graph) {
    for node in &graph.nodes {
        let Some(spec) = node.spec else { continue };
        for (param, value) in spec.params.iter().zip(&node.bound.values) {
            let Some(Value::Expr(value)) = value else { continue };
            if !matches!(value, Expr::Closure(_)) && !matches!(param.shape, Shape::Aggregates) {
                continue;
            }
            let mut changes = Changes::default();
            changes.visit_expr(value);
            let parameter = |ident: &&&Ident| graph.flow.parameters.iter().any(|parameter| parameter.name == ***ident);
            let own = |ident: &Ident| changes.own.contains(&ident);
            if let Some(ident) = changes.changed.iter().filter(parameter).find(|ident| !own(ident)) {
                let word = &node.call.word;
                let message = format!(
                    "the closure of `{word}` changes `{ident}`, and no snapshot would hold that; \
                     keep state for each key: `-> stateful_map(\"id\", |state, value| …)`"
                );
                errors.at(ident.span(), message);
            }
        }
    }
}

/// The variables that a closure makes, and those that it changes.
#[derive(Default)]
struct Changes<'a> {
    own: Vec<&'a Ident>,
    changed: Vec<&'a Ident>,
}

impl<'a> Changes<'a> {
    fn changes(&mut self, place: &'a Expr) {
        match place {
            Expr::Path(path) => self.changed.extend(path.path.get_ident()),
            Expr::Field(field) => self.changes(&field.base),
            Expr::Index(index) => self.changes(&index.expr),
            _ => {}
        }
    }
}

impl<'a> Visit<'a> for Changes<'a> {
    fn visit_pat_ident(&mut self, pat: &'a PatIdent) {
        self.own.push(&pat.ident);
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr_assign(&mut self, assign: &'a ExprAssign) {
        self.changes(&assign.left);
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_binary(&mut self, binary: &'a ExprBinary) {
        if bind::changes(&binary.op) {
            self.changes(&binary.left);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_reference(&mut self, reference: &'a ExprReference) {
        if reference.mutability.is_some() {
            self.changes(&reference.expr);
        }
        visit::visit_expr_reference(self, reference);
    }
}
