//! `points.parquet`: the values of a sweep column by column, with types.

use super::sweep::Sheet;
use super::sweep_head::SweepHead;
use crate::experiment::Task;
use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use ::parquet::schema::types::{ColumnPath, Type};
use std::io::{self, Write};
use std::sync::Arc;

pub(super) const PROGRAM: &str = concat!(
    env!("CARGO_PKG_NAME"),
    " version ",
    env!("CARGO_PKG_VERSION")
);
/// Rows of a group: what a reader takes in at a time.
const GROUP: usize = 1 << 20;

/// A row of the table: the task and its measures.
type PointRow<'a> = (Task, &'a [f64]);

/// What varies, by point.
enum KeyColumn<'a> {
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<&'a str>),
}

impl<'a> KeyColumn<'a> {
    /// Whole numbers if all cells are, else numbers if all cells are, else text.
    fn of(cells: Vec<&'a str>) -> Self {
        let number = |cell: &&str| cell.parse().ok().filter(|x: &f64| x.is_finite());
        if let Some(whole) = cells.iter().map(|cell| cell.parse().ok()).collect() {
            Self::Whole(whole)
        } else if let Some(numbers) = cells.iter().map(number).collect() {
            Self::Number(numbers)
        } else {
            Self::Text(cells)
        }
    }

    fn physical(&self) -> Physical {
        match self {
            Self::Whole(_) => Physical::INT64,
            Self::Number(_) => Physical::DOUBLE,
            Self::Text(_) => Physical::BYTE_ARRAY,
        }
    }
}

/// `points.parquet`: the table of [`points_table`](super::points_table) with the same columns. `point`, `replication` and what varies
/// in whole numbers only are 64-bit integers; measures, and what varies in numbers, are doubles with all their digits; anything
/// else is text. An undefined value is null. The same sweep gives the same bytes.
///
/// # Errors
/// What `out` refuses.
pub fn points_parquet(sheet: &Sheet, out: &mut dyn Write) -> io::Result<()> {
    let head = &sheet.head;
    let varies: Vec<KeyColumn<'_>> = (0..head.columns.len())
        .map(|c| KeyColumn::of(head.points.iter().map(|p| p[c].as_str()).collect()))
        .collect();
    let (schema, properties) = layout(head, &varies).map_err(io::Error::other)?;
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties));
    let mut writer = writer.map_err(io::Error::other)?;
    let mut rows = sheet.rows();
    loop {
        let some: Vec<PointRow<'_>> = rows.by_ref().take(GROUP).collect();
        if some.is_empty() {
            break;
        }
        let group = writer.next_row_group().map_err(io::Error::other)?;
        put_group(group, &some, &varies).map_err(io::Error::other)?;
        // The writer counts what it has written by itself: what is handed on need not be kept.
        out.write_all(writer.inner())?;
        writer.inner_mut().clear();
    }
    out.write_all(&writer.into_inner().map_err(io::Error::other)?)
}

/// The columns, and how they are kept.
fn layout(
    head: &SweepHead,
    varies: &[KeyColumn<'_>],
) -> Result<(Arc<Type>, WriterProperties), ParquetError> {
    let mut fields = Vec::new();
    let mut field = |name: &str, physical, repetition| {
        let logical = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
        let column = Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical);
        fields.push(Arc::new(column.build()?));
        Ok::<_, ParquetError>(())
    };
    // No compression: it would need a library in C. A dictionary keeps what repeats; the values of measures hardly ever do.
    let mut properties = WriterProperties::builder()
        .set_created_by(PROGRAM.to_owned())
        .set_dictionary_enabled(false);
    let kinds = head.columns.iter().zip(varies);
    let kinds = kinds.map(|(name, cells)| (name.as_str(), cells.physical()));
    let keys = std::iter::once(("point", Physical::INT64))
        .chain(kinds)
        .chain([("replication", Physical::INT64)]);
    for (name, physical) in keys {
        field(name, physical, Repetition::REQUIRED)?;
        let path = ColumnPath::new(vec![name.to_owned()]);
        properties = properties.set_column_dictionary_enabled(path, true);
    }
    for m in &head.measures {
        field(&m.measure, Physical::DOUBLE, Repetition::OPTIONAL)?;
    }
    let schema = Type::group_type_builder("points").with_fields(fields);
    Ok((Arc::new(schema.build()?), properties.build()))
}

fn put_group(
    mut group: SerializedRowGroupWriter<'_, Vec<u8>>,
    rows: &[PointRow<'_>],
    varies: &[KeyColumn<'_>],
) -> Result<(), ParquetError> {
    let integers = |of: &dyn Fn(Task) -> i64| rows.iter().map(|r| of(r.0)).collect::<Vec<_>>();
    let points = integers(&|t| i64::from(t.point) + 1);
    put::<Int64Type>(group.next_column()?, &points, None)?;
    for cells in varies {
        let places = rows.iter().map(|r| r.0.point as usize);
        let column = group.next_column()?;
        match cells {
            KeyColumn::Whole(all) => {
                put::<Int64Type>(column, &places.map(|p| all[p]).collect::<Vec<_>>(), None)
            }
            KeyColumn::Number(all) => {
                put::<DoubleType>(column, &places.map(|p| all[p]).collect::<Vec<_>>(), None)
            }
            KeyColumn::Text(all) => {
                let texts: Vec<ByteArray> = places.map(|p| ByteArray::from(all[p])).collect();
                put::<ByteArrayType>(column, &texts, None)
            }
        }?;
    }
    let replications = integers(&|t| t.replication.into());
    put::<Int64Type>(group.next_column()?, &replications, None)?;
    for m in 0..rows.first().map_or(0, |r| r.1.len()) {
        let values = || rows.iter().map(|r| r.1[m]);
        let levels: Vec<i16> = values().map(|v| v.is_finite().into()).collect();
        let defined: Vec<f64> = values().filter(|v| v.is_finite()).collect();
        put::<DoubleType>(group.next_column()?, &defined, Some(&levels))?;
    }
    group.close().map(drop)
}

/// Writes a column of a group; `levels` says for each row whether it has a value (1) or not (0).
pub(super) fn put<T: DataType>(
    column: Option<SerializedColumnWriter<'_>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column =
        column.ok_or_else(|| ParquetError::General("more columns than in the schema".into()))?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use super::super::sweep_head::tests::head_of;
    use super::*;
    use crate::experiment::{Finished, Shard};
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;

    #[test]
    fn types_are_those_of_all_cells() {
        let type_of = |cells: &[&'static str]| KeyColumn::of(cells.to_vec()).physical();
        assert_eq!(type_of(&["1", "-2"]), Physical::INT64);
        assert_eq!(type_of(&["1", "2.5"]), Physical::DOUBLE);
        assert_eq!(type_of(&["9223372036854775808"]), Physical::DOUBLE);
        for text in ["inf", "NaN", "1e999", "2025-06-01", "5 min", "true", ""] {
            assert_eq!(type_of(&["1", text]), Physical::BYTE_ARRAY, "{text}");
        }
    }

    /// More rows than a group has: the parts that are handed on early fit together.
    #[test]
    fn many_rows_are_several_groups() {
        let head = head_of(1100, 1000, Shard::ALL);
        let mut sheet = Sheet::new(head.clone());
        let values = |task: Task| {
            let x = f64::from(task.point) + f64::from(task.replication) / 7.0;
            let odd = task.replication % 2 == 1;
            vec![x, if odd { f64::NAN } else { -x }]
        };
        for task in head.tasks() {
            let done = Finished {
                task,
                contacts: 1,
                events: 1,
                values: values(task),
            };
            assert!(sheet.put(&done));
        }
        let mut file = tempfile::tempfile().unwrap();
        points_parquet(&sheet, &mut file).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let mut n = 0;
        for (row, task) in reader.get_row_iter(None).unwrap().zip(head.tasks()) {
            let row = row.unwrap();
            let fields: Vec<&Field> = row.get_column_iter().map(|c| c.1).collect();
            let want = values(task);
            let second = match want[1].is_nan() {
                true => Field::Null,
                false => Field::Double(want[1]),
            };
            let want = [
                Field::Long(i64::from(task.point) + 1),
                Field::Long(task.point.into()),
                Field::Str(format!("x, {}", task.point)),
                Field::Long(task.replication.into()),
                Field::Double(want[0]),
                second,
            ];
            assert!(fields.into_iter().eq(&want), "{task:?}");
            n += 1;
        }
        assert_eq!(n, 1_100_000);
    }
}
