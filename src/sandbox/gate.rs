//! Answers held back by the fault `hold`, until somebody lets them go: so that a test decides what happens first, and
//! needs no sleep for it.

use tokio::sync::watch;

/// Where held answers wait.
#[derive(Debug)]
pub(super) struct Gate(watch::Sender<Waiting>);

#[derive(Clone, Copy, Debug, Default)]
struct Waiting {
    held: usize,
    releases: u64,
}

/// One answer that is held; leaves when its client does, too.
struct Place<'a>(&'a Gate);

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(Waiting::default()))
    }
}

impl Gate {
    /// Waits for the next release.
    pub(super) async fn pass(&self) {
        let mut waiting = self.0.subscribe();
        let releases = waiting.borrow().releases;
        self.0.send_modify(|waiting| waiting.held += 1);
        let _place = Place(self);
        waiting
            .wait_for(|waiting| waiting.releases != releases)
            .await
            .expect("the sender is borrowed here, so it is not dropped");
    }

    /// Lets go all that are held now.
    pub(super) fn release(&self) {
        self.0.send_modify(|waiting| waiting.releases += 1);
    }

    /// How many are held.
    pub(super) fn held(&self) -> usize {
        self.0.borrow().held
    }

    /// Waits until so many are held at once.
    pub(super) async fn until(&self, count: usize) {
        let mut waiting = self.0.subscribe();
        waiting
            .wait_for(|waiting| waiting.held >= count)
            .await
            .expect("the sender is borrowed here, so it is not dropped");
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|waiting| waiting.held -= 1);
    }
}
