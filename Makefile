.PHONY: all build test lint fmt examples docs bench

all: lint test

build:
	@cargo build --locked --release

test:
	@cargo test --locked

lint:
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet

fmt:
	@cargo fmt

# Renders generated-examples anew. Read the difference before you commit it.
examples:
	@cargo build --locked --quiet
	@for dir in generated-examples/*/; do (cd "$$dir" && ../../target/debug/vpcgen render --out .); done

# Writes docs/diagnostics.md anew from src/diag/explain.
docs:
	@VPCGEN_WRITE_DOCS=1 cargo test --locked --quiet --test explain

bench:
	@cargo bench --locked
	@benches/process.sh
