//! The binary: everything it does is in [`handover::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    handover::cli::main()
}
