//! What the program says of itself: the schema, the completions of shells, the manual.

use assert_cmd::Command;
use std::fs;
use std::path::Path;

fn says(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handover"));
    let output = command.current_dir(dir).args(arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && error.is_empty(),
        "{arguments:?}: {error}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The names of all subcommands, from the help.
fn commands() -> Vec<String> {
    let help = says(Path::new("."), &["--help"]);
    let list = help.lines().skip_while(|l| *l != "Commands:").skip(1);
    let names = list
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "));
    names
        .map(|l| l.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_schema_is_the_file() {
    let shown = says(Path::new("."), &["schema"]);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/schema.json");
    assert_eq!(shown, fs::read_to_string(file).unwrap());
}

#[test]
fn completions_know_every_command() {
    let commands = commands();
    assert!(commands.len() >= 7, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = says(Path::new("."), &["completions", shell]);
        for name in &commands {
            assert!(script.contains(name.as_str()), "{shell}: {name}");
        }
        for option in ["seed", "quiet", "xlsx"] {
            assert!(script.contains(option), "{shell}: {option}");
        }
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let page = says(dir.path(), &["man"]);
    assert!(page.contains(".TH handover 1"), "{page}");
    assert!(
        page.contains(".SH EXAMPLES\n.nf\n") && page.contains("\n.fi\n.SH VERSION\n"),
        "{page}"
    );
    let written = says(dir.path(), &["man", "-o", "pages"]);
    let read = |name: &str| fs::read_to_string(dir.path().join("pages").join(name)).unwrap();
    assert_eq!(read("handover.1"), page);
    let commands = commands();
    for name in &commands {
        assert!(
            page.contains(&format!("handover\\-{name}(1)")),
            "{name}\n{page}"
        );
        let own = read(&format!("handover-{name}.1"));
        assert!(own.contains(&format!(".TH handover-{name} 1")), "{own}");
        assert!(own.contains(&format!("\\fBhandover {name}\\fR")), "{own}");
        assert!(own.contains("color"), "what all commands understand: {own}");
        assert!(written.contains(&format!("handover-{name}.1")), "{written}");
    }
    assert_eq!(
        fs::read_dir(dir.path().join("pages")).unwrap().count(),
        commands.len() + 1
    );
}
