//! Windows: which stretch of time a value belongs to, by which clock, and what becomes of the values of one window.

pub mod aggregate;
mod logic;
mod windowed;

pub use logic::WindowLogic;
pub use windowed::{Pane, Windowed};
