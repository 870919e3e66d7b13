use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// A file as seen from a folder: the relative path between the two, wherever vpcgen was started.
pub fn seen_from(dir: &Utf8Path, file: &Utf8Path) -> Utf8PathBuf {
    let absolute = |path: &Utf8Path| {
        let path = std::path::absolute(path).ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
        path.map(|path| normal(&path))
    };
    let (Some(file_at), Some(dir_at)) = (absolute(file), absolute(dir)) else { return file.to_owned() };
    let (mut from, mut to) = (dir_at.components().peekable(), file_at.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    from.map(|_| "..").chain(to.map(|part| part.as_str())).collect()
}

/// Without `.` and `..`.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_does_not_depend_on_where_vpcgen_was_started() {
        let seen = |file: &str, dir: &str| seen_from(dir.into(), file.into()).into_string();
        assert_eq!(seen("cluster.yaml", "."), "cluster.yaml");
        assert_eq!(seen("infra/cluster.yaml", "infra"), "cluster.yaml");
        assert_eq!(seen("./infra/x/../cluster.yaml", "infra/"), "cluster.yaml");
        assert_eq!(seen("kub.yaml", "infra/kub"), "../../kub.yaml");
    }
}
