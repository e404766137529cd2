//! Requests for a connection.

use super::lists::List;
use super::refused::Refusals;
use super::trace::{Likeness, Made as _};
use super::{Adapter, map};
use crate::model::{Connection, Direction, Write};
use crate::vendor::wire::{Row, read_row};
use crate::vendor::write::{Sent, Settled, Written};
use crate::vendor::{Call, Result};

/// A connection does not show the key by which it was asked for, so any two requests could have made it.
pub(super) const TWIN: &str = "connection";

const REFUSALS: Refusals = Refusals {
    fields: &[("adviser_key", "adviserKey")],
    forbidden: "Plannr does not let this account ask for this connection.",
    missing: "Plannr knows no adviser by this key.",
    conflict: "Plannr says that this conflicts with what is there. Usually there is a connection with this adviser already, or a request for one.",
};

impl Adapter {
    pub(super) async fn request_connection(
        &self,
        call: &Call,
        adviser_key: &str,
        sent: &Sent,
    ) -> Result<Written> {
        match self.client.request_connection(call, adviser_key).await {
            Ok(answer) => {
                let read = read_row(&answer.json::<Row>()?, map::connection);
                let connection: Connection = read.map_err(|it| answer.unreadable(&it))?;
                Ok(Written::Applied(connection.effect()))
            }
            Err(error) => {
                let adviser_key = adviser_key.to_owned();
                let write = Write::RequestConnection { adviser_key };
                self.refused(call, &write, sent, error, &REFUSALS).await
            }
        }
    }

    /// Whatever has come of the request meanwhile: the adviser may have answered it at once.
    pub(super) async fn settle_connection(&self, call: &Call, sent: &Sent) -> Result<Settled> {
        let likeness = |connection: &Connection| match connection.direction {
            Some(Direction::Received) => Likeness::Another,
            _ => Likeness::Same,
        };
        self.trace(call, List::Connections, sent, map::connection, likeness)
            .await
    }
}
