.PHONY: all build test proof machines lint fmt examples docs bench fuzz dist

all: lint test

build:
	@cargo build --locked --release

test:
	@cargo test --locked

# What is emitted, run by its real consumers: one line for each level and example. `.ci/install` gets the tools.
proof:
	@cargo test --locked --quiet --test schema --test terraform --test mutants --test changes --test on_and_off --test diff --test guide --test google_rules \
		--test node_files --test checkov --test packets --test topology --test machines

# Level 7: clusters boot from what was applied. What they boot from is built the first time, which takes a quarter of an hour.
# SCENARIOS="examples:: sabotage::" runs only those.
machines:
	@tests/machines/prepare/all "$${CARGO_TARGET_DIR:-target}/proof/machines"
	@VPCGEN_MACHINES=1 cargo test --locked --quiet --test machines -- $(SCENARIOS)

lint:
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings
	@cargo check --locked --lib --no-default-features --target wasm32-unknown-unknown
	@RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet

fmt:
	@cargo fmt

# Renders generated-examples again. Read the difference before you commit it.
examples:
	@cargo build --locked --quiet
	@for dir in generated-examples/*/; do (cd "$$dir" && ../../target/debug/vpcgen render --out .); done

# Writes what is generated under docs, and the pictures in the pages of the examples.
docs:
	@cargo run --locked --quiet -- schema > docs/cluster.schema.json.new && mv docs/cluster.schema.json.new docs/cluster.schema.json
	@VPCGEN_WRITE_DOCS=1 cargo test --locked --quiet --test explain --test topology

bench:
	@cargo bench --locked
	@benches/process.sh

# Five minutes of random bytes, beginning with the examples; needs cargo-fuzz and a nightly compiler.
fuzz:
	@mkdir -p fuzz/corpus/description
	@for file in generated-examples/*/cluster.yaml tests/invalid/*.yaml; do cp "$$file" "fuzz/corpus/description/$$(echo "$$file" | tr / -)"; done
	@cargo +nightly fuzz run description -- -max_total_time=300 -timeout=10 -rss_limit_mb=1024

# The archives of a release in dist, for the targets that any machine with Rust can build, which takes minutes; the others are built by
# .github/workflows/release.yml. `make dist TARGETS=x86_64-unknown-linux-musl` builds only that one.
TARGETS = x86_64-unknown-linux-musl aarch64-unknown-linux-musl
dist:
	@rm -rf dist
	@cargo build --locked --quiet
	@for target in $(TARGETS); do rustup --quiet target add $$target && program=$$(release/build $$target) && \
		release/pack $$target $$program "$${CARGO_TARGET_DIR:-target}/debug/vpcgen" || exit; done
	@cd dist && sha256sum -- vpcgen-* > SHA256SUMS
