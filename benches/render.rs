//! From text to tree inside the process, for clusters of several sizes: the cost is linear in the number of nodes.
//! `benches/process.sh` times the whole process.

use divan::Bencher;
use vpcgen::diag::Report;
use vpcgen::lock::{self, Lock};
use vpcgen::model::{self, Cluster};
use vpcgen::plan::{plan, with_lock};
use vpcgen::render::{Origin, tree};
use vpcgen::source::Source;
use vpcgen::spec;

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

fn cluster(text: &str) -> Cluster {
    let source = Source::new("cluster.yaml", text);
    let mut report = Report::default();
    let spec = spec::read(&source, &mut report).expect("YAML");
    model::validate(&spec, &mut report).expect("a right description")
}

#[divan::bench(args = SIZES)]
fn validate(bencher: Bencher<'_, '_>, nodes: usize) {
    let text = description(nodes);
    bencher.bench(|| cluster(&text));
}

#[divan::bench(args = SIZES)]
fn plan_and_render(bencher: Bencher<'_, '_>, nodes: usize) {
    let origin = Origin::tree("cluster.yaml".into());
    bencher.with_inputs(|| cluster(&description(nodes))).bench_values(|cluster| tree(&plan(cluster), &origin));
}

/// The lock as it lies beside the description.
fn locked(cluster: &Cluster) -> Vec<u8> {
    Lock::assign(cluster, None).text().into_bytes()
}

fn read_lock(bytes: Vec<u8>) -> Lock {
    lock::read("cluster.lock.json", bytes, &mut Report::default()).1.expect("a right lock")
}

/// What `plan_and_render` does, with the lock read before: the lock is to add no more than a tenth.
#[divan::bench(args = SIZES)]
fn plan_and_render_with_lock(bencher: Bencher<'_, '_>, nodes: usize) {
    let origin = Origin::tree("cluster.yaml".into());
    let input = || {
        let cluster = cluster(&description(nodes));
        let bytes = locked(&cluster);
        (cluster, bytes)
    };
    bencher.with_inputs(input).bench_values(|(cluster, bytes)| {
        let lock = Lock::assign(&cluster, Some(&read_lock(bytes)));
        tree(&with_lock(cluster, &lock), &origin)
    });
}

/// Reading alone.
#[divan::bench(args = SIZES)]
fn lock_read(bencher: Bencher<'_, '_>, nodes: usize) {
    let bytes = locked(&cluster(&description(nodes)));
    bencher.with_inputs(|| bytes.clone()).bench_values(read_lock);
}

/// Handing out places to machines that all have one.
#[divan::bench(args = SIZES)]
fn lock_assign(bencher: Bencher<'_, '_>, nodes: usize) {
    let cluster = cluster(&description(nodes));
    let before = Lock::assign(&cluster, None);
    bencher.bench(|| Lock::assign(&cluster, Some(&before)));
}
