//! A flow's name and parameters.

use crate::ast::Flow;
use crate::errors::Errors;
use syn::Type;
use syn::visit::{self, Visit};

/// No two flows have one name.
pub(super) fn names(errors: &mut Errors, flows: &[Flow]) {
    for (at, flow) in flows.iter().enumerate() {
        if flows.iter().take(at).any(|other| other.name == flow.name) {
            errors.at(flow.name.span(), format!("flow `{}` is declared twice; give one another name", flow.name));
        }
    }
}

/// Parameters have names of their own and types that own what they hold.
pub(super) fn parameters(errors: &mut Errors, flow: &Flow) {
    for (at, parameter) in flow.parameters.iter().enumerate() {
        let name = &parameter.name;
        if flow.parameters.iter().take(at).any(|other| other.name == *name) {
            errors.at(name.span(), format!("parameter `{name}` is declared twice"));
        }
        if FLAGS.contains(&name.to_string().as_str()) {
            let message = format!("parameter `{name}` has the name of a flag that every flow has; give it another");
            errors.at(name.span(), message);
        }
        let mut borrowed = Borrowed { errors, name: name.to_string() };
        borrowed.visit_type(&parameter.ty);
    }
}

/// The flags of `RunArgs` and of the command line itself: a flow's parameters stand beside them.
const FLAGS: &[&str] =
    &["addresses", "graph", "help", "peer_timeout", "process", "processes", "snapshot_interval", "version", "workers"];

/// Finds what a flow's parameter cannot be: a flow outlives the call that makes it, and its parameters have a type with
/// a name, by which the command line reads them.
struct Borrowed<'e> {
    errors: &'e mut Errors,
    name: String,
}

impl<'ast> Visit<'ast> for Borrowed<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        match ty {
            Type::Reference(reference) if reference.lifetime.is_none() => {
                let message = format!("parameter `{}` borrows; a flow owns its parameters, as in `String`", self.name);
                self.errors.over(ty, message);
            }
            Type::ImplTrait(_) => {
                let message = format!("parameter `{}` needs a type with a name; make the flow generic", self.name);
                self.errors.over(ty, message);
            }
            Type::Infer(_) => self.errors.over(ty, format!("parameter `{}` needs its type written out", self.name)),
            // Within the type of a function, borrowing is as it should be.
            Type::FnPtr(_) | Type::TraitObject(_) => {}
            _ => visit::visit_type(self, ty),
        }
    }
}
