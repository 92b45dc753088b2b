//! Expansions and messages.
