//! A connection's stream with an eye on the time: a head that does not arrive, a connection that idles, a client that
//! does not read. Time within which the gateway itself is busy with a request is bound by the request's deadline.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::counts::End;
use crate::config::edge::Edge;

/// Where a connection stands. The stream and the service share it.
#[derive(Default)]
pub(super) struct Progress {
    phase: AtomicU8,
    given_up: AtomicU8,
    ending: AtomicBool,
}

/// Nothing of a request has come.
const IDLE: u8 = 0;
/// The head of one is coming.
const HEAD: u8 = 1;
/// One is being answered.
const BUSY: u8 = 2;
/// The whole answer was handed over, and is being sent.
const ANSWERED: u8 = 3;

/// The stream of a connection.
pub(super) struct Watched<T> {
    stream: T,
    progress: Arc<Progress>,
    bounds: Edge,
    is_first: bool,
    /// Whether the time that it may still stay open at the end runs.
    is_draining: bool,
    reading: Alarm,
    writing: Alarm,
}

/// Rings at a time, if it is set.
#[derive(Default)]
struct Alarm {
    at: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Progress {
    /// The head of a request has come whole.
    pub(super) fn request_came(&self) {
        self.phase.store(BUSY, Ordering::Relaxed);
    }

    /// The answer was handed over.
    pub(super) fn answer_given(&self) {
        self.phase.store(ANSWERED, Ordering::Relaxed);
    }

    /// The next answer is to be the last. The connection has to be polled after this, so that its time runs.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Whether the next answer is to be the last.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    /// Why the connection was given up, if it was.
    pub(super) fn given_up(&self) -> Option<End> {
        let number = self.given_up.load(Ordering::Relaxed).checked_sub(1)?;
        End::ALL.get(usize::from(number)).copied()
    }

    fn give_up(&self, end: End) {
        self.given_up.store(end as u8 + 1, Ordering::Relaxed);
    }

    fn moves(&self, from: u8, to: u8) -> bool {
        let order = Ordering::Relaxed;
        self.phase.compare_exchange(from, to, order, order).is_ok()
    }
}

impl<T> Watched<T> {
    pub(super) fn new(stream: T, progress: Arc<Progress>, bounds: Edge) -> Self {
        Self {
            stream,
            progress,
            bounds,
            is_first: true,
            is_draining: false,
            reading: Alarm::default(),
            writing: Alarm::default(),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(cx, buffer) {
            if buffer.filled().len() > before && this.progress.moves(IDLE, HEAD) {
                this.reading.at = None;
            }
            return Poll::Ready(read);
        }
        let phase = this.progress.phase.load(Ordering::Relaxed);
        if phase == IDLE && this.progress.is_ending() && !this.is_draining {
            this.is_draining = true;
            this.reading.at = None;
        }
        let (bound, end) = match phase {
            IDLE if this.is_draining => (this.bounds.drain_timeout, End::Shutdown),
            IDLE if this.is_first => (this.bounds.header_timeout, End::HeaderTimeout),
            IDLE => (this.bounds.idle_timeout, End::Idle),
            HEAD => (this.bounds.header_timeout, End::HeaderTimeout),
            _ => return Poll::Pending,
        };
        ready!(this.reading.poll(cx, bound));
        this.progress.give_up(end);
        if matches!(end, End::Idle | End::Shutdown) {
            // As if the client had closed it: nothing is amiss.
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> Watched<T> {
    /// Passes on what came of writing, if it did not take too long. The time runs from when the client first lets us wait
    /// until it has taken everything: however slowly it reads, that is the end of it.
    fn in_time<R>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if written.is_ready() {
            return written;
        }
        ready!(self.writing.poll(cx, self.bounds.answer_timeout));
        self.progress.give_up(End::SlowReader);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        ready!(self.in_time(cx, flushed))?;
        self.writing.at = None;
        if self.progress.moves(ANSWERED, IDLE) {
            let this = &mut *self;
            this.is_first = false;
            this.is_draining = this.progress.is_ending();
            this.reading.at = None;
            let bound = if this.is_draining {
                this.bounds.drain_timeout
            } else {
                this.bounds.idle_timeout
            };
            // hyper reads again when something has come, or when it is woken: nothing else would look at the time.
            if this.reading.poll(cx, bound).is_ready() {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Alarm {
    /// Ready once this much time has passed since it was first asked.
    fn poll(&mut self, cx: &mut Context<'_>, bound: Duration) -> Poll<()> {
        let at = *self.at.get_or_insert_with(|| Instant::now() + bound);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at)));
        // A sleep that ends too early is moved when it does: as a rule the next request has come by then, and every
        // request would move it otherwise.
        if sleep.deadline() > at {
            sleep.as_mut().reset(at);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= at {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(at);
        }
    }
}
