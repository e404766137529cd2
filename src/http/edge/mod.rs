//! Where connections come in: HTTP/1.1 alone, each connection bounded in number, size and time. HTTP/2 without TLS is not
//! spoken: such a connection is closed at its preface, before anything of it is taken for a request.
//!
//! - [`accept`](Edge::accept): one loop; at the cap a further connection is closed as it comes. It could wait in the
//!   kernel's queue instead, but there it looks alive to its client and to a load balancer, which then wait in vain.
//! - `stream`: a head that does not arrive, a connection that idles, a client that does not read.
//! - `rules`: what RFC 9112 wants of a request and hyper leaves to its caller.
//! - `connection`: one connection from its first byte to its last.

mod accepting;
mod connection;
mod counts;
mod room;
mod rules;
mod stream;
#[cfg(test)]
mod tests;

pub use accepting::Edge;
pub(super) use counts::Readings;
pub use counts::{Connections, End};
pub(crate) use rules::is_host;
