//! What is stored survives: etcd is backed up, lost and restored, for one control plane and for three, up to the loss of everything but the
//! bucket and the secret with the CA. A year of certificates passes, and `cluster-status` says what is wrong.

use std::thread;

use serde_json::Value;

use crate::{LEVEL, checks, cluster::Cluster, control_planes, edit::begin, tools, world};

#[test]
fn one_control_plane_is_restored() {
    world::enter("backup::one_control_plane_is_restored", one);
}

#[test]
fn three_control_planes_are_restored() {
    world::enter("backup::three_control_planes_are_restored", three);
}

fn one() {
    let Some((example, mut cluster, ready)) = begin("minimal", "machines-backup") else { return };

    // A Node that is not in the snapshot: it has been deleted, and its kubelet registers only when it starts.
    on(&cluster, "kub-m", "kubectl delete node kub-n-2");
    let object = back_up(&cluster, "kub-m", "my-project-kub-etcd");
    on(&cluster, "kub-n-2", "systemctl restart kubelet");
    checks::assert_healthy(&cluster, "backed up");
    let status = on(&cluster, "kub-m", "cluster-status");
    world::note(&status);
    assert!(status.contains("backup         ok"), "{status}");

    // A backup that fails leaves nothing on the disk, and is seen.
    on(&cluster, "kub-m", "sed -i 's/^bucket=/&not-/' /usr/local/lib/cluster.sh");
    assert!(cluster.on("kub-m", &["etcd-backup"]).is_err(), "a backup into a bucket that does not exist");
    on(&cluster, "kub-m", "! test -e /var/lib/etcd-backup");
    says_wrong(&cluster, "kub-m", "failed on kub-m");
    on(&cluster, "kub-m", "sed -i 's/^bucket=not-/bucket=/' /usr/local/lib/cluster.sh");
    back_up(&cluster, "kub-m", "my-project-kub-etcd");
    on(&cluster, "kub-m", "cluster-status");

    // Administrators get a credential of their own.
    let admin = on(
        &cluster,
        "kub-m",
        "admin-kubeconfig >/run/mine && kubectl --kubeconfig /run/mine auth whoami && kubectl --kubeconfig /run/mine get nodes",
    );
    assert!(admin.contains("admin:root"), "{admin}");
    on(
        &cluster,
        "kub-m",
        "grep client-certificate-data /run/mine | cut -d: -f2 | base64 -d | { ! openssl x509 -noout -checkend 90000; }",
    );

    renew(&mut cluster);

    // All of etcd is lost, and with it what was stored after the snapshot.
    store_more(&cluster);
    on(&cluster, "kub-m", "rm -rf /var/lib/etcd/member; crictl rmp -fa >/dev/null 2>&1 || true");
    cluster.since_now();
    restore(&cluster, &["kub-m"], &object);
    // Machines that joined after the snapshot was taken.
    on(&cluster, "kub-n-2", "systemctl restart kubelet");
    has_been_restored(&cluster);
    // The cloud-controller-manager first waits for the lease of its former self.
    let initialized = cluster.wait_for(|| {
        match cluster
            .kubectl(&["get", "node", "kub-n-2", "-o", "jsonpath={.spec.providerID} {.spec.podCIDR}"])?
            .trim()
            .split_once(' ')
        {
            Some(_) => Ok(()),
            None => Err("kub-n-2 is not initialized".to_owned()),
        }
    });
    initialized.unwrap_or_else(|error| panic!("{error}\n{}", cluster.last_lines()));
    checks::assert_healthy(&cluster, "etcd lost and restored");
    let restored = cluster.seconds();

    // Everything is lost but the bucket and the secret.
    let object = back_up(&cluster, "kub-m", "my-project-kub-etcd");
    lose(&mut cluster, "kub-m");
    cluster.apply_again(&example.dir, &[]);
    waits_for(&cluster, "kub-m", "Restore its data from the bucket: sudo etcd-restore shows how");
    restore(&cluster, &["kub-m"], &object);
    checks::assert_healthy(&cluster, "machine and disk lost, and restored");
    cluster.has_kept_its_data();
    let founded_again = cluster.seconds();
    on(&cluster, "kub-m", "cluster-status");

    cluster.destroy();
    let what = format!(
        "ready after {ready} s; backed up; certificates renewed; etcd lost, all well {restored} s later; machine and disk lost, all well {founded_again} s later; destroyed"
    );
    tools::ok(LEVEL, &example.name, &what);
}

fn three() {
    let Some((example, mut cluster, ready)) = begin("ha", "machines-backup-ha") else { return };
    let names: Vec<String> = control_planes::of(&cluster).into_iter().map(|instance| instance.name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let [first, second, _] = names[..] else { panic!("not three: {names:?}") };
    let object = back_up(&cluster, first, "my-project-prod-etcd");
    // The others have seen it: nothing is due. Another one's timer may have been as fast as the first backup.
    let before = objects(&cluster, "my-project-prod-etcd", "hourly/").len();
    on(&cluster, second, "systemctl start etcd-backup.service");
    let after = objects(&cluster, "my-project-prod-etcd", "hourly/").len();
    assert_eq!(after, before, "one backup an hour is enough");

    // Somebody restores one control plane alone: it waits for the others, which serve on. It is interrupted, and starts with nothing.
    store_more(&cluster);
    let alone = cluster.on(second, &["timeout", "--signal=KILL", "30", "etcd-restore", "--yes", &object]);
    assert!(alone.is_err(), "one of three was restored while the others run");
    cluster.kubectl(&["get", "configmap", "later"]).unwrap_or_else(|error| panic!("{error}"));
    cluster.reboot(second);
    waits_for(&cluster, second, "etcd-restore was interrupted");

    // On all of them, at the same time.
    cluster.since_now();
    restore(&cluster, &names, &object);
    has_been_restored(&cluster);
    checks::assert_healthy(&cluster, "three restored");
    let restored = cluster.seconds();
    let members = control_planes::members(&cluster).expect("etcd answers");
    assert_eq!(members.len(), 3);

    // Everything is lost but the bucket and the secret. Two are the majority, and the third joins them.
    let object = back_up(&cluster, second, "my-project-prod-etcd");
    for name in &names {
        lose(&mut cluster, name);
    }
    cluster.apply_again(&example.dir, &[]);
    for name in &names {
        let joins = cluster.wait_for(|| cluster.on(name, &["test", "-e", "/var/lib/cluster/joining"]).map(drop));
        joins.unwrap_or_else(|error| panic!("{name} does not try to join: {error}\n{}", cluster.last_lines()));
    }
    restore(&cluster, &names[..2], &object);
    checks::assert_healthy(&cluster, "three machines and their disks lost, and restored");
    let founded_again = cluster.seconds();
    cluster.has_kept_its_data();
    // The snapshot does not know that it was taken.
    on(&cluster, first, "etcd-backup");
    let status = on(&cluster, first, "cluster-status");
    world::note(&status);

    cluster.destroy();
    let what = format!(
        "ready after {ready} s; restored from a backup, all well {restored} s later; machines and disks lost, all well {founded_again} s later; destroyed"
    );
    tools::ok(LEVEL, &example.name, &what);
}

/// A shell command that must succeed.
fn on(cluster: &Cluster, machine: &str, command: &str) -> String {
    let said = cluster.on(machine, &["bash", "-c", command]);
    said.unwrap_or_else(|error| panic!("{machine}: {command}: {error}\n{}", cluster.last_lines()))
}

fn objects(cluster: &Cluster, bucket: &str, prefix: &str) -> Vec<String> {
    let path = format!("/storage/v1/b/{bucket}/o?prefix={prefix}");
    let (status, list) = cluster.google().send("GET", &path, &Value::Null);
    assert_eq!(status, 200, "{list}");
    let items = list["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["name"].as_str().map(str::to_owned)).collect()
}

/// Takes a backup; its name.
fn back_up(cluster: &Cluster, machine: &str, bucket: &str) -> String {
    on(cluster, machine, "etcd-backup");
    let recorded =
        on(cluster, machine, "kubectl get node $(hostname) -o json | jq -r '.metadata.annotations[\"etcd-backup\"]'");
    let recorded = recorded.trim().replace(':', "-");
    let found = objects(cluster, bucket, "hourly/").into_iter().find(|name| name.contains(&recorded));
    assert_eq!(objects(cluster, bucket, "daily/").len(), 1, "one of each day is kept longer");
    found.unwrap_or_else(|| panic!("the bucket has no snapshot of {recorded}"))
}

/// Stores what a restore takes back.
fn store_more(cluster: &Cluster) {
    let later = cluster.kubectl(&["create", "configmap", "later", "--from-literal", "a=b"]);
    later.unwrap_or_else(|error| panic!("{error}"));
    let gone = cluster.kubectl(&["delete", "configmap", "kept"]);
    gone.unwrap_or_else(|error| panic!("{error}"));
}

/// What was stored at the time of the snapshot is there, what came later is not, and controllers work on it.
fn has_been_restored(cluster: &Cluster) {
    cluster.has_kept_its_data();
    let later = cluster.kubectl(&["get", "configmap", "later"]);
    assert!(later.is_err_and(|error| error.contains("NotFound")), "there is more than in the snapshot");
    let create = ["create", "deployment", "fresh", "--image", "registry.k8s.io/checks/shell:1", "--replicas", "2"];
    cluster.kubectl(&create).unwrap_or_else(|error| panic!("{error}"));
    let running = cluster.wait_for(|| {
        cluster.kubectl(&["wait", "deployment", "fresh", "--for=condition=Available", "--timeout=10s"]).map(drop)
    });
    running.unwrap_or_else(|error| panic!("a new Deployment gets no pods: {error}\n{}", cluster.last_lines()));
    let deleted = cluster.kubectl(&["delete", "deployment", "fresh"]);
    deleted.unwrap_or_else(|error| panic!("{error}"));
}

/// Runs etcd-restore on each of them, at the same time.
fn restore(cluster: &Cluster, machines: &[&str], object: &str) {
    let listed = on(cluster, machines[0], "etcd-restore");
    assert!(listed.contains(object), "{listed}");
    thread::scope(|scope| {
        for machine in machines {
            let api = cluster.api();
            scope.spawn(move || {
                let done = api.on(machine, &["etcd-restore", "--yes", object]);
                done.unwrap_or_else(|error| panic!("{machine}: {error}\n{}", cluster.last_lines()));
            });
        }
    });
}

/// Instance and state disk are deleted by hand.
fn lose(cluster: &mut Cluster, name: &str) {
    let instance = cluster.state().instance(name).cloned().expect("an instance");
    let disk = instance.disks.iter().find(|disk| disk.device_name == "state").and_then(|disk| disk.disk.clone());
    cluster.delete(&instance.path);
    cluster.delete(&disk.expect("a state disk"));
}

/// Waits until a machine's console says that.
fn waits_for(cluster: &Cluster, machine: &str, text: &str) {
    let said = cluster.wait_for(|| {
        let consoles = cluster.consoles();
        let says = consoles.iter().any(|(name, console)| name == machine && console.contains(text));
        if says { Ok(()) } else { Err(format!("{machine} does not say {text:?}")) }
    });
    said.unwrap_or_else(|error| panic!("{error}\n{}", cluster.last_lines()));
}

/// `cluster-status` fails, and says why.
fn says_wrong(cluster: &Cluster, machine: &str, text: &str) {
    let status = cluster.on(machine, &["cluster-status"]).expect_err("something is wrong");
    let wrong = status.lines().any(|line| line.contains("WRONG") && line.contains(text));
    assert!(wrong, "{text:?} was expected:\n{status}");
}

/// Certificates that are valid for a month only: the machine renews them.
fn renew(cluster: &mut Cluster) {
    cluster.since_now();
    let validity = |hours: &str| {
        format!(
            "kubectl -n kube-system get configmap kubeadm-config -o yaml | \
             sed 's/certificateValidityPeriod: [0-9hms]*/certificateValidityPeriod: {hours}h0m0s/' | kubectl replace -f - >/dev/null"
        )
    };
    on(cluster, "kub-m", &format!("{} && kubeadm certs renew all && {}", validity("720"), validity("8760")));
    says_wrong(cluster, "kub-m", "expires in 29 days");
    let before = on(
        cluster,
        "kub-m",
        "crictl ps -q --name '^kube-scheduler$|^kube-controller-manager$|^etcd$|^kube-apiserver$' | sort",
    );
    on(cluster, "kub-m", "systemctl start renew-certificates.service");
    let after = on(
        cluster,
        "kub-m",
        "crictl ps -q --name '^kube-scheduler$|^kube-controller-manager$|^etcd$|^kube-apiserver$' | sort",
    );
    assert_eq!(after.lines().count(), 4, "{after}");
    assert!(before.lines().all(|old| !after.contains(old)), "a component was not restarted");
    let served =
        "openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -checkend 31000000";
    on(cluster, "kub-m", served);
    on(cluster, "kub-m", "cluster-status");
    // Nothing to do the next time.
    on(
        cluster,
        "kub-m",
        "systemctl start renew-certificates.service && journalctl -u renew-certificates -n 5 -o cat | grep 'expires in 36[45] days'",
    );
    checks::assert_healthy(cluster, "certificates renewed");
}
