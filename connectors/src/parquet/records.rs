//! Records into partitions.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use flowstone_runtime::error::Fault;

use super::hive;
use super::write::{Buffer, Partitions, Written, nothing_left};
use crate::arrow::{Append, ColumnError, PartitionBy, Record, RecordBuilder, batch};

impl<R: Record + 'static> Written for R {
    type Partition = Arc<dyn PartitionBy<R>>;
    type Plan = RecordPlan<R>;
    type Buffer = RecordBuffer<R::Builder>;

    fn plan(partition: Option<&Self::Partition>) -> Result<RecordPlan<R>, Fault> {
        let mut named: Vec<&str> = Vec::new();
        if let Some(partition) = partition {
            partition.names(&mut |name| named.push(name));
        }
        if let Some(twice) = named.iter().enumerate().find(|(at, name)| named[..*at].contains(*name)) {
            return Err(Fault::new(format!("the column `{}` names directories twice", twice.1)));
        }
        let schema = R::schema();
        let kept: Vec<usize> =
            (0..R::COLUMNS.len()).filter(|&index| !named.contains(&R::COLUMNS[index].name)).collect();
        if kept.is_empty() {
            return Err(nothing_left(R::COLUMNS.len()));
        }
        let schema =
            Arc::new(Schema::new(kept.iter().map(|&index| schema.fields()[index].clone()).collect::<Vec<_>>()));
        Ok(RecordPlan { partition: partition.cloned(), kept: kept.into(), schema })
    }

    #[inline]
    fn add(&self, plan: &mut RecordPlan<R>, partitions: &mut Partitions<Self::Buffer>) -> Result<(), Fault> {
        if let Some(partition) = &plan.partition {
            partitions.key.clear();
            partition.key(self, &mut partitions.key);
        }
        partitions.buffer(|| plan.buffer(self))?.builder.append(self);
        partitions.added(1)
    }
}

/// What is the same for all partitions.
#[doc(hidden)]
pub struct RecordPlan<R> {
    partition: Option<Arc<dyn PartitionBy<R>>>,
    /// The columns that the files hold.
    kept: Arc<[usize]>,
    schema: SchemaRef,
}

impl<R: Record + 'static> RecordPlan<R> {
    /// The buffer and the directory of the partition of `row`.
    fn buffer(&self, row: &R) -> (RecordBuffer<R::Builder>, String) {
        let mut directory = String::new();
        if let Some(partition) = &self.partition {
            partition.values(row, &mut |name, value| hive::push(&mut directory, name, value));
        }
        (RecordBuffer { builder: R::builder(0), kept: self.kept.clone(), schema: self.schema.clone() }, directory)
    }
}

/// The rows of a partition, in columns.
#[doc(hidden)]
pub struct RecordBuffer<B> {
    builder: B,
    kept: Arc<[usize]>,
    schema: SchemaRef,
}

impl<B: RecordBuilder> Buffer for RecordBuffer<B> {
    #[inline]
    fn len(&self) -> usize {
        self.builder.len()
    }

    fn bytes(&self) -> usize {
        self.builder.bytes()
    }

    fn take(&mut self) -> Result<RecordBatch, ColumnError> {
        let rows = self.builder.len();
        let columns = self.builder.finish_columns()?;
        batch(self.schema.clone(), self.kept.iter().map(|&index| columns[index].clone()).collect(), rows)
    }
}
