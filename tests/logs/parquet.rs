//! Logs in Parquet: each value is what the same field of a CSV file is.

use super::{Log, attempt, log};
use ::parquet::basic::{
    Compression, ConvertedType, GzipLevel, LogicalType, Repetition, TimeUnit, Type as Physical,
};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use ::parquet::file::properties::{WriterProperties, WriterVersion};
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;
use handover::log::{Kind, Reason, Warning};
use std::sync::Arc;

type Some1<T> = Vec<Option<T>>;

/// The values of a column.
enum Values {
    Bool(Some1<bool>),
    I32(Some1<i32>),
    I64(Some1<i64>),
    I96(Some1<Int96>),
    F32(Some1<f32>),
    F64(Some1<f64>),
    Text(Some1<Vec<u8>>),
    Fixed(i32, Some1<Vec<u8>>),
}

/// A column: its name, its type, its values.
struct Column(&'static str, Kinds, Values);

/// What is written of the type of a column.
#[derive(Clone)]
enum Kinds {
    None,
    Logical(LogicalType),
    /// With scale and precision, for decimals.
    Old(ConvertedType, i32, i32),
}

fn text(values: &[&str]) -> Values {
    let some = |v: &&str| (!v.is_empty()).then(|| v.as_bytes().to_vec());
    Values::Text(values.iter().map(some).collect())
}

impl Column {
    fn kind(&self) -> Arc<Type> {
        let (physical, length) = match &self.2 {
            Values::Bool(_) => (Physical::BOOLEAN, -1),
            Values::I32(_) => (Physical::INT32, -1),
            Values::I64(_) => (Physical::INT64, -1),
            Values::I96(_) => (Physical::INT96, -1),
            Values::F32(_) => (Physical::FLOAT, -1),
            Values::F64(_) => (Physical::DOUBLE, -1),
            Values::Text(_) => (Physical::BYTE_ARRAY, -1),
            Values::Fixed(n, _) => (Physical::FIXED_LEN_BYTE_ARRAY, *n),
        };
        let column = Type::primitive_type_builder(self.0, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_length(length);
        let column = match self.1.clone() {
            Kinds::None => column,
            Kinds::Logical(LogicalType::Decimal(d)) => column
                .with_scale(d.scale)
                .with_precision(d.precision)
                .with_logical_type(Some(LogicalType::Decimal(d))),
            Kinds::Logical(kind) => column.with_logical_type(Some(kind)),
            Kinds::Old(kind, scale, precision) => column
                .with_converted_type(kind)
                .with_scale(scale)
                .with_precision(precision),
        };
        Arc::new(column.build().unwrap())
    }

    fn write(&self, rows: std::ops::Range<usize>, column: SerializedColumnWriter<'_>) {
        fn put<T: DataType, V: Clone>(
            mut column: SerializedColumnWriter<'_>,
            values: &[Option<V>],
            f: impl Fn(V) -> T::T,
        ) {
            let levels: Vec<i16> = values.iter().map(|v| v.is_some().into()).collect();
            let values: Vec<T::T> = values.iter().flatten().cloned().map(f).collect();
            let writer = column.typed::<T>();
            writer.write_batch(&values, Some(&levels), None).unwrap();
            column.close().unwrap();
        }
        match &self.2 {
            Values::Bool(v) => put::<BoolType, _>(column, &v[rows], |x| x),
            Values::I32(v) => put::<Int32Type, _>(column, &v[rows], |x| x),
            Values::I64(v) => put::<Int64Type, _>(column, &v[rows], |x| x),
            Values::I96(v) => put::<Int96Type, _>(column, &v[rows], |x| x),
            Values::F32(v) => put::<FloatType, _>(column, &v[rows], |x| x),
            Values::F64(v) => put::<DoubleType, _>(column, &v[rows], |x| x),
            Values::Text(v) => put::<ByteArrayType, _>(column, &v[rows], ByteArray::from),
            Values::Fixed(_, v) => {
                put::<FixedLenByteArrayType, _>(column, &v[rows], |x| {
                    FixedLenByteArray::from(ByteArray::from(x))
                });
            }
        }
    }

    fn len(&self) -> usize {
        match &self.2 {
            Values::Bool(v) => v.len(),
            Values::I32(v) => v.len(),
            Values::I64(v) => v.len(),
            Values::I96(v) => v.len(),
            Values::F32(v) => v.len(),
            Values::F64(v) => v.len(),
            Values::Text(v) | Values::Fixed(_, v) => v.len(),
        }
    }
}

fn properties() -> ::parquet::file::properties::WriterPropertiesBuilder {
    WriterProperties::builder().set_compression(Compression::SNAPPY)
}

/// A file of these columns with so many rows in a group, and a column of lists beside them if that is wanted.
fn file(columns: &[Column], group: usize, properties: WriterProperties, nested: bool) -> Vec<u8> {
    let mut kinds: Vec<_> = columns.iter().map(Column::kind).collect();
    if nested {
        let item = Type::primitive_type_builder("item", Physical::INT32)
            .with_repetition(Repetition::REPEATED);
        let list = Type::group_type_builder("tags")
            .with_repetition(Repetition::OPTIONAL)
            .with_fields(vec![Arc::new(item.build().unwrap())]);
        kinds.insert(1, Arc::new(list.build().unwrap()));
    }
    let schema = Type::group_type_builder("schema").with_fields(kinds);
    let schema = Arc::new(schema.build().unwrap());
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
    let rows = columns[0].len();
    for begin in (0..rows).step_by(group) {
        let rows = begin..(begin + group).min(rows);
        let mut writer = writer.next_row_group().unwrap();
        for (i, column) in columns.iter().enumerate() {
            if nested && i == 1 {
                let levels = vec![0; rows.len()];
                let mut list = writer.next_column().unwrap().unwrap();
                let lists = list.typed::<Int32Type>();
                lists
                    .write_batch(&[], Some(&levels), Some(&levels))
                    .unwrap();
                list.close().unwrap();
            }
            column.write(rows.clone(), writer.next_column().unwrap().unwrap());
        }
        writer.close().unwrap();
    }
    writer.close().unwrap();
    out
}

fn plain(columns: &[Column]) -> Vec<u8> {
    file(columns, 2, properties().build(), false)
}

fn read(bytes: &[u8], columns: &str) -> Log {
    attempt(bytes, columns).unwrap_or_else(|e| panic!("{e}"))
}

/// What was read of a Parquet file is what was read of CSV, where a line is a row more.
fn same(parquet: &Log, csv: &Log) {
    let lines = |log: &Log, less: u64| {
        let mut contacts = log.contacts.clone();
        contacts.iter_mut().for_each(|c| c.line -= less);
        let mut counts = log.counts.clone();
        counts.iter_mut().for_each(|c| c.line -= less);
        let mut unused = log.reading.unused.clone();
        let samples = unused.iter_mut().flat_map(|u| &mut u.first);
        samples.for_each(|s| s.line -= less);
        (contacts, counts, unused)
    };
    assert_eq!(lines(parquet, 0), lines(csv, 1));
    assert_eq!(parquet.reading.topics, csv.reading.topics);
    assert_eq!(parquet.reading.gaps, csv.reading.gaps);
    assert_eq!(parquet.reading.columns, csv.reading.columns);
    assert_eq!(parquet.reading.warnings, csv.reading.warnings);
}

const CSV: &str = "\
contact id,arrival,answer,end,outcome,queue,agent,customer
a1,2003-03-03T09:00:00,2003-03-03T09:00:20,2003-03-03T09:03:20,answered,\"sales, \"\"north\"\"\",7,100
b2,2003-03-03T09:01:00.250,,2003-03-03T09:02:30,abandoned,service,,200
c3,2003-03-03T09:02:00,2003-03-03T09:02:00,2003-03-03T09:04:00.500,Answered,service,9,100
a1,2003-03-03T09:00:00,2003-03-03T09:00:20,2003-03-03T09:03:20,answered,service,7,100
d4,2003-03-03T09:05:00,2003-03-03T08:00:00,,who knows,,7,300
";

/// Milliseconds since 1970 of a column of [`CSV`].
fn moments(column: usize) -> Some1<i64> {
    let mut rows = csv::Reader::from_reader(CSV.as_bytes());
    let moment = |text: &str| (!text.is_empty()).then(|| super::at(text));
    rows.records()
        .map(|r| moment(&r.unwrap()[column]))
        .collect()
}

fn scaled(values: Some1<i64>, by: i64) -> Values {
    Values::I64(values.into_iter().map(|v| v.map(|v| v * by)).collect())
}

fn words(column: usize) -> Values {
    let mut rows = csv::Reader::from_reader(CSV.as_bytes());
    let all: Vec<String> = rows
        .records()
        .map(|r| r.unwrap()[column].to_owned())
        .collect();
    text(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The columns of [`CSV`], with times of a unit.
fn columns(unit: TimeUnit, utc: bool) -> Vec<Column> {
    let by = match unit {
        TimeUnit::MILLIS => 1,
        TimeUnit::MICROS => 1000,
        TimeUnit::NANOS => 1_000_000,
    };
    let string = || Kinds::Logical(LogicalType::String);
    let stamp = |name, column| {
        let kind = Kinds::Logical(LogicalType::timestamp(utc, unit));
        Column(name, kind, scaled(moments(column), by))
    };
    vec![
        Column("contact id", string(), words(0)),
        stamp("arrival", 1),
        stamp("answer", 2),
        stamp("end", 3),
        Column("outcome", string(), words(4)),
        Column("queue", Kinds::None, words(5)),
        Column(
            "agent",
            Kinds::None,
            Values::F64(vec![Some(7.0), None, Some(9.0), Some(7.0), Some(7.0)]),
        ),
        Column(
            "customer",
            Kinds::Logical(LogicalType::integer(32, false)),
            Values::I32([100, 200, 100, 100, 300].map(Some).into()),
        ),
    ]
}

#[test]
fn times_of_every_unit_are_those_of_csv() {
    let csv = log(CSV, "");
    assert_eq!(csv.contacts.len(), 3);
    assert_eq!(csv.reading.unused_for(Reason::UnknownOutcome), 1);
    let utc = CSV
        .replace(":00,", ":00Z,")
        .replace(":20,", ":20Z,")
        .replace(":30,", ":30Z,");
    let utc = log(
        &utc.replace(".250,", ".250Z,").replace(".500,", ".500Z,"),
        "zone = \"Asia/Kolkata\"",
    );
    for unit in [TimeUnit::MILLIS, TimeUnit::MICROS, TimeUnit::NANOS] {
        same(&read(&plain(&columns(unit, false)), ""), &csv);
        same(
            &read(&plain(&columns(unit, true)), "zone = \"Asia/Kolkata\""),
            &utc,
        );
    }
    // As it was written before there were logical types, and by Spark.
    for (kind, by) in [
        (ConvertedType::TIMESTAMP_MILLIS, 1),
        (ConvertedType::TIMESTAMP_MICROS, 1000),
    ] {
        let mut old = columns(TimeUnit::MILLIS, true);
        for (i, column) in old.iter_mut().enumerate().take(4).skip(1) {
            *column = Column(column.0, Kinds::Old(kind, -1, -1), scaled(moments(i), by));
        }
        same(&read(&plain(&old), "zone = \"Asia/Kolkata\""), &utc);
    }
    let mut spark = columns(TimeUnit::MILLIS, true);
    for (i, column) in spark.iter_mut().enumerate().take(4).skip(1) {
        let int96 = |ms: i64| {
            let (day, nanos) = (
                ms.div_euclid(86_400_000),
                ms.rem_euclid(86_400_000) * 1_000_000,
            );
            let mut value = Int96::new();
            value.set_data(nanos as u32, (nanos >> 32) as u32, (day + 2_440_588) as u32);
            value
        };
        let values = moments(i).into_iter().map(|v| v.map(int96)).collect();
        *column = Column(column.0, Kinds::None, Values::I96(values));
    }
    same(&read(&plain(&spark), "zone = \"Asia/Kolkata\""), &utc);
    // Seconds since 1970 as numbers, and times as text.
    let mut numbers = columns(TimeUnit::MILLIS, true);
    for (i, column) in numbers.iter_mut().enumerate().take(4).skip(1) {
        let seconds = |ms: i64| ms as f64 / 1e3;
        let values = moments(i).into_iter().map(|v| v.map(seconds)).collect();
        *column = Column(column.0, Kinds::None, Values::F64(values));
    }
    same(&read(&plain(&numbers), "zone = \"Asia/Kolkata\""), &utc);
    let mut texts = columns(TimeUnit::MILLIS, false);
    for (i, column) in texts.iter_mut().enumerate().take(4).skip(1) {
        *column = Column(column.0, Kinds::None, words(i));
    }
    same(&read(&plain(&texts), ""), &csv);
}

#[test]
fn every_way_to_write_a_file_is_read() {
    let csv = log(CSV, "");
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
    ] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for (dictionary, group) in [(true, 2), (false, 100), (true, 1)] {
                let properties = properties()
                    .set_compression(compression)
                    .set_writer_version(version)
                    .set_dictionary_enabled(dictionary)
                    .set_data_page_row_count_limit(2)
                    .set_write_batch_size(1);
                let bytes = file(
                    &columns(TimeUnit::MICROS, false),
                    group,
                    properties.build(),
                    false,
                );
                same(&read(&bytes, ""), &csv);
            }
        }
    }
    let nested = file(
        &columns(TimeUnit::MICROS, false),
        2,
        properties().build(),
        true,
    );
    let found = read(&nested, "");
    assert_eq!(found.contacts.len(), 3);
    let warning = Warning::Nested {
        columns: vec!["tags".to_owned()],
    };
    assert!(
        found.reading.warnings.contains(&warning),
        "{:?}",
        found.reading.warnings
    );
}

/// Dates and times of day apart, decimals, small numbers, yes and no, identifiers of 16 bytes.
#[test]
fn values_of_every_type_are_fields() {
    let csv = "\
uid,date,time,wait,talk,hold,wrap,escalated,agent,priority
00010203-0405-0607-0809-0a0b0c0d0e0f,2003-03-03,09:00:00.125,12.50,180.25,1.5,61000ms,false,4294967295,-1
00010203-0405-0607-0809-0a0b0c0d0e10,2003-03-04,23:59:59,-0.05,0.5,,0ms,true,3,2
,2003-03-05,00:00:00,100000.00,60,0.1,86400000ms,,,
";
    let mapping = "[columns]\ncontact = \"uid\"\ndate = \"date\"\ntime = \"time\"\nwait = \"wait\"\ntalk = \"talk\"\nhold = \"hold\"\n\
        wrap = \"wrap\"\nagent = \"agent\"\npriority = \"priority\"\n[[rule]]\ncolumn = \"escalated\"\nis = [\"true\"]\noutcome = \"answered\"\n";
    let expected = log(csv, mapping);
    assert_eq!(expected.contacts.len(), 2);
    assert_eq!(expected.reading.unused_for(Reason::NegativeDuration), 1);
    let uid = |last: u8| {
        let mut bytes: Vec<u8> = (0..16).collect();
        bytes[15] = last;
        Some(bytes)
    };
    let interval =
        |days: u32, ms: u32| Some([[0; 4], days.to_le_bytes(), ms.to_le_bytes()].concat());
    let cents = |digits: i128, length: usize| {
        let bytes = digits.to_be_bytes();
        Some(bytes[16 - length..].to_vec())
    };
    let hundredths = [1250_i64, -5, 10_000_000];
    let decimal = || Kinds::Logical(LogicalType::decimal(2, 9));
    let waits: [(Kinds, Values); 5] = [
        (
            decimal(),
            Values::I32(hundredths.map(|x| Some(x as i32)).into()),
        ),
        (decimal(), Values::I64(hundredths.map(Some).into())),
        (
            Kinds::Old(ConvertedType::DECIMAL, 2, 9),
            Values::I64(hundredths.map(Some).into()),
        ),
        (
            decimal(),
            Values::Fixed(5, hundredths.map(|x| cents(x.into(), 5)).into()),
        ),
        (
            decimal(),
            Values::Text(hundredths.map(|x| cents(x.into(), 16)).into()),
        ),
    ];
    let of_time = |by: i64| {
        [32_400_125, 86_399_000, 0]
            .map(|ms: i64| Some(ms * by))
            .to_vec()
    };
    let times = [
        (
            Kinds::Logical(LogicalType::time(false, TimeUnit::MILLIS)),
            Values::I32(of_time(1).iter().map(|t| t.map(|t| t as i32)).collect()),
        ),
        (
            Kinds::Logical(LogicalType::time(false, TimeUnit::MICROS)),
            Values::I64(of_time(1000)),
        ),
        (
            Kinds::Logical(LogicalType::time(false, TimeUnit::NANOS)),
            Values::I64(of_time(1_000_000)),
        ),
        (
            Kinds::Old(ConvertedType::TIME_MICROS, -1, -1),
            Values::I64(of_time(1000)),
        ),
        (
            Kinds::Old(ConvertedType::TIME_MILLIS, -1, -1),
            Values::I32(of_time(1).iter().map(|t| t.map(|t| t as i32)).collect()),
        ),
    ];
    for ((wait_kind, wait), (time_kind, time)) in waits.into_iter().zip(times) {
        let columns = [
            Column(
                "uid",
                Kinds::Logical(LogicalType::Uuid),
                Values::Fixed(16, vec![uid(15), uid(16), None]),
            ),
            Column(
                "date",
                Kinds::Logical(LogicalType::Date),
                Values::I32([12_114, 12_115, 12_116].map(Some).into()),
            ),
            Column("time", time_kind, time),
            Column("wait", wait_kind, wait),
            Column(
                "talk",
                Kinds::None,
                Values::F64([180.25, 0.5, 60.0].map(Some).into()),
            ),
            Column(
                "hold",
                Kinds::None,
                Values::F32(vec![Some(1.5), Some(f32::NAN), Some(0.1)]),
            ),
            Column(
                "wrap",
                Kinds::Old(ConvertedType::INTERVAL, -1, -1),
                Values::Fixed(
                    12,
                    vec![interval(0, 61_000), interval(0, 0), interval(1, 0)],
                ),
            ),
            Column(
                "escalated",
                Kinds::None,
                Values::Bool(vec![Some(false), Some(true), None]),
            ),
            Column(
                "agent",
                Kinds::Logical(LogicalType::integer(32, false)),
                Values::I32(vec![Some(-1), Some(3), None]),
            ),
            Column(
                "priority",
                Kinds::Logical(LogicalType::integer(8, true)),
                Values::I32(vec![Some(-1), Some(2), None]),
            ),
        ];
        let found = read(&plain(&columns), mapping);
        same(&found, &expected);
        let row = found.not_used.lines().nth(1).unwrap();
        assert_eq!(row, "2,a duration is negative,-0.05");
    }
}

#[test]
fn intervals_are_read_and_empty_files_told() {
    let stamp = Kinds::Logical(LogicalType::timestamp(false, TimeUnit::MICROS));
    let starts = (0..48).map(|i| Some((super::at("2003-03-03T00:00:00") + i * 1_800_000) * 1000));
    let columns = [
        Column(
            "interval_start",
            stamp.clone(),
            Values::I64(starts.collect()),
        ),
        Column(
            "offered",
            Kinds::None,
            Values::I64((0..48).map(Some).collect()),
        ),
        Column("aht", Kinds::None, Values::F64(vec![Some(200.5); 48])),
    ];
    let found = read(&plain(&columns), "");
    assert_eq!(
        (found.reading.kind, found.reading.interval_ms),
        (Kind::Intervals, Some(1_800_000))
    );
    assert_eq!(found.counts[2].handle_s, Some(401.0));
    let empty = [
        Column("arrival", stamp, Values::I64(Vec::new())),
        Column("wait", Kinds::None, Values::F64(Vec::new())),
    ];
    let found = read(&plain(&empty), "");
    assert_eq!((found.reading.lines, found.reading.used), (0, 0));
}

fn message(bytes: &[u8]) -> String {
    attempt(bytes, "").err().unwrap().to_string()
}

/// Wherever a file is cut off or changed, it is read or refused.
#[test]
fn damaged_files_are_refused() {
    let begins = "log.csv: the Parquet file cannot be read: ";
    for bytes in [
        &b"PAR1"[..],
        b"PAR1abc",
        b"PAR1PAR1",
        b"PAR1\0\0\0\0PAR1",
        b"PAR1\xff\xff\xff\xffPAR1",
    ] {
        assert!(message(bytes).starts_with(begins), "{}", message(bytes));
    }
    let mut many = Vec::new();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = properties().set_writer_version(version);
        many.push(file(
            &columns(TimeUnit::MICROS, false),
            2,
            properties.build(),
            false,
        ));
    }
    let mut refused = 0;
    for good in many {
        for length in (4..good.len()).step_by(7) {
            let why = message(&good[..length]);
            assert!(why.starts_with(begins), "{why}");
        }
        for i in 0..500_usize {
            let (mut bad, place) = (good.clone(), i * 7919 % good.len());
            bad[place] ^= 1 << (i % 8);
            bad[place] = bad[place].wrapping_add((i / 8) as u8);
            refused += usize::from(attempt(&bad, "").is_err());
        }
    }
    assert!(refused > 200, "{refused}");
}
