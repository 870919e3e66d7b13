use super::Diff;

/// For a comment on a pull request.
pub fn markdown(diff: &Diff) -> String {
    format!("<!-- vpcgen-diff: {} -->\n**vpcgen: {}**\n", diff.file, diff.headline())
}
