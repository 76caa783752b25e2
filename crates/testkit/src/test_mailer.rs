//! A mailer for tests that sends nothing.

use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use services::platform::{Email, MailError, Mailer};

/// Mailer that keeps e-mails for a test to read.
#[derive(Default)]
pub struct TestMailer {
    sent: Mutex<Vec<Email>>,
    refusals: Mutex<u32>,
}

impl TestMailer {
    /// Returns the e-mails sent since the last call, and forgets them.
    pub fn take(&self) -> Vec<Email> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the next `times` e-mails fail.
    pub fn refuse(&self, times: u32) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    fn keep(&self, email: &Email) -> Result<(), MailError> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if *refusals > 0 {
            *refusals -= 1;
            return Err(MailError::NotTaken("the post office is closed".to_owned()));
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(email.clone());
        Ok(())
    }
}

impl Mailer for TestMailer {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(std::future::ready(self.keep(email)))
    }
}
