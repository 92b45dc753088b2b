//! The progress bar: bytes read of the bytes there are, on a terminal only.

use crate::worker::Shared;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// A bar that is drawn by a thread of its own until it is dropped.
pub(crate) struct Bar(Option<(Sender<()>, JoinHandle<()>)>);

const REDRAW: Duration = Duration::from_millis(100);

impl Bar {
    pub(crate) fn start(flow: &'static str, shared: &Arc<Shared>) -> Bar {
        if !std::io::stderr().is_terminal() {
            return Bar(None);
        }
        let shared = Arc::clone(shared);
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_message(flow);
            if let Ok(style) =
                ProgressStyle::with_template("{msg} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec} {eta}")
            {
                bar.set_style(style);
            }
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(REDRAW) {
                let progress = shared.progress();
                if progress.total > 0 {
                    bar.set_length(progress.total);
                    bar.set_position(progress.done.min(progress.total));
                }
            }
            bar.finish_and_clear();
        });
        Bar(Some((stop, thread)))
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}
