//! The program `vpcgen`: everything is the library's.

fn main() -> std::process::ExitCode {
    vpcgen::cli::run()
}
