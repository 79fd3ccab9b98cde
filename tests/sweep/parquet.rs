//! `points.parquet`: the same table as `points.csv`, with types.

use super::room;

const SWEEP: &str = "sweep a.toml --reps 3 --vary pool.in-house.agents=4,5 --vary 'topic.fraud.patience=90 s,2.5 min' \
    --vary pool.in-house.shrinkage=10.5..30%/2 --vary ai.human_access=always,never \
    --measures sl_net,mean_wait_abandoned,contacts,occupancy@pool=gig";

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_it_says_so() {
    use super::refused;
    let dir = room();
    let text = refused(dir.path(), &format!("{SWEEP} --parquet"));
    assert!(
        text.starts_with("error: --parquet: this program was built without it\n  help: "),
        "{text}"
    );
    assert_eq!(text, refused(dir.path(), "merge parts --parquet"));
    assert!(!dir.path().join("results").exists());
}

#[cfg(feature = "parquet")]
mod with_it {
    use super::super::{files, rows, success};
    use super::*;
    use ::parquet::basic::Type as Physical;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use handover::results::{MEASURE_DIGITS, push_number};
    use std::fs;

    fn ten_digits(x: f64) -> String {
        let mut text = Vec::new();
        push_number(&mut text, x, MEASURE_DIGITS);
        String::from_utf8(text).unwrap()
    }

    /// Every cell is that of `points.csv`, which rounds to ten digits; empty there is null here.
    #[test]
    fn it_is_the_table_of_points() {
        let dir = room();
        success(dir.path(), &format!("{SWEEP} --parquet -o out"));
        let out = dir.path().join("out");
        let csv = rows(out.join("points.csv"));
        let file = fs::File::open(out.join("points.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let about = reader.metadata().file_metadata();
        assert_eq!(about.num_rows(), 48);
        let version = concat!("handover version ", env!("CARGO_PKG_VERSION"));
        assert_eq!(about.created_by(), Some(version));

        let head = fs::read_to_string(out.join("points.csv")).unwrap();
        let head: Vec<&str> = head.lines().next().unwrap().split(',').collect();
        let columns = about.schema_descr().columns();
        let names: Vec<&str> = columns.iter().map(|c| c.name()).collect();
        assert_eq!(names, head);
        let types: Vec<Physical> = columns.iter().map(|c| c.physical_type()).collect();
        use Physical::{BYTE_ARRAY as TEXT, DOUBLE, INT64};
        // Patience in two units has them in its cells.
        let wanted = [
            INT64, INT64, TEXT, DOUBLE, TEXT, INT64, DOUBLE, DOUBLE, DOUBLE, DOUBLE,
        ];
        assert_eq!(types, wanted);

        let (mut nulls, mut whole, mut longer) = (0, 0, 0);
        let mut n = 0;
        for (row, line) in reader.get_row_iter(None).unwrap().zip(&csv) {
            for (name, field) in row.unwrap().get_column_iter() {
                let cell = &line[name];
                match field {
                    Field::Null => {
                        nulls += 1;
                        assert_eq!(cell, "", "{name}");
                    }
                    Field::Long(i) => {
                        whole += 1;
                        assert_eq!(i.to_string(), *cell, "{name}");
                    }
                    Field::Double(x) => {
                        longer += usize::from(x.to_string() != *cell);
                        assert_eq!(ten_digits(*x), *cell, "{name}");
                    }
                    Field::Str(text) => assert_eq!(text, cell, "{name}"),
                    other => panic!("{name}: {other:?}"),
                }
            }
            n += 1;
        }
        assert_eq!((n, csv.len()), (48, 48));
        assert_eq!(whole, 3 * 48);
        assert!(nulls > 0 && longer > 0, "{nulls} {longer}");
    }

    /// On any number of threads, gone on with, and put together from shards.
    #[test]
    fn the_same_sweep_has_the_same_bytes() {
        let dir = room();
        let read = |path: &str| fs::read(dir.path().join(path)).unwrap();
        success(dir.path(), &format!("{SWEEP} --parquet -o one -j 1"));
        let one = read("one/points.parquet");
        success(dir.path(), &format!("{SWEEP} -o two -j 2"));
        assert!(!dir.path().join("two/points.parquet").exists());
        // All was finished: only the file is missing.
        success(dir.path(), &format!("{SWEEP} --parquet -o two"));
        assert_eq!(read("two/points.parquet"), one);
        for i in 1..=3 {
            success(dir.path(), &format!("{SWEEP} -o parts --shard {i}/3"));
        }
        success(dir.path(), "merge parts --parquet");
        assert_eq!(read("parts/points.parquet"), one);
        assert_eq!(
            files(&dir.path().join("parts")),
            files(&dir.path().join("one"))
        );
        assert!(
            String::from_utf8(read("one/run.json"))
                .unwrap()
                .contains("\"points.parquet\"")
        );
    }
}
