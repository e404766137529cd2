//! What this process asks of the system for itself, at its start.

#[cfg(target_os = "linux")]
use rustix::thread::disable_transparent_huge_pages;

/// Asks for memory in small pages. The allocator asks for pages of 2 MB, and whoever first touches one waits until all of it is
/// cleared: on a virtual machine whose host has yet to find that memory, 7 ms were measured, in which a thread looks after
/// nobody (`cargo bench --bench edge -- slow`). Growing in small steps costs a little more in all and nobody notices it.
pub fn small_pages() {
    // Only a kernel older than any that is looked after refuses it, and pauses are all that comes of that.
    #[cfg(target_os = "linux")]
    disable_transparent_huge_pages(true).ok();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::transparent_huge_pages_are_disabled;

    #[test]
    fn afterwards_no_thread_of_the_process_is_given_huge_pages() {
        super::small_pages();
        let elsewhere = std::thread::spawn(transparent_huge_pages_are_disabled);
        assert_eq!(elsewhere.join().unwrap(), Ok(true));
    }
}
