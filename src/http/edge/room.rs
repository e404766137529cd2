//! Room in the kernel's table of this process's descriptors. The table grows by doubling, and for a process of several
//! threads the kernel then waits for all processors: whoever accepts the 65th, 129th, ... connection stands still for some
//! milliseconds, and with it whatever else its thread looks after. So it grows once, before anyone is connected.

use std::os::fd::AsFd;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::process::{Resource, getrlimit};
use tracing::debug;

/// Descriptors for what is no client's connection: vendors' connections, the ledger, files.
const OTHERS: usize = 512;

/// Makes room for so many connections, as far as the process may have so many. `any` is a descriptor that it has.
pub(super) fn make(any: impl AsFd, connections: usize) {
    let wanted = u64::try_from(connections.saturating_add(OTHERS)).unwrap_or(u64::MAX);
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let last = wanted.min(allowed).saturating_sub(1);
    // A copy with a high number makes the table as long as that, and it stays so when the copy is closed again.
    let copied = i32::try_from(last).map(|last| fcntl_dupfd_cloexec(any, last));
    if !matches!(copied, Ok(Ok(_))) {
        debug!("no room was made for connections");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::TcpListener;

    use rustix::process::{Resource, getrlimit};

    fn size() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("FDSize:"));
        let (_, size) = line.unwrap().split_once('\t').unwrap();
        size.parse().unwrap()
    }

    fn open() -> usize {
        fs::read_dir("/proc/self/fd").unwrap().count()
    }

    #[test]
    fn there_is_room_afterwards_and_nothing_more_is_open() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let before = open();
        super::make(&listener, 3_000);
        let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        assert!(size() >= allowed.min(3_000), "{}", size());
        assert_eq!(open(), before);
        super::make(&listener, usize::MAX);
        assert_eq!(open(), before);
    }
}
