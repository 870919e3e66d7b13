//! From text to tree inside the process, for clusters of several sizes: the cost is linear in the number of nodes.
//! `benches/process.sh` times the whole process.

use divan::Bencher;
use vpcgen::compile::{Compiled, Document, LockFile, LockPolicy, compile};
use vpcgen::diag::Report;
use vpcgen::lock::{self, Lock};
use vpcgen::render::Origin;

const SIZES: [usize; 4] = [2, 50, 500, 4999];

fn main() {
    divan::main();
}

/// One control plane and `nodes` nodes with 30 pods each.
fn description(nodes: usize) -> String {
    format!(
        "name: kub\nproject: some-project\nregion: europe-west1\nkubernetes: {{max_pods_per_node: 30}}\n\
         network: {{nodes: 10.0.0.0/19, pods: 10.64.0.0/12, services: 10.8.0.0/20}}\npools: {{n: {{count: {nodes}}}}}\n"
    )
}

fn compiled(text: &str, lock: Option<Vec<u8>>) -> Compiled {
    let lock = LockFile { name: "cluster.lock.json".to_owned(), bytes: lock, policy: LockPolicy::Update };
    compile(Document::new("cluster.yaml", text), Some(lock)).compiled.expect("a right description")
}

#[divan::bench(args = SIZES)]
fn validate(bencher: Bencher<'_, '_>, nodes: usize) {
    let text = description(nodes);
    bencher.bench(|| compiled(&text, None));
}

#[divan::bench(args = SIZES)]
fn render(bencher: Bencher<'_, '_>, nodes: usize) {
    let (text, origin) = (description(nodes), Origin::tree("cluster.yaml".into()));
    bencher.bench(|| compiled(&text, None).tree(&origin));
}

/// The lock as it lies beside the description.
fn locked(nodes: usize) -> Vec<u8> {
    compiled(&description(nodes), None).lock.text().into_bytes()
}

/// What `render` does, with the lock that lies beside the description: it is to add no more than a third.
#[divan::bench(args = SIZES)]
fn render_with_lock(bencher: Bencher<'_, '_>, nodes: usize) {
    let (text, origin) = (description(nodes), Origin::tree("cluster.yaml".into()));
    let lock = locked(nodes);
    bencher.with_inputs(|| lock.clone()).bench_values(|lock| compiled(&text, Some(lock)).tree(&origin));
}

/// Reading the lock alone.
#[divan::bench(args = SIZES)]
fn lock_read(bencher: Bencher<'_, '_>, nodes: usize) {
    let bytes = locked(nodes);
    let read = |bytes| lock::read("cluster.lock.json", bytes, &mut Report::default()).1.expect("a right lock");
    bencher.with_inputs(|| bytes.clone()).bench_values(read);
}

/// Handing out places to machines that all have one.
#[divan::bench(args = SIZES)]
fn lock_assign(bencher: Bencher<'_, '_>, nodes: usize) {
    let Compiled { cluster, lock, .. } = compiled(&description(nodes), None);
    bencher.bench(|| Lock::assign(&cluster, Some(&lock)));
}
