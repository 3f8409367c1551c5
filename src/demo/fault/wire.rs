//! Connections that can be told to break off or to drip.
//!
//! What a client sees of a lost answer happens below HTTP, where a handler has no say. So each
//! connection hands a [`Handle`] to its handlers, by which they set the [`Manner`] in which the next
//! answer's bytes go out.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{self, IncomingStream},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::{Sleep, sleep},
};

/// What ends an answer's head.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// How an answer's bytes go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As they come.
    Usual,
    /// Not at all: the connection is closed.
    Closed,
    /// Not at all: the connection is reset.
    Reset,
    /// So many bytes of the body, then the connection is closed.
    Cut(usize),
    /// A body of `length` bytes goes out byte by byte, with a pause in between.
    Drip { length: usize, pause: Duration },
}

/// By this, handlers tell their connection how to go on.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Handle(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    manner: Manner,
    head: Head,
}

impl Handle {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(State { manner: Manner::Usual, head: Head::default() })))
    }

    /// Sets how the next answer goes out. To be called when the request was read to its end: a
    /// connection that is closed over unread bytes is reset by the system.
    pub(super) fn set(&self, manner: Manner) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { manner, head: Head::default() };
    }
}

impl Connected<IncomingStream<'_, Listener>> for Handle {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().handle.clone()
    }
}

/// A listener on TCP whose connections can be told to misbehave.
pub(in crate::demo) struct Listener(pub(in crate::demo) TcpListener);

impl serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = serve::Listener::accept(&mut self.0).await;
        // Answers are small and awaited one by one: Nagle's algorithm would only delay them.
        _ = stream.set_nodelay(true);
        (Connection { stream, handle: Handle::new(), pause: None }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that can be told to misbehave.
pub(in crate::demo) struct Connection {
    stream: TcpStream,
    handle: Handle,
    /// Runs before the next byte that drips.
    pause: Option<Pin<Box<Sleep>>>,
}

/// How far the head of an answer was seen.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    /// How much of [`END_OF_HEAD`] came last; all of it once the head is over.
    matched: usize,
}

impl Head {
    fn is_over(self) -> bool {
        self.matched == END_OF_HEAD.len()
    }

    /// With the next byte.
    fn after(self, byte: u8) -> Self {
        let matched = match END_OF_HEAD.get(self.matched) {
            None => self.matched,
            Some(expected) if *expected == byte => self.matched + 1,
            Some(_) => usize::from(byte == b'\r'),
        };
        Self { matched }
    }

    fn after_all(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |head, byte| head.after(*byte))
    }

    /// The bytes that still belong to the head.
    fn part_of(mut self, bytes: &[u8]) -> &[u8] {
        let is_of_it = |byte: &&u8| {
            let is_over = self.is_over();
            self = self.after(**byte);
            !is_over
        };
        first(bytes, bytes.iter().take_while(is_of_it).count())
    }
}

/// The first `count` bytes, or all where there are fewer.
fn first(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(..count).unwrap_or(bytes)
}

/// What the server is told, so that it gives the connection up, and with it the socket.
fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "broken off on demand")
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, handle, pause: paused } = self.get_mut();
        let mut state = handle.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State { manner, head } = &mut *state;
        let mut write = |bytes: &[u8]| Pin::new(&mut *stream).poll_write(context, bytes);
        match manner {
            Manner::Usual => write(bytes),
            Manner::Cut(_) | Manner::Drip { .. } if !head.is_over() => {
                let written = ready!(write(head.part_of(bytes)))?;
                *head = head.after_all(first(bytes, written));
                Poll::Ready(Ok(written))
            }
            Manner::Closed | Manner::Cut(0) => Poll::Ready(Err(broken_off())),
            Manner::Reset => {
                stream.set_zero_linger()?;
                Poll::Ready(Err(broken_off()))
            }
            Manner::Cut(left) => {
                let written = ready!(write(first(bytes, *left)))?;
                *left -= written;
                Poll::Ready(Ok(written))
            }
            Manner::Drip { length: 0, .. } => {
                *manner = Manner::Usual;
                write(bytes)
            }
            Manner::Drip { length: left, pause } => {
                if let Some(sleep) = paused {
                    ready!(sleep.as_mut().poll(context));
                    *paused = None;
                }
                let written = ready!(Pin::new(&mut *stream).poll_write(context, first(bytes, 1)))?;
                *left = left.saturating_sub(written);
                *paused = (*left > 0).then(|| Box::pin(sleep(*pause)));
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, handle, .. } = self.get_mut();
        ready!(Pin::new(stream).poll_flush(context))?;
        let state = handle.0.lock().unwrap_or_else(PoisonError::into_inner);
        // An answer without a body has no byte at which it could be cut.
        if state.manner == Manner::Cut(0) && state.head.is_over() {
            return Poll::Ready(Err(broken_off()));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line_however_it_comes() {
        for (bytes, length) in [
            (&b"HTTP/1.1 200 OK\r\n\r\n{}"[..], 19),
            (b"a\r\nb\r\r\n\r\nc", 9),
            (b"a\r\n\rb\r\n\r\n", 9),
            (b"a\r\n", 3),
            (b"", 0),
        ] {
            assert_eq!(Head::default().part_of(bytes).len(), length);
            for split in 0..=length {
                let (first, second) = bytes.split_at(split);
                let head = Head::default().after_all(first);
                assert_eq!(head.part_of(second).len(), length - split);
            }
        }
    }
}
