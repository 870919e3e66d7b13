//! What a machine finds outside the VPC, on addresses of this process's own network: metadata server and resolver, Google's APIs,
//! the hosts of packages and images, and somebody on the internet.

mod apis;
mod dns;
mod downloads;
mod http;
mod identity;
mod metadata;
mod tls;

use std::{net::Ipv4Addr, path::Path, sync::Arc};

use crate::{applied::Applied, vpc::command};

pub(crate) use downloads::GREETING;

/// The metadata server, and the VPC's resolver.
pub(crate) const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// Google's APIs, which Private Google Access reaches too.
pub(crate) const APIS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 20);
/// Every other host.
const DOWNLOADS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);
/// Somebody on the internet.
pub(crate) const CLIENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 77);
/// The hosts at `DOWNLOADS`.
const HOSTS: [&str; 5] =
    ["pkgs.k8s.io", "registry.k8s.io", "download.docker.com", "deb.debian.org", "internet.example"];

/// The project's number appears where its id would do; nobody here looks at it.
const PROJECT_NUMBER: u64 = 247_839_977_271;

/// Takes the addresses and serves on them for as long as the process lives.
pub(crate) fn start(prepared: &Path, applied: &Arc<Applied>) {
    for address in [METADATA, APIS, DOWNLOADS, CLIENT] {
        command(&format!("ip address add {address}/32 dev lo"));
    }
    let tls = tls::config(&prepared.join("certificates"));
    let stand_in = applied.google().url().trim_start_matches("http://").to_owned();
    let folder = prepared.to_path_buf();
    let download = move |request: &http::Request| downloads::answer(&folder, request);
    let signer = Arc::new(identity::Signer::read(&prepared.join("certificates")));
    let keys = Arc::clone(&signer);
    let api = move |request: &http::Request| keys.answer(request).unwrap_or_else(|| apis::pass_on(&stand_in, request));
    http::serve(&format!("{DOWNLOADS}:80"), None, download.clone());
    http::serve(&format!("{DOWNLOADS}:443"), Some(Arc::clone(&tls)), download);
    http::serve(&format!("{APIS}:443"), Some(tls), api);
    let google = Arc::clone(applied);
    let metadata = move |request: &http::Request| metadata::answer(google.google(), &signer, request);
    http::serve(&format!("{METADATA}:80"), None, metadata);
    let google = Arc::clone(applied);
    dns::serve(move || google.google().state());
}
