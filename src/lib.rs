//! Flowstone.
