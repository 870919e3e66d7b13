//! What is reserved for the system on machines of all sizes, against GKE's formula.

use serde_json::Value;

use crate::{
    tools::{self, namespaces},
    unpack::each,
};

const SCRIPT: &str = "/usr/local/sbin/reserve-resources";
const WHAT: &str = "reserved resources";

/// GiB of memory, and MiB that are reserved: 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 %
/// of the rest, and 255 MiB of less than 1 GiB.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes>
const MEMORY: &[(f64, u64)] = &[
    (0.6, 255),
    (1.0, 256),
    (2.0, 512),
    (3.75, 960),
    (4.0, 1024),
    (7.5, 1740),
    (8.0, 1843),
    (16.0, 2662),
    (32.0, 3645),
    (64.0, 5611),
    (128.0, 9543),
    (240.0, 11_837),
];

/// Cores, and millicores that are reserved: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest. GKE's
/// nodes with as many cores can allocate 940, 1930, 3920, 7910, 15890, 31850, 63770 and 95690 millicores.
const CORES: &[(u64, u64)] = &[(1, 60), (2, 70), (3, 75), (4, 80), (8, 90), (16, 110), (32, 150), (64, 230), (96, 310)];

#[test]
fn machines_reserve_what_gke_reserves() {
    if !namespaces(5, WHAT) {
        return;
    }
    each(WHAT, |node| {
        let machine = node.boots(std::path::Path::new("/usr/bin/false"));
        let shell = |script: &str| tools::run(machine.command("bash").args(["-euc", script]));
        shell("touch /meminfo /cpuinfo; mount --bind /meminfo /proc/meminfo; mount --bind /cpuinfo /proc/cpuinfo")?;
        for (index, (memory, reserved)) in MEMORY.iter().enumerate() {
            let (cores, millicores) = CORES[index % CORES.len()];
            shell(&format!(
                "echo 'MemTotal: {} kB' >/meminfo; for _ in $(seq {cores}); do echo 'processor : 0'; done >/cpuinfo; {SCRIPT}",
                (memory * f64::from(1 << 20)).round()
            ))?;
            let text = machine.run(&["cat", "/etc/kubernetes/kubelet.conf.d/10-reserved.conf"]);
            let config: Value = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
            let wanted = serde_json::json!({
                "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
                "kubeReserved": {"cpu": format!("{millicores}m"), "memory": format!("{reserved}Mi")},
            });
            if config != wanted {
                return Err(format!("{memory} GiB, {cores} cores: {config}, not {wanted}"));
            }
        }
        Ok(())
    });
}

/// The kubelet does not start without the folder: the unit makes it before every start.
#[test]
fn the_kubelet_reads_the_folder_that_is_written() {
    each(WHAT, |node| {
        let unit = &node.files["/etc/systemd/system/kubelet.service.d/10-reserved.conf"];
        let configurations = node.below("/etc/kubernetes/kubeadm-", ".yaml");
        let reads =
            |path: &&str| node.files[*path].contains("name: config-dir, value: /etc/kubernetes/kubelet.conf.d}");
        let all = configurations.iter().all(reads);
        if all && unit.contains(&format!("ExecStartPre=-{SCRIPT}")) { Ok(()) } else { Err(unit.clone()) }
    });
}
