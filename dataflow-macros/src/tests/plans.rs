//! What runs where.
