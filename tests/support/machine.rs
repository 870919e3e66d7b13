//! Machines in namespaces. A machine is a process that keeps them alive: when the test ends, however it ends, the process's
//! input closes, it ends too, and interfaces, rules and mounts go with it. The host needs no cleanup.
#![allow(dead_code, reason = "each level uses only part of it")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::tools::target;

/// A network namespace, and for a node also its own root file system.
pub(crate) struct Machine {
    holder: Child,
    rooted: bool,
}

/// An overlay of a node's files over the host's, with private writes. Kernel-wide settings
/// (`fs`, `kernel`, `vm`) are copies, so that the node's scripts cannot change the host's.
const ROOT: &str = r#"
  files=$1 target=$2
  mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir upper work root
  cp -a "$files"/. upper
  mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
  mount --rbind /proc root/proc && mount --rbind /dev root/dev && mount --rbind /sys root/sys
  mount -t tmpfs tmpfs root/run && mkdir -p "root/$target" && mount --bind "$target" "root/$target"
  for part in fs kernel vm; do
    mkdir -p "copies/$part" && cp -r --no-preserve=all "/proc/sys/$part/." "copies/$part" 2>/dev/null || true
    mount --bind "copies/$part" "root/proc/sys/$part"
  done
  echo ready
  exec chroot root cat >/dev/null
"#;

impl Machine {
    /// A machine with only a network: a router, a pod or the internet.
    pub(crate) fn network() -> Self {
        Self::hold(&["--net"], "echo ready; exec cat >/dev/null", Path::new("/"), false)
    }

    /// A node with these files in its root.
    pub(crate) fn node(files: &Path) -> Self {
        Self::hold(&["--net", "--mount"], ROOT, files, true)
    }

    fn hold(namespaces: &[&str], script: &str, files: &Path, rooted: bool) -> Self {
        let mut command = Command::new("unshare");
        command.args(namespaces).args(["bash", "-euc", script, "machine"]).arg(files).arg(target());
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the machine did not start: it needs network namespaces and overlayfs");
        let machine = Self { holder, rooted };
        machine.run(&["ip", "link", "set", "lo", "up"]);
        machine
    }

    /// The process that owns the namespaces; `ip` accepts it as a namespace name.
    pub(crate) fn pid(&self) -> String {
        self.holder.id().to_string()
    }

    /// A command on this machine.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.pid(), "--net"]);
        if self.rooted {
            command.args(["--mount", "--root", "--wd=/"]);
        }
        command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root");
        command.arg(program);
        command
    }

    /// Runs a command that must succeed, and returns its output.
    pub(crate) fn run(&self, command: &[&str]) -> String {
        let done = super::tools::run(self.command(command[0]).args(&command[1..]));
        done.unwrap_or_else(|error| panic!("{}: {error}", command.join(" ")))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}
