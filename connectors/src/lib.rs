//! Sources and sinks for Flowstone's dataflows.
