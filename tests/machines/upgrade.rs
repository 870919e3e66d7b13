//! Three control planes and two nodes go from Kubernetes 1.35 to 1.36 by the script that `vpcgen upgrade` prints, which is interrupted once.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    LEVEL, checks,
    client::Client,
    cluster::Cluster,
    control_planes,
    edit::{boot, change, edit_description, example, forget},
    prepare, tools, world,
};

/// Three missed probes, five seconds apart, and the client's own two seconds.
const MISSED: Duration = Duration::from_secs(20);

#[test]
fn three_control_planes_and_two_nodes_are_upgraded() {
    world::enter("upgrade::three_control_planes_and_two_nodes_are_upgraded", story);
}

fn story() {
    let example = example("ha", "machines-upgrade");
    forget(&example);
    edit_description(
        &example,
        "  batch:\n    count: 1\n    spot: true # cheap, and can be preempted at any time\n    zones: [europe-west1-c]\n",
        "",
    );
    // The script runs outside the VPC, where this address is.
    let old = "access: { api: [100.64.0.0/30] }\n\nkubernetes:\n  version: \"1.35\"\n";
    change(&example, "kubernetes:\n", old);
    let Some(mut cluster) = boot(&example, |_| {}) else { return };
    let ready = checks::assert_healthy(&cluster, "applied and booted at 1.35");
    cluster.store();
    assert!(kubelets(&cluster).iter().all(|version| version.starts_with("v1.35.")), "{:?}", kubelets(&cluster));
    let members = control_planes::members(&cluster).expect("etcd answers");
    // Nothing would replace these pods.
    cluster
        .kubectl(&["delete", "pods", "--selector", "app=check", "--force"])
        .unwrap_or_else(|error| panic!("{error}"));
    let service = serve(&mut cluster);

    change(&example, "version: \"1.35\"", "version: \"1.36\"");
    let (tree, terraform) = cluster.prepare_tree(&example.dir);
    let script = Script::print(&example.dir, tree, &terraform, &cluster);
    let pending = script.run(&["--list"]).1;
    assert!(pending.contains("prod-m                   behind: boot file, kubelet 1.35."), "{pending}");

    // The first control plane, and the script dies while the second boots.
    let (api, internet) =
        (Client::of_api(cluster.api(), "prod-web-1", "api.prod.internal"), service.map(Client::outside));
    let mut proxies = Vec::new();
    let second = cluster.state().instance("prod-m-2").expect("an instance").id;
    script.follow(&[], |line, running| {
        world::note(line);
        if line.contains("draining prod-m-2") {
            proxies.push(proxy(&cluster));
        }
        if line.contains("replacing prod-m-2") {
            while cluster.state().instance("prod-m-2").is_none_or(|now| now.id == second) {
                std::thread::sleep(Duration::from_millis(200));
            }
            std::thread::sleep(Duration::from_secs(3));
            running.kill().expect("it runs");
        }
    });
    assert!(proxies.len() == 1 && proxies[0].contains(":v1.35."), "kube-proxy ran ahead: {proxies:?}");

    // A machine that joins meanwhile gets the version of the oldest API server, whatever its boot file says.
    change(&example, "  web:\n    count: 2\n", "  web:\n    count: 3\n");
    cluster.apply_again(&example.dir, &[]);
    let mut joined = String::new();
    let joins = cluster.wait_for(|| {
        let version = "jsonpath={.status.nodeInfo.kubeletVersion}";
        joined = cluster.kubectl(&["get", "node", "prod-web-3", "-o", version])?;
        Ok(())
    });
    joins.unwrap_or_else(|error| panic!("prod-web-3 does not join: {error}\n{}", cluster.last_lines()));
    assert!(joined.starts_with("v1.35."), "a machine that joined half way runs {joined}");
    let (tree, terraform) = cluster.prepare_tree(&example.dir);
    let script = Script::print(&example.dir, tree, &terraform, &cluster);

    // Run again, it goes on behind the machine that it had replaced.
    let (mut api, mut while_control_planes) = (Some(api), None);
    let (status, said) = script.follow(&[], |line, _| {
        world::note(line);
        if line.contains("draining prod-web-1") {
            while_control_planes = api.take().map(Client::stop);
        }
    });
    let internet = internet.map(Client::stop);
    world::note(&format!("API: {while_control_planes:?}; Service: {internet:?}"));
    assert_eq!(status, Some(0), "{said}\n{}", cluster.last_lines());
    for line in
        ["replacing prod-m-3", "replacing prod-web-2", "replacing prod-web-3", "done: every machine is up to date"]
    {
        assert!(said.contains(line), "{line:?} was expected:\n{said}");
    }
    assert!(!said.contains("replacing prod-m-2"), "the machine that booted was replaced once more:\n{said}");
    let while_control_planes = while_control_planes.expect("nodes come last");
    assert!(while_control_planes.longest < MISSED, "the API was away for {:?}", while_control_planes.longest);

    assert_eq!(control_planes::members(&cluster), Ok(members), "etcd's members are others");
    assert!(kubelets(&cluster).iter().all(|version| version.starts_with("v1.36.")), "{:?}", kubelets(&cluster));
    assert!(proxy(&cluster).contains(":v1.36."), "{}", proxy(&cluster));
    cluster.has_nothing_to_apply();
    let (status, said) = script.run(&[]);
    assert!(status == Some(0) && said.contains("Nothing is behind."), "{said}");
    let _ = cluster.kubectl(&["delete", "service,deployment,poddisruptionbudget", "shop", "--timeout=120s"]);
    cluster.since_now();
    checks::assert_healthy(&cluster, "upgraded to 1.36");
    cluster.has_kept_its_data();

    cluster.destroy();
    let internet = internet.map_or_else(|| "not watched".to_owned(), |seen| seen.to_string());
    let what = format!(
        "1.35 ready after {ready} s; upgraded to 1.36, interrupted once: API {while_control_planes}; Service {internet}; destroyed"
    );
    tools::ok(LEVEL, &example.name, &what);
}

fn kubelets(cluster: &Cluster) -> Vec<String> {
    let nodes = cluster.get(&["nodes"]).unwrap_or_else(|error| panic!("{error}"));
    nodes
        .iter()
        .map(|node| node["status"]["nodeInfo"]["kubeletVersion"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn proxy(cluster: &Cluster) -> String {
    let image = "jsonpath={.spec.template.spec.containers[0].image}";
    cluster
        .kubectl(&["--namespace", "kube-system", "get", "daemonset", "kube-proxy", "-o", image])
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Two replicas, one of which stays while the other moves, behind a Service of type LoadBalancer. The URL, once it answers; nothing where
/// there are no load balancers.
fn serve(cluster: &mut Cluster) -> Option<String> {
    let serve = "printf 'printf \"HTTP/1.0 200 OK\\r\\n\\r\\nok\\n\"' >/tmp/answer; exec socat TCP-LISTEN:8080,fork,reuseaddr EXEC:'sh /tmp/answer'";
    let labels = json!({"app": "shop"});
    let container = json!({
        "name": "shell", "image": "registry.k8s.io/checks/shell:1", "command": ["sh", "-c", serve],
        "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
        // The load balancer and kube-proxy hear of the end a moment later.
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "10"]}}},
    });
    let objects: [Value; 3] = [
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": {
            "replicas": 2, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 15, "containers": [container]}}}}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "shop"},
            "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "shop"},
            "spec": {"type": "LoadBalancer", "selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}}),
    ];
    cluster.since_now();
    for object in objects {
        cluster.api().apply(&object).unwrap_or_else(|error| panic!("{error}"));
    }
    prepare::controller()?;
    let mut url = String::new();
    let answers = cluster.wait_for(|| {
        let address =
            cluster.kubectl(&["get", "service", "shop", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"])?;
        url = format!("http://{address}/");
        tools::run(Command::new("curl").args([
            "-sf",
            "--max-time",
            "2",
            "--interface",
            &crate::outside::CLIENT.to_string(),
            &url,
        ]))
        .map(drop)
    });
    answers.unwrap_or_else(|error| panic!("the Service does not answer: {error}"));
    Some(url)
}

/// The printed script, with kubectl and terraform on its PATH.
struct Script {
    file: PathBuf,
    bin: PathBuf,
    tree: PathBuf,
}

impl Script {
    fn print(description: &Path, tree: PathBuf, terraform: &str, cluster: &Cluster) -> Script {
        let bin = world::folder().join("workstation");
        fs::create_dir_all(&bin).expect("a folder");
        let kubeconfig = bin.join("kubeconfig");
        let admin =
            cluster.on("prod-m", &["cat", "/etc/kubernetes/admin.conf"]).unwrap_or_else(|error| panic!("{error}"));
        fs::write(&kubeconfig, admin).expect("a file");
        let addresses: Vec<String> =
            control_planes::of(cluster).iter().map(|plane| plane.interfaces[0].address.to_string()).collect();
        // The way of somebody whose network reaches the control planes.
        let kubectl = format!(
            "#!/bin/bash\nfor address in {}; do\n  [[ $(curl -sk --max-time 2 https://$address:6443/readyz) != ok ]] ||\n    \
             exec {} --kubeconfig {} --server https://$address:6443 --tls-server-name api.prod.internal \"$@\"\ndone\n\
             echo 'no API server is ready' >&2\nexit 1\n",
            addresses.join(" "),
            prepare::folder().join("programs/kubernetes-1.36/kubectl").display(),
            kubeconfig.display()
        );
        for (name, text) in [("kubectl", kubectl.as_str()), ("terraform", terraform)] {
            fs::write(bin.join(name), text).expect("a file");
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).expect("a program");
        }
        let printed = tools::run(Command::new(env!("CARGO_BIN_EXE_vpcgen")).arg("upgrade").current_dir(description));
        let file = bin.join("upgrade.sh");
        fs::write(&file, printed.unwrap_or_else(|error| panic!("{error}"))).expect("a file");
        Script { file, bin, tree }
    }

    fn run(&self, options: &[&str]) -> (Option<i32>, String) {
        self.follow(options, |_, _| {})
    }

    /// Runs it, and hands over each line that it prints.
    fn follow(&self, options: &[&str], mut each: impl FnMut(&str, &mut Child)) -> (Option<i32>, String) {
        let path = format!("{}:{}", self.bin.display(), std::env::var("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.args(["-c", "exec bash \"$@\" 2>&1", "upgrade"])
            .arg(&self.file)
            .arg("--dir")
            .arg(&self.tree)
            .args(options);
        let mut running =
            bash.env("PATH", path).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("bash starts");
        let mut said = String::new();
        for line in BufReader::new(running.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
            said += &format!("{line}\n");
            each(&line, &mut running);
        }
        (running.wait().expect("it ends").code(), said)
    }
}
