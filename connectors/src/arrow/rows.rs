//! The records in a stream's items: [`Rows`].

use arrow_array::RecordBatch;

/// An item that holds records of type `R`: a record, a `Vec` of them, or a pair of a key and either, as keyed steps emit.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    label = "this sink takes records",
    note = "put `#[derive(Record)]` on the struct; a sink of records takes them one by one, in a `Vec`, or behind a key, \
            as `(key, record)` or `(key, Vec<record>)`"
)]
pub trait Rows<R> {
    /// Calls `each` with one record after another, up to the first that fails.
    ///
    /// # Errors
    /// What `each` fails with.
    fn each_row<E>(&self, each: &mut impl FnMut(&R) -> Result<(), E>) -> Result<(), E>;

    /// About how many bytes it takes: its size without what it points to, by default.
    fn bytes(&self) -> usize {
        size_of_val(self)
    }
}

impl<R, T: Rows<R>> Rows<R> for Vec<T> {
    fn each_row<E>(&self, each: &mut impl FnMut(&R) -> Result<(), E>) -> Result<(), E> {
        self.iter().try_for_each(|item| item.each_row(each))
    }

    fn bytes(&self) -> usize {
        self.iter().map(T::bytes).sum()
    }
}

impl<R, K, T: Rows<R>> Rows<R> for (K, T) {
    fn each_row<E>(&self, each: &mut impl FnMut(&R) -> Result<(), E>) -> Result<(), E> {
        self.1.each_row(each)
    }

    fn bytes(&self) -> usize {
        self.1.bytes()
    }
}

impl Rows<RecordBatch> for RecordBatch {
    fn each_row<E>(&self, each: &mut impl FnMut(&RecordBatch) -> Result<(), E>) -> Result<(), E> {
        each(self)
    }

    fn bytes(&self) -> usize {
        self.get_array_memory_size()
    }
}
