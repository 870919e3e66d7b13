//! Disks: a file for each, by the disk's id, so that a disk that is made again is blank. Boot disks are folders, the others are block
//! devices with their names below `/dev/disk/by-id`. A disk lives as long as the state knows it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    google::state::{Instance, State},
    tools,
};

/// All disks of a world.
pub(crate) struct Disks {
    folder: PathBuf,
    loops: BTreeMap<u64, Loop>,
}

/// A loop device. It is set to detach when the last user closes it; this value keeps it open.
struct Loop {
    device: String,
    _open: File,
}

impl Disks {
    pub(crate) fn new(folder: PathBuf) -> Disks {
        fs::create_dir_all(&folder).expect("a folder");
        Disks { folder, loops: BTreeMap::new() }
    }

    /// Where the files of an instance's boot disk are.
    pub(crate) fn boot_disk(&self, instance: &Instance, state: &State) -> PathBuf {
        let path = instance.disks.iter().find(|disk| disk.boot).and_then(|disk| disk.disk.as_ref());
        let disk = state.disks.iter().find(|disk| Some(&disk.path) == path);
        self.folder.join(format!("{}-{}", instance.name, disk.map_or(instance.id, |disk| disk.id)))
    }

    /// The block devices of an instance, its boot disk left out: a line `NODE MINOR LINK` for each. They are there before it boots.
    pub(crate) fn devices(&mut self, instance: &Instance, state: &State) -> String {
        let mut lines = String::new();
        for (index, attached) in instance.disks.iter().enumerate().filter(|(_, attached)| !attached.boot) {
            let Some(disk) = state.disks.iter().find(|disk| Some(&disk.path) == attached.disk.as_ref()) else {
                continue;
            };
            let minor = self.minor(disk.id, disk.size_gb);
            let letter = char::from(b'a' + u8::try_from(index).expect("an instance has at most 128 disks"));
            lines += &format!("sd{letter} {minor} google-{}\n", attached.device_name);
        }
        lines
    }

    /// The minor number of the loop device that shows a disk.
    fn minor(&mut self, id: u64, size_gb: u64) -> String {
        let file = self.folder.join(format!("{id}.img"));
        let image = File::options().create(true).append(true).open(&file).expect("a file");
        let (before, now) = (image.metadata().map_or(0, |image| image.len()), size_gb << 30);
        image.set_len(now).expect("a sparse file");
        let one = self.loops.entry(id).or_insert_with(|| Loop::attach(&file));
        if before < now {
            // The machine that uses it sees that it has grown.
            losetup(&["--set-capacity", &one.device]);
        }
        one.device.trim_start_matches("/dev/loop").to_owned()
    }

    /// Destroys the disks that the state does not know any more.
    pub(crate) fn tidy(&mut self, state: &State) {
        let known: Vec<u64> = state.disks.iter().map(|disk| disk.id).collect();
        self.loops.retain(|id, _| known.contains(id));
        for entry in fs::read_dir(&self.folder).expect("the folder of disks").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().trim_end_matches(".img").to_owned();
            let id = name.rsplit('-').next().and_then(|id| id.parse().ok());
            if id.is_some_and(|id| !known.contains(&id)) {
                let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

impl Loop {
    fn attach(file: &Path) -> Loop {
        let device = losetup(&["--find", "--show", &file.to_string_lossy()]).trim().to_owned();
        let open = File::open(&device).expect("a loop device");
        // In use: so this only says what is to happen afterwards, also if we are killed.
        losetup(&["--detach", &device]);
        Loop { device, _open: open }
    }
}

fn losetup(words: &[&str]) -> String {
    tools::run(Command::new("losetup").args(words)).unwrap_or_else(|error| panic!("losetup: {error}"))
}
