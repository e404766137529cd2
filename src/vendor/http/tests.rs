//! What the vendor is asked, how often, and what is known of it afterwards.

use std::io::Write;
use std::sync::{Arc, Mutex};

use url::Url;

use super::*;
use crate::model::Vendor;
use crate::vendor::{Kind, stub};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_failed_call_is_logged_within_a_span_that_names_vendor_operation_and_request() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let logging = tracing::subscriber::set_default(log);

    let nowhere = Url::parse("http://127.0.0.1:9").unwrap();
    let (connect, _) = stub::connect(None);
    let client = Client::new(Vendor::Plannr, nowhere, &connect).unwrap();
    let sent = client
        .send(&stub::call(), client.get("list_referrals", ["api"]))
        .await;
    assert!(sent.is_err_and(|error| error.kind == Kind::Unavailable));
    drop(logging);

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let span = format!(
        "vendor_call{{vendor=\"plannr\" operation=\"list_referrals\" request_id=\"{}\"}}",
        stub::REQUEST_ID
    );
    assert!(text.contains("WARN") && text.contains(&span), "{text}");
}
