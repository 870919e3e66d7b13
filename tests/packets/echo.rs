//! Requests and responses between machines: `echo.py` on both sides.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::machine::Machine;
use crate::tools::run;

const ECHO: &str = include_str!("echo.py");

/// Runs an echo server on a machine until dropped.
pub(crate) struct Server(Child);

impl Server {
    /// Listens on an address of the machine or on `0.0.0.0`, with TCP and UDP.
    pub(crate) fn start(machine: &Machine, address: &str, port: u16) -> Self {
        let mut command = machine.command("/usr/bin/python3");
        command.args(["-c", ECHO, "serve", address, &port.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The source address that the other side sees.
pub(crate) fn ask(from: &Machine, to: &str, port: u16) -> Result<String, String> {
    question(from, &["tcp", to, &port.to_string()])
}

/// The same with a UDP packet of `size` bytes including headers, in both directions and without fragmentation.
pub(crate) fn ask_packet(from: &Machine, to: &str, port: u16, size: usize) -> Result<String, String> {
    const HEADERS: usize = 20 + 8;
    question(from, &["udp", to, &port.to_string(), &(size - HEADERS).to_string()])
}

fn question(from: &Machine, words: &[&str]) -> Result<String, String> {
    let answer = run(from.command("/usr/bin/python3").args(["-c", ECHO, "ask"]).args(words));
    answer.map(|text| text.trim().to_owned()).map_err(|error| error.lines().last().unwrap_or_default().to_owned())
}
