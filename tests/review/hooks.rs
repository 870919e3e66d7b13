use std::fs;
use std::process::Command;

use crate::repository::{RIGHT, Repository};
use crate::yaml;

#[test]
fn the_hooks_do_what_they_say() {
    let hooks = yaml(include_str!("../../.pre-commit-hooks.yaml")).remove(0);
    let hooks = hooks.as_array().unwrap();
    assert_eq!(hooks.len(), 4);
    for hook in hooks {
        let text = |key: &str| hook[key].as_str().unwrap();
        assert!(
            !text("name").is_empty() && !text("description").is_empty() && text("files") == "(^|/)cluster\\.ya?ml$"
        );
        assert_eq!(text("language"), if text("id").ends_with("-system") { "system" } else { "rust" });
        let repository = Repository::new();
        for folder in ["a b", "c"] {
            fs::create_dir(repository.path("checkout").join(folder)).unwrap();
            repository.write(&format!("checkout/{folder}/cluster.yaml"), RIGHT);
        }
        let run = || {
            let line = format!("{} 'a b/cluster.yaml' c/cluster.yaml", text("entry"));
            repository.command(Command::new("bash").args(["-c", &line]))
        };
        run().expect(0, "");
        let renders = text("entry").contains("render");
        assert_eq!(repository.path("checkout/a b/pools.tf").exists(), renders);
        assert_eq!(repository.path("checkout/c/cluster.lock.json").exists(), renders);
        repository.write("checkout/a b/cluster.yaml", &RIGHT.replace("kub", "KUB"));
        run().expect(1, "error[invalid-name]");
    }
}
