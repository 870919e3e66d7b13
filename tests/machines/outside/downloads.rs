//! The hosts that boot files download from, served from what `prepare` made: package repositories and a container registry.

use std::path::{Component, Path, PathBuf};

use super::http::{Body, Request, Response};

/// What any client of the internet gets from `internet.example`.
pub(crate) const GREETING: &str = "hello from the internet\n";

/// Answers a request to any of the hosts.
pub(crate) fn answer(folder: &Path, request: &Request) -> Response {
    let path = request.path().trim_start_matches('/');
    match request.host() {
        "pkgs.k8s.io" => file(kubernetes(folder, path)),
        "download.docker.com" if path.ends_with("/gpg") => file(Some(folder.join("packages/docker/Release.key"))),
        "download.docker.com" => file(debian(&folder.join("packages/docker"), path)),
        "deb.debian.org" => file(debian(&folder.join("packages/debian"), path)),
        "registry.k8s.io" => registry(&folder.join("registry"), path),
        "internet.example" => Response::text(200, GREETING),
        _ => Response::text(404, "this host is not served here\n"),
    }
}

/// `core:/stable:/v1.36/deb/FILE`; the index calls packages `./FILE`.
fn kubernetes(folder: &Path, path: &str) -> Option<PathBuf> {
    let (minor, file) = path.strip_prefix("core:/stable:/v")?.split_once("/deb/")?;
    plain(&folder.join("packages").join(format!("kubernetes-{minor}")), file.trim_start_matches("./"))
}

/// A Debian archive of one suite: `…/dists/SUITE/…/FILE`, `…/pool/FILE`.
fn debian(archive: &Path, path: &str) -> Option<PathBuf> {
    plain(archive, path.rsplit('/').next()?)
}

/// A file of the folder itself.
fn plain(folder: &Path, name: &str) -> Option<PathBuf> {
    let one = matches!(Path::new(name).components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
    one.then(|| folder.join(name.replace("%2b", "+").replace("%2B", "+").replace("%7e", "~").replace("%7E", "~")))
}

fn file(path: Option<PathBuf>) -> Response {
    match path.filter(|path| path.is_file()) {
        Some(path) => Response { status: 200, headers: Vec::new(), body: Body::File(path) },
        None => Response::text(404, "not here\n"),
    }
}

/// https://github.com/opencontainers/distribution-spec, as far as a pull goes.
fn registry(registry: &Path, path: &str) -> Response {
    let Some(path) = path.strip_prefix("v2/") else { return Response::text(404, "") };
    if path.is_empty() {
        return Response::text(200, "{}");
    }
    if let Some((_, digest)) = path.split_once("/blobs/") {
        return file(plain(&registry.join("blobs"), digest)).with("Content-Type", "application/octet-stream");
    }
    let Some((name, reference)) = path.split_once("/manifests/") else { return Response::text(404, "") };
    let tag = |tag: &str| std::fs::read_to_string(registry.join("tags").join(name).join(tag)).ok();
    let digest = if reference.starts_with("sha256:") {
        Some(reference.to_owned())
    } else {
        tag(reference).or_else(|| tag("any"))
    };
    let Some(digest) = digest.map(|digest| digest.trim().to_owned()) else {
        return Response::text(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "no such tag"}]}"#);
    };
    file(plain(&registry.join("blobs"), &digest))
        .with("Content-Type", "application/vnd.oci.image.manifest.v1+json")
        .with("Docker-Content-Digest", digest)
}
