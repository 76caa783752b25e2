//! Letters that leave no house.

use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use services::platform::{Mail, MailError, Mailer};

/// Keeps letters for a test to read.
#[derive(Default)]
pub struct Letters {
    sent: Mutex<Vec<Mail>>,
    refusals: Mutex<u32>,
}

impl Letters {
    /// Takes what was sent so far.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refuses the next letters.
    pub fn refuse(&self, times: u32) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    fn keep(&self, mail: &Mail) -> Result<(), MailError> {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if *refusals > 0 {
            *refusals -= 1;
            return Err(MailError::NotTaken("the post office is closed".to_owned()));
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Ok(())
    }
}

impl Mailer for Letters {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(std::future::ready(self.keep(mail)))
    }
}
