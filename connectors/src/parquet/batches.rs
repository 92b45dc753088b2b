//! Record batches into partitions.

use std::sync::Arc;

use arrow_array::types::{Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use chrono::NaiveDate;
use flowstone_runtime::error::Fault;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::hive;
use super::write::{Buffer, Partitions, Written, nothing_left};
use crate::arrow::readers::{BooleanReader, Days, Nulls, NumberReader, TextReader, flat, integers};
use crate::arrow::{ColumnError, ColumnReader, text_key};

impl Written for RecordBatch {
    type Partition = Arc<[String]>;
    type Plan = BatchPlan;
    type Buffer = BatchBuffer;

    fn plan(partition: Option<&Self::Partition>) -> Result<BatchPlan, Fault> {
        Ok(BatchPlan { named: partition.cloned().unwrap_or_default(), layout: None })
    }

    fn add(&self, plan: &mut BatchPlan, partitions: &mut Partitions<BatchBuffer>) -> Result<(), Fault> {
        let BatchPlan { named, layout } = plan;
        let layout = match layout {
            Some(layout) => layout.check(self)?,
            None => layout.insert(Layout::new(self.schema(), named)?),
        };
        let cannot = |error: ColumnError| Fault::new("cannot partition a record batch").cause(error);
        let labels: Result<Vec<Label>, ColumnError> = layout
            .named
            .iter()
            .zip(named.iter())
            .map(|(&index, name)| Label::new(self.column(index)).map_err(|error| error.within(name)))
            .collect();
        let labels = labels.map_err(cannot)?;
        let kept = self.project(&layout.kept).map_err(|error| cannot(error.into()))?;
        let groups = groups(&labels, kept.num_rows());
        let one = groups.len() == 1;
        for Group { key, rows } in groups {
            let first = rows.first().copied().unwrap_or(0) as usize;
            let part = if one {
                kept.clone()
            } else {
                take_record_batch(&kept, &UInt32Array::from(rows)).map_err(|error| cannot(error.into()))?
            };
            partitions.key.clear();
            partitions.key.extend_from_slice(&key);
            let make = || {
                let mut directory = String::new();
                for (label, name) in labels.iter().zip(named.iter()) {
                    hive::push(&mut directory, name, label.text(first).as_deref());
                }
                (BatchBuffer { schema: layout.schema.clone(), ..BatchBuffer::default() }, directory)
            };
            let rows = part.num_rows();
            partitions.buffer(make)?.push(part);
            partitions.added(rows)?;
        }
        Ok(())
    }
}

/// Rows of one partition.
struct Group {
    key: Box<[u8]>,
    rows: Vec<u32>,
}

/// The rows of each partition, which are neighbours more often than not.
fn groups(labels: &[Label], rows: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: HashMap<Box<[u8]>, usize, RandomState> = HashMap::default();
    let mut key = Vec::new();
    let mut last = usize::MAX;
    for row in 0..rows {
        key.clear();
        labels.iter().for_each(|label| label.key(row, &mut key));
        if groups.get(last).is_none_or(|group| *group.key != *key) {
            last = match by_key.get(key.as_slice()) {
                Some(&at) => at,
                None => {
                    by_key.insert(key.as_slice().into(), groups.len());
                    groups.push(Group { key: key.as_slice().into(), rows: Vec::new() });
                    groups.len() - 1
                }
            };
        }
        // A batch has fewer rows than a `u32` counts: its columns' offsets do not reach further.
        groups[last].rows.push(u32::try_from(row).unwrap_or(u32::MAX));
    }
    groups
}

/// What is the same for all batches.
#[doc(hidden)]
pub struct BatchPlan {
    named: Arc<[String]>,
    layout: Option<Layout>,
}

/// Where the columns of the batches are.
struct Layout {
    batch: SchemaRef,
    /// The columns that name directories.
    named: Vec<usize>,
    /// The columns that the files hold, and their schema.
    kept: Vec<usize>,
    schema: SchemaRef,
}

impl Layout {
    fn new(batch: SchemaRef, named: &[String]) -> Result<Layout, Fault> {
        let mut indices = Vec::new();
        for name in named {
            let Some(index) = batch.fields().iter().position(|field| field.name() == name) else {
                let fault = Fault::new(format!("the record batches have no column `{name}` to partition by"));
                return Err(fault.help(format!("they have {}", names(&batch))));
            };
            if indices.contains(&index) {
                return Err(Fault::new(format!("the column `{name}` names directories twice")));
            }
            indices.push(index);
        }
        let kept: Vec<usize> = (0..batch.fields().len()).filter(|index| !indices.contains(index)).collect();
        if kept.is_empty() {
            return Err(nothing_left(batch.fields().len()));
        }
        let fields: Vec<_> = kept.iter().map(|&index| batch.fields()[index].clone()).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, batch.metadata().clone()));
        Ok(Layout { batch, named: indices, kept, schema })
    }

    /// Sees to it that `batch` has the columns that the batches before it had.
    fn check(&mut self, batch: &RecordBatch) -> Result<&mut Layout, Fault> {
        let schema = batch.schema_ref();
        if Arc::ptr_eq(schema, &self.batch) || *schema == self.batch {
            return Ok(self);
        }
        let differs = |(first, now): (&arrow_schema::FieldRef, &arrow_schema::FieldRef)| first != now;
        let (first, now) = (self.batch.fields(), schema.fields());
        let what = match first.iter().zip(now).position(differs) {
            Some(at) => format!(
                "column `{}` ({}{}) was `{}` ({}{}) before",
                now[at].name(),
                now[at].data_type(),
                if now[at].is_nullable() { ", with nulls" } else { "" },
                first[at].name(),
                first[at].data_type(),
                if first[at].is_nullable() { ", with nulls" } else { "" },
            ),
            None if first.len() == now.len() => return Ok(self),
            None => format!("there are {} columns, but there were {} before", now.len(), first.len()),
        };
        Err(Fault::new(format!("a record batch differs from those before it: {what}"))
            .help("give all batches of one output the same schema"))
    }
}

fn names(schema: &Schema) -> String {
    let names: Vec<String> = schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
    names.join(", ")
}

/// The values of a column that names directories.
struct Label {
    values: Values,
    nulls: Nulls,
}

enum Values {
    Text(TextReader),
    Signed(NumberReader<Int64Type>),
    Unsigned(NumberReader<UInt64Type>),
    Truth(BooleanReader),
    Days(Days),
}

impl Label {
    fn new(array: &ArrayRef) -> Result<Label, ColumnError> {
        let nulls = Nulls::of(array);
        let array = &flat(array)?;
        let values = match array.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Values::Text(TextReader::new(array)?),
            DataType::Boolean => Values::Truth(BooleanReader::open(array)?),
            DataType::Date32 | DataType::Date64 => Values::Days(<Days as ColumnReader<NaiveDate>>::open(array)?),
            other if other.is_signed_integer() => Values::Signed(integers(array)?),
            other if other.is_unsigned_integer() => Values::Unsigned(integers(array)?),
            other => {
                let wants = "a name of directories: text, integers, truth values or dates";
                return Err(ColumnError::mismatch(wants, other));
            }
        };
        Ok(Label { values, nulls })
    }

    fn key(&self, row: usize, key: &mut Vec<u8>) {
        let null = self.nulls.at(row);
        key.push(u8::from(null));
        if null {
            return;
        }
        // What is no null can be read.
        match &self.values {
            Values::Text(text) => text_key(text.text(row).unwrap_or_default(), key),
            Values::Signed(numbers) => key.extend(numbers.value(row).unwrap_or_default().to_ne_bytes()),
            Values::Unsigned(numbers) => key.extend(numbers.value(row).unwrap_or_default().to_ne_bytes()),
            Values::Truth(truth) => key.push(u8::from(truth.get(row).unwrap_or_default())),
            Values::Days(days) => key.extend(days.value(row).unwrap_or_default().to_ne_bytes()),
        }
    }

    fn text(&self, row: usize) -> Option<String> {
        if self.nulls.at(row) {
            return None;
        }
        match &self.values {
            Values::Text(text) => text.text(row).ok().map(str::to_owned),
            Values::Signed(numbers) => numbers.value(row).ok().map(|value| value.to_string()),
            Values::Unsigned(numbers) => numbers.value(row).ok().map(|value| value.to_string()),
            Values::Truth(truth) => truth.get(row).ok().map(|value| value.to_string()),
            Values::Days(days) => ColumnReader::<NaiveDate>::get(days, row).ok().map(|value| value.to_string()),
        }
    }
}

/// Batches of a partition that wait until there are enough of them to be worth writing.
#[doc(hidden)]
pub struct BatchBuffer {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
}

impl Default for BatchBuffer {
    fn default() -> Self {
        BatchBuffer { schema: Arc::new(Schema::empty()), batches: Vec::new(), rows: 0, bytes: 0 }
    }
}

impl BatchBuffer {
    fn push(&mut self, batch: RecordBatch) {
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
    }
}

impl Buffer for BatchBuffer {
    fn len(&self) -> usize {
        self.rows
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn take(&mut self) -> Result<RecordBatch, ColumnError> {
        let batches = std::mem::take(&mut self.batches);
        (self.rows, self.bytes) = (0, 0);
        match <[RecordBatch; 1]>::try_from(batches) {
            Ok([batch]) => Ok(batch),
            Err(batches) => Ok(concat_batches(&self.schema, &batches)?),
        }
    }
}
