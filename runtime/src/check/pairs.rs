//! Items that are pairs of a key and a value.

/// An item with a key of this type.
pub trait KeyOf<K> {}

impl<K, V> KeyOf<K> for (K, V) {}

/// An item with a value of this type.
pub trait ValueOf<V> {}

impl<K, V> ValueOf<V> for (K, V) {}
