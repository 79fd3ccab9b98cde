//! The contact log column by column, with types.

use super::contacts::{COLUMNS, Field, Legs};
use super::parquet::{PROGRAM, put};
use crate::measure::ContactLeg;
use crate::model::Model;
use crate::time::Micros;
use ::parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows of a group: what is held in memory at a time.
const GROUP: usize = 1 << 16;

/// The contact log as Parquet: the columns of [`contacts_csv`](super::contacts_csv). Whole numbers are 64-bit integers, moments local
/// timestamps in milliseconds, numbers of seconds doubles, yes and no booleans, anything else text; what is empty there is null.
///
/// # Errors
/// What `out` refuses.
pub fn contacts_parquet(model: &Model, legs: &mut Legs<'_>, out: &mut dyn Write) -> io::Result<()> {
    let properties = WriterProperties::builder().set_created_by(PROGRAM.to_owned());
    let schema = schema(model).map_err(io::Error::other)?;
    let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build()));
    let mut writer = writer.map_err(io::Error::other)?;
    let mut group = Vec::new();
    let mut done = Ok(());
    legs(&mut |leg| {
        group.push(leg.clone());
        if group.len() == GROUP && done.is_ok() {
            done = write(model, &group, &mut writer, out);
            group.clear();
        }
    });
    done?;
    if !group.is_empty() {
        write(model, &group, &mut writer, out)?;
    }
    out.write_all(&writer.into_inner().map_err(io::Error::other)?)
}

fn schema(model: &Model) -> Result<Arc<Type>, ParquetError> {
    let mut fields = Vec::new();
    for (name, field) in &COLUMNS {
        let (physical, logical) = match field(model, &ContactLeg::default()) {
            Field::Whole(_) => (Physical::INT64, None),
            Field::Seconds(_) => (Physical::DOUBLE, None),
            Field::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Field::Moment(_) => {
                let local = LogicalType::timestamp(false, TimeUnit::MILLIS);
                (Physical::INT64, Some(local))
            }
            Field::Flag(_) => (Physical::BOOLEAN, None),
        };
        let column = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        fields.push(Arc::new(column.build()?));
    }
    let schema = Type::group_type_builder("contacts").with_fields(fields);
    schema.build().map(Arc::new)
}

/// Writes a group of rows, and hands on what the writer has written by itself.
fn write(
    model: &Model,
    legs: &[ContactLeg],
    writer: &mut SerializedFileWriter<Vec<u8>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    put_group(model, legs, writer).map_err(io::Error::other)?;
    out.write_all(writer.inner())?;
    writer.inner_mut().clear();
    Ok(())
}

fn put_group(
    model: &Model,
    legs: &[ContactLeg],
    writer: &mut SerializedFileWriter<Vec<u8>>,
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (_, field) in &COLUMNS {
        let (mut whole, mut seconds, mut flags) = (Vec::new(), Vec::new(), Vec::new());
        let mut texts: Vec<ByteArray> = Vec::new();
        let local = |at: Micros| model.calendar.local_millis(at);
        let levels = legs.iter().map(|leg| {
            let defined = match field(model, leg) {
                Field::Whole(n) => n.map(|n| whole.push(n as i64)),
                Field::Seconds(s) => s.map(|s| seconds.push(s)),
                Field::Text(text) => text.map(|text| texts.push(text.into())),
                Field::Moment(at) => at.map(|at| whole.push(local(at))),
                Field::Flag(holds) => holds.map(|holds| flags.push(holds)),
            };
            i16::from(defined.is_some())
        });
        let levels: Vec<i16> = levels.collect();
        let column = group.next_column()?;
        match field(model, &ContactLeg::default()) {
            Field::Whole(_) | Field::Moment(_) => put::<Int64Type>(column, &whole, Some(&levels)),
            Field::Seconds(_) => put::<DoubleType>(column, &seconds, Some(&levels)),
            Field::Text(_) => put::<ByteArrayType>(column, &texts, Some(&levels)),
            Field::Flag(_) => put::<BoolType>(column, &flags, Some(&levels)),
        }?;
    }
    group.close().map(drop)
}
