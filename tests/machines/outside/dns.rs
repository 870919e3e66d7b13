//! The VPC's resolver on the metadata server's address: the network's private zones, the instances' names, and the hosts served here.

use std::{
    net::{Ipv4Addr, UdpSocket},
    thread,
};

use super::{APIS, DOWNLOADS, METADATA};
use crate::google::state::State;

const TYPE_A: u16 = 1;

/// Answers from now on. `state` is read for each question, so a new record is served immediately.
pub(crate) fn serve(state: impl Fn() -> State + Send + 'static) {
    let socket = UdpSocket::bind((METADATA, 53)).expect("the resolver's address");
    thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if let Some(answer) = answer(&buffer[..length], &state) {
                // Whoever asked asks again.
                let _ = socket.send_to(&answer, from);
            }
        }
    });
}

/// The answer to a message with one question; nothing if it is not a question.
fn answer(message: &[u8], state: &impl Fn() -> State) -> Option<Vec<u8>> {
    let (name, end) = name(message, 12)?;
    let kind = u16::from_be_bytes([*message.get(end)?, *message.get(end + 1)?]);
    let addresses = lookup(&name, &state());
    let records = addresses.iter().flatten().filter(|_| kind == TYPE_A);
    let records: Vec<u8> = records.flat_map(|address| record(*address)).collect();
    let count = u8::try_from(records.len() / RECORD).ok()?;
    // A response, recursion available; 3: no such name.
    let flags = [0x81, if addresses.is_some() { 0x80 } else { 0x83 }];
    let head = [&message[..2], &flags, &[0, 1, 0, count, 0, 0, 0, 0]].concat();
    Some([head.as_slice(), message.get(12..end + 4)?, &records].concat())
}

/// The name that begins there, and where it ends.
fn name(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join(".").to_lowercase(), at));
        }
        labels.push(String::from_utf8_lossy(message.get(at..at + length)?).into_owned());
        at += length;
    }
}

const RECORD: usize = 16;

/// An A record for the name of the question, for half a minute.
fn record(address: Ipv4Addr) -> [u8; RECORD] {
    let [a, b, c, d] = address.octets();
    [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, a, b, c, d]
}

/// The addresses of a name; nothing: there is no such name.
fn lookup(name: &str, state: &State) -> Option<Vec<Ipv4Addr>> {
    if ["metadata.google.internal", "metadata"].contains(&name) {
        return Some(vec![METADATA]);
    }
    if name == "googleapis.com" || name.ends_with(".googleapis.com") || name == "accounts.google.com" {
        return Some(vec![APIS]);
    }
    if super::HOSTS.contains(&name) {
        return Some(vec![DOWNLOADS]);
    }
    let full = |instance: &&crate::google::state::Instance| {
        name == format!("{}.{}.c.{}.internal", instance.name, instance.zone, instance.project)
    };
    if let Some(instance) = state.instances.iter().find(full) {
        return Some(instance.interfaces.iter().map(|interface| interface.address).collect());
    }
    let records = state.dns_zones.iter().flat_map(|zone| &zone.records);
    let record = records.into_iter().find(|record| record.kind == "A" && record.name.trim_end_matches('.') == name)?;
    Some(record.data.iter().filter_map(|address| address.parse().ok()).collect())
}
