//! A connection that breaks when the other side stays silent. TCP alone does not notice a peer that has gone without a word: a
//! statement sent to it would be waited for without end, and the pool would run out of connections.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

/// A stream whose reads fail with `TimedOut` once something was sent and nothing came back for `longest`.
pub(super) struct SilenceLimit<S> {
    stream: S,
    longest: Duration,
    /// Runs out `longest` after the first bytes that were not answered yet.
    timer: Pin<Box<Sleep>>,
    is_waiting: bool,
}

impl<S> SilenceLimit<S> {
    /// Limits the silence of `stream`. Must be called inside a Tokio runtime.
    pub(super) fn new(stream: S, longest: Duration) -> Self {
        Self { stream, longest, timer: Box::pin(sleep(longest)), is_waiting: false }
    }

    /// Starts the timer unless it runs already, and has the task woken when it ends.
    fn expect_answer(&mut self, context: &mut Context<'_>) {
        if !self.is_waiting {
            self.is_waiting = true;
            self.timer.as_mut().reset(Instant::now() + self.longest);
        }
        // whether it has run out is asked by the next read, for which this wakes the task
        let _wakes_the_task = self.timer.as_mut().poll(context);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SilenceLimit<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.is_waiting = false;
            return read;
        }
        if self.is_waiting && self.timer.as_mut().poll(context).is_ready() {
            let silence = format!("the database said nothing for {} s", self.longest.as_secs());
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, silence)));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SilenceLimit<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.expect_answer(context);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn silence_after_a_question_breaks_the_connection_and_silence_without_one_does_not() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let longest = Duration::from_millis(50);
        let mut stream = SilenceLimit::new(ours, longest);
        let mut byte = [0];
        let idle = tokio::time::timeout(longest * 4, stream.read(&mut byte)).await;
        assert!(idle.is_err(), "nobody was asked anything");
        stream.write_all(b"?").await.unwrap();
        theirs.write_all(b"!").await.unwrap();
        assert_eq!(stream.read(&mut byte).await.unwrap(), 1);
        stream.write_all(b"?").await.unwrap();
        let asked = Instant::now();
        assert_eq!(stream.read(&mut byte).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(asked.elapsed() >= longest);
    }
}
