//! Cores that do not rest. A virtual machine's core with nothing to do is given to others by its host, and comes back late
//! and with empty caches: of a time of one or two milliseconds after a rest that is a third, whatever program it is. What
//! is measured beside it with the cores kept awake is the program's own part.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a process of this program is to be called with, to keep a core awake.
pub(crate) const WORD: &str = "awake";

/// They end by themselves, whatever becomes of who started them.
const LONGEST: Duration = Duration::from_mins(2);

/// Keeps all cores awake until it is dropped.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    /// One process for each core, of a kind that gives way to every other at once.
    pub(crate) fn keep() -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let program = std::env::current_exe()?;
        let mut kept = Self(Vec::new());
        for _ in 0..cores {
            let mut command = Command::new("chrt");
            command.args(["--idle", "0"]).arg(&program).arg(WORD);
            kept.0.push(command.stdin(Stdio::null()).spawn()?);
        }
        // Until they run.
        std::thread::sleep(Duration::from_millis(200));
        for child in &mut kept.0 {
            if child.try_wait()?.is_some() {
                return Err(std::io::Error::other("chrt did not start it"));
            }
        }
        Ok(kept)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for child in &mut self.0 {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Computes, and takes no memory away from anyone.
pub(crate) fn stay() {
    let began = Instant::now();
    let mut number = 1_u64;
    while began.elapsed() < LONGEST {
        for _ in 0..1_000_000 {
            number = std::hint::black_box(
                number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
        }
    }
}
