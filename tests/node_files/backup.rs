//! Backup and restore of etcd, script by script: what they do when something fails on the way, and what they leave behind.
//! Tests on machines show that a restored cluster works.

use std::path::Path;
use std::process::Output;

use crate::{
    machine::Machine,
    tools::namespaces,
    unpack::{Node, each, write},
};

const WHAT: &str = "backup and restore of etcd";
const BACKUP: &str = "/usr/local/sbin/etcd-backup";
const RESTORE: &str = "/usr/local/sbin/etcd-restore";
const SNAPSHOT: &str = "hourly/2026-11-28T10-00-00Z_v1.36.3_kub-m.db.gz";

/// Cloud Storage, with the bucket in `/bucket`; an upload answers `$UPLOAD`. Beside it the metadata server and the secret with the CA.
const CURL: &str = r#"#!/bin/bash
url=; file=; http=2; out=/dev/stdout; headers=/dev/null
while (($#)); do
  case $1 in
    http*) url=$1 ;;
    --http1.1) http=1 ;;
    --upload-file) file=$2 && shift ;;
    --output) out=$2 && shift ;;
    --dump-header) headers=$2 && shift ;;
  esac
  shift
done
bucket=https://storage.googleapis.com/
case $url in
  */instance/name) echo -n "${NODE:-kub-m}" ;;
  */network-interfaces/0/ip) echo -n 10.0.0.2 ;;
  */attributes/user-data) cat /user-data ;;
  */default/token) echo '{"access_token": "t"}' ;;
  $bucket*/o\?prefix=*)
    prefix=${url#*prefix=}; prefix=${prefix%%&*}
    for object in $(cd /bucket && find . -type f | sed 's/..//' | sort); do
      [[ $object != $prefix* ]] || echo "{\"name\": \"$object\", \"size\": \"$(stat -c %s "/bucket/$object")\"}"
    done | jq -s '{items: .}' ;;
  $bucket*/*)
    object=/bucket/${url#"$bucket"*/}
    if [[ -n $file ]]; then
      [[ ${UPLOAD:-200} != 200 ]] || { mkdir -p "$(dirname "$object")" && cp "$file" "$object"; }
      echo "no" >"$out"
      echo -n "${UPLOAD:-200}"
    else
      [[ -e $object ]] || exit 22
      cp "$object" "$out"
      printf 'x-goog-hash: crc32c=AA==\r\nx-goog-hash: md5=%s\r\n' "${MD5:-$(openssl md5 -binary "$object" | base64)}" >"$headers"
    fi ;;
  https://*:2380/members) ((http == 1)) && printf 'HTTP/1.1 200 OK\r\nX-Etcd-Cluster-Id: cd14\r\n\r\n' ;;
  *-pki/versions/latest:access) printf '{"payload": {"data": "%s"}}\n200' "$(</ca)" ;;
  *) exit 22 ;;
esac
"#;

/// etcd's tools: a snapshot is its content and its checksum.
const ETCDCTL: &str = r#"#!/bin/bash
[[ "$1 $2" != "endpoint health" ]] || exit "${DOWN:-0}"
[[ "$1 $2" == "snapshot save" && -z ${BROKEN:-} ]] || exit 1
echo data >"$3"
sum=$(sha256sum "$3" | cut -c 1-64)
[[ -z ${DAMAGED:-} ]] || echo more >>"$3"
echo -n "$sum" | xxd -r -p >>"$3"
"#;
const ETCDUTL: &str = r#"#!/bin/bash
echo "etcdutl $*" >>/asked
case "$1 $2" in
  "snapshot status") echo '{"totalKey": 1}' ;;
  "snapshot restore")
    while [[ $1 != --data-dir ]]; do shift; done
    mkdir -p "$2/member" && echo restored >"$2/member/db"
    echo 'added member {"cluster-id": "cd14", "added-peer-id": "a4"}' ;;
esac
"#;
/// The API: `/annotation` is the time of the last backup. Without it, it does not answer.
const KUBECTL: &str = r#"#!/bin/bash
echo "kubectl $*" >>/asked
[[ -e /annotation ]] || exit 1
case "$*" in
  *"get nodes"*"--output json") jq -n --rawfile at /annotation '{items: [{metadata: {annotations: {"etcd-backup": ($at | rtrimstr("\n"))}}}]}' ;;
  *"get nodes"*) echo node/kub-m ;;
esac
"#;
const RECORDED: &str = "#!/bin/bash\necho \"${0##*/} $*\" >>/asked\n[[ $1 != start || $2 != --no-block ]] || touch /var/lib/node-boot/done\n";
const KUBEADM: &str = "#!/bin/sh\necho registry.k8s.io/etcd:1\n";
const YES: &str = "#!/bin/sh\n";

/// A control plane that has run for a while.
fn control_plane(node: &Node) -> Machine {
    let machine = node.boots(Path::new("/usr/bin/false"));
    let tools = "/usr/local/lib/etcd/1";
    for (path, text) in [
        ("/usr/local/bin/curl", CURL),
        ("/usr/local/bin/kubectl", KUBECTL),
        ("/usr/local/bin/systemctl", RECORDED),
        ("/usr/local/bin/kubeadm", KUBEADM),
        ("/usr/local/bin/mountpoint", YES),
        (&format!("{tools}/etcdctl"), ETCDCTL),
        (&format!("{tools}/etcdutl"), ETCDUTL),
        ("/etc/kubernetes/manifests/etcd.yaml", "    image: registry.k8s.io/etcd:1\n"),
        ("/var/lib/cluster/initialized", "1.36.3\n"),
        ("/var/lib/etcd/member/snap/db", "former"),
        ("/annotation", "2026-01-01T00:00:00Z\n"),
    ] {
        let file = node.root.with_extension("backup").join(path.trim_start_matches('/'));
        write(&file, text, 0o755);
        shell(&machine, &format!("mkdir -p $(dirname {path}) /bucket && cp {} {path}", file.display()));
    }
    describe(&machine, &format!("#cloud-config\n{}", node.files["/usr/local/lib/cluster.sh"]));
    let ca = "mkdir -p /tmp/ca/etcd && cd /tmp/ca && for f in ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key \
        etcd/ca.crt etcd/ca.key; do echo $f >$f; done; cp -a . /var/lib/cluster/pki; tar -cz * | base64 -w 0 >/ca; \
        touch /var/lib/node-boot/initialized /var/lib/node-boot/done";
    shell(&machine, ca);
    machine
}

/// The user-data that the metadata server has by now.
fn describe(machine: &Machine, user_data: &str) {
    let text = user_data.lines().map(|line| format!("      {line}\n")).collect::<String>();
    machine.run(&["bash", "-c", "printf %s \"$0\" >/user-data", &text]);
}

fn shell(machine: &Machine, script: &str) -> String {
    machine.run(&["bash", "-c", script])
}

fn run(machine: &Machine, argv: &[&str], set: &[(&str, &str)]) -> (Option<i32>, String) {
    shell(machine, "rm -f /asked");
    let Output { status, stdout, stderr } =
        machine.command(argv[0]).args(&argv[1..]).envs(set.iter().copied()).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

fn asked(machine: &Machine) -> String {
    shell(machine, "cat /asked 2>/dev/null || true")
}

fn bucket(machine: &Machine) -> String {
    shell(machine, "cd /bucket && find . -type f | sort")
}

#[test]
fn a_backup_is_complete_or_fails_visibly() {
    if !namespaces(5, WHAT) {
        return;
    }
    each(WHAT, |node| {
        if !node.files.contains_key(BACKUP) {
            return Ok(());
        }
        let machine = control_plane(node);
        // Each failure stops it before anything is in the bucket, leaves nothing on the disk, and is a condition of the Node.
        for (set, sentence) in [
            (("DOWN", "1"), "FAILED: asking etcd"),
            (("BROKEN", "yes"), "FAILED: taking the snapshot"),
            (("DAMAGED", "yes"), "FAILED: checking the snapshot"),
            (("UPLOAD", "403"), "the bucket answers 403"),
        ] {
            let (status, said) = run(&machine, &[BACKUP], &[set]);
            assert!(status == Some(1) && said.contains(sentence), "{status:?} {said}");
            assert_eq!(bucket(&machine), "");
            assert!(asked(&machine).contains("\"status\": \"True\""), "{}", asked(&machine));
            shell(&machine, "! test -e /var/lib/etcd-backup");
        }
        let small = "#!/bin/sh\nprintf 'Avail\\n1000\\n'\n";
        let file = node.root.with_extension("backup").join("df");
        write(&file, small, 0o755);
        shell(&machine, &format!("cp {} /usr/local/bin/df", file.display()));
        let (status, said) = run(&machine, &[BACKUP], &[]);
        assert!(status == Some(1) && said.contains("has 0 MiB free"), "{said}");
        shell(&machine, "rm /usr/local/bin/df");

        // The first of the day is kept longer. All control planes' Nodes get the time.
        let (status, said) = run(&machine, &[BACKUP, "--if-due"], &[]);
        assert_eq!(status, Some(0), "{said}");
        assert_eq!(bucket(&machine).matches("_v1.36.3_kub-m.db.gz").count(), 2, "{}", bucket(&machine));
        assert!(bucket(&machine).contains("./daily/") && bucket(&machine).contains("./hourly/"));
        let calls = asked(&machine);
        assert!(calls.contains("annotate nodes --selector") && calls.contains("\"status\": \"False\""), "{calls}");
        shell(&machine, "! test -e /var/lib/etcd-backup && sleep() { command sleep 1; }; rm -r /bucket/hourly");
        // The upload of an earlier attempt has succeeded: that is no failure.
        assert_eq!(run(&machine, &[BACKUP], &[("UPLOAD", "412")]).0, Some(0));

        // Not due; unknown because the API does not answer; a clock that was wrong.
        for (annotation, due) in [
            ("date --utc +%FT%TZ >/annotation", false),
            ("rm /annotation", true),
            ("echo 2999-01-01T00:00:00Z >/annotation", true),
            ("echo nonsense >/annotation", true),
        ] {
            shell(&machine, &format!("rm -rf /bucket/hourly; {annotation}"));
            let (status, said) = run(&machine, &[BACKUP, "--if-due"], &[]);
            assert_eq!((status, bucket(&machine).contains("./hourly/")), (Some(0), due), "{annotation}: {said}");
        }
        Ok(())
    });
}

#[test]
fn a_restore_changes_nothing_before_it_can_succeed() {
    if !namespaces(5, WHAT) {
        return;
    }
    each(WHAT, |node| {
        if !node.files.contains_key(RESTORE) {
            return Ok(());
        }
        let name = node.files["/usr/local/lib/cluster.sh"].split("control_planes=(").nth(1).unwrap();
        let name = name.split([' ', ')']).next().unwrap().to_owned();
        let set = ("NODE", name.as_str());
        let machine = control_plane(node);
        // The others have addresses, and no etcd runs there.
        let getent = node.root.with_extension("backup").join("getent");
        write(&getent, "#!/bin/sh\necho '127.0.0.1 STREAM'\n", 0o755);
        shell(&machine, &format!("cp {} /usr/local/bin/getent", getent.display()));
        run(&machine, &[BACKUP], &[]);
        shell(&machine, &format!("mv /bucket/hourly/* /bucket/{SNAPSHOT}"));

        let (status, listed) = run(&machine, &[RESTORE], &[set]);
        assert!(status == Some(0) && listed.contains(&format!(" MB  {SNAPSHOT}\n")), "{listed}");
        let untouched = |what: &str| {
            let there = "cat /var/lib/etcd/member/snap/db && cd /var/lib/cluster && ls && ls /var/lib/node-boot /etc/kubernetes/manifests";
            let there = shell(&machine, there);
            let calls = asked(&machine);
            let stopped =
                calls.lines().any(|call| call.starts_with("systemctl") && call != "systemctl stop etcd-backup.service");
            let expected = "/etc/kubernetes/manifests:\netcd.yaml\n\n/var/lib/node-boot:\ndone\ninitialized\n";
            assert!(there.starts_with("former") && there.ends_with(expected) && !stopped, "{what}: {there}");
        };
        for (object, set, code, sentence) in [
            ("hourly/else", set, 64, "is not the name of a snapshot"),
            ("hourly/2026-11-28T10-00-00Z_v1.36.4_kub-m.db.gz", set, 1, "must be the same, or newer"),
            ("hourly/2026-11-28T10-00-00Z_v1.34.4_kub-m.db.gz", set, 1, "must be the same, or newer"),
            ("hourly/2026-11-28T11-00-00Z_v1.36.3_kub-m.db.gz", set, 22, "downloading"),
            (SNAPSHOT, ("MD5", "AAAA"), 1, "the download is damaged"),
        ] {
            let (status, said) = run(&machine, &[RESTORE, "--yes", object], &[("NODE", &name), set]);
            assert!(status == Some(code) && said.contains(sentence), "{object}: {status:?} {said}");
            untouched(object);
        }
        // Nobody answers the question.
        assert_eq!(run(&machine, &[RESTORE, SNAPSHOT], &[set]).0, Some(1));
        untouched("no answer");

        let restored = |machine: &Machine| {
            let (status, said) = run(machine, &[RESTORE, "--yes", SNAPSHOT], &[set]);
            assert!(status == Some(0) && said.contains("RESTORED"), "{status:?} {said}");
            let there = shell(
                machine,
                "cd /var/lib/cluster && cat /var/lib/etcd/member/db initialized restored && ls . pki && ls /var/lib/etcd",
            );
            assert!(there.starts_with(&format!("restored\n1.36.3\n{SNAPSHOT}\n")), "{there}");
            assert!(!there.contains("restoring") && there.contains("front-proxy-ca.key"), "{there}");
            let calls = asked(machine);
            assert!(calls.contains("--bump-revision 1000000000 --mark-compacted"), "{calls}");
            assert!(calls.contains("systemctl start --no-block control-plane.service"), "{calls}");
        };
        restored(&machine);
        assert_eq!(shell(&machine, "cat /var/lib/etcd/member.old/snap/db"), "former");
        // Interrupted after the data were exchanged: the former ones are still those of before.
        shell(&machine, "cd /var/lib/cluster && echo x >restoring");
        restored(&machine);
        assert_eq!(shell(&machine, "cat /var/lib/etcd/member.old/snap/db"), "former");
        // Everything is lost but the bucket and the secret.
        shell(
            &machine,
            "rm -rf /var/lib/cluster/* /var/lib/etcd/* /etc/kubernetes/pki; mkdir -p /var/lib/cluster/etcd /var/lib/cluster/pki",
        );
        restored(&machine);
        // The boot file is as old as the machine, and its list of control planes too: the cluster has grown or shrunk since then.
        // All of them must restore a cluster of the same members, and only the others of now are waited for.
        for names in [vec![name.as_str()], vec![&name, "kub-x-2", "kub-x-3"]] {
            let list = format!("control_planes=({})", names.join(" "));
            describe(
                &machine,
                &format!("{list} # when this machine was made\n{list}\ncontrol_planes=(--selector a.b/c)\n"),
            );
            restored(&machine);
            let members: Vec<String> = names
                .iter()
                .map(|other| format!("{other}=https://{}:2380", if *other == name { "10.0.0.2" } else { "127.0.0.1" }))
                .collect();
            let calls = asked(&machine);
            assert!(calls.contains(&format!("--initial-cluster {} --", members.join(","))), "{calls}");
            let (_, said) = run(&machine, &[RESTORE], &[set]);
            assert_eq!(said.contains("on each of"), names.len() > 1, "{said}");
        }
        shell(&machine, "rm -f /asked");
        let two = format!("control_planes=({name})\ncontrol_planes=({name} kub-x-2)\n");
        let else_where = "control_planes=(kub-x-1 kub-x-2 kub-x-3)\n";
        for (user_data, sentence) in [
            ("", "does not say which control planes there are"),
            (two.as_str(), "does not say which control planes there are"),
            (else_where, "is not one of the control planes that are described: kub-x-1 kub-x-2 kub-x-3"),
        ] {
            describe(&machine, user_data);
            let (status, said) = run(&machine, &[RESTORE, "--yes", SNAPSHOT], &[set]);
            assert!(status == Some(1) && said.contains(sentence), "{status:?} {said}");
            assert_eq!(asked(&machine), "", "nothing may be stopped");
        }
        describe(&machine, &node.files["/usr/local/lib/cluster.sh"]);
        // The others run with the restored data already: what answers for their peers says so.
        let after = format!(
            "rm /var/lib/cluster/restored; python3 -m http.server 2380 >/dev/null 2>&1 & sleep 1; \
             timeout 60 {RESTORE} --yes {SNAPSHOT}; status=$?; kill %1; exit $status"
        );
        let (status, said) = run(&machine, &["bash", "-c", &after], &[set]);
        assert!(status == Some(0) && said.contains("RESTORED"), "{status:?} {said}");
        Ok(())
    });
}
