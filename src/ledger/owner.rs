//! Which process an unsettled operation belongs to, and whether that process still runs. A lock on a file says so: the
//! system lets go of it however the process ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// This process, for as long as it holds this.
pub(super) struct Owner {
    name: String,
    folder: Option<PathBuf>,
    /// Locked.
    _file: Option<File>,
}

impl Owner {
    /// Takes this name, which no other process has, in this folder.
    pub(super) fn take(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = open(folder, name, true)?;
        file.try_lock()?;
        Ok(Self {
            name: name.to_owned(),
            folder: Some(folder.to_owned()),
            _file: Some(file),
        })
    }

    /// The only process that there can be: nothing is kept where another could find it.
    pub(super) fn alone(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            folder: None,
            _file: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether what belongs to this name may be taken over. The name ends with that.
    pub(super) fn has_ended(&self, name: &str) -> bool {
        if name == self.name {
            return false;
        }
        let Some(folder) = &self.folder else {
            return true;
        };
        let file = match open(folder, name, false) {
            Ok(file) => file,
            // Whatever else keeps it from being opened says nothing of the process.
            Err(error) => return error.kind() == io::ErrorKind::NotFound,
        };
        match file.try_lock() {
            Ok(()) => {
                // What cannot be removed is only found ended once more.
                let _ = fs::remove_file(path(folder, name));
                true
            }
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // The lock ends by itself; an empty file that is left says nothing wrong.
            let _ = fs::remove_file(path(folder, &self.name));
        }
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.lock"))
}

fn open(folder: &Path, name: &str, is_new: bool) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(is_new)
        .open(path(folder, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_left_may_be_taken_over_once_it_has_ended_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let take = |name| Owner::take(folder.path(), name).unwrap();
        let (one, other) = (take("one"), take("other"));
        assert!(!one.has_ended(one.name()) && !one.has_ended(other.name()));
        let name = other.name().to_owned();
        drop(other);
        assert!(one.has_ended(&name));
        assert!(one.has_ended(&name), "also when it is asked again");
    }
}
