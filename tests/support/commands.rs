/// Every command of vpcgen.
pub(crate) const COMMANDS: [&str; 15] = [
    "completions",
    "diff",
    "expand",
    "explain",
    "graph",
    "import",
    "init",
    "lock",
    "man",
    "preflight",
    "ranges",
    "render",
    "schema",
    "upgrade",
    "validate",
];
