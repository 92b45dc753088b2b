//! A model of an object store that fails at its n-th operation, or at which something else happens just then.

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What happens at the operation.
pub(crate) enum Event {
    /// It is not done, and fails once.
    FailsBefore,
    /// It is done, and says that it failed.
    FailsAfter,
    /// It is not done, and neither is anything after it: the process has been killed.
    DiesBefore,
    /// It is done, and nothing after it.
    DiesAfter,
    /// Something else happens first.
    Before(Box<dyn FnOnce() + Send>),
    /// Something else happens before its answer arrives.
    After(Box<dyn FnOnce() + Send>),
}

struct Script {
    objects: Arc<InMemory>,
    operations: AtomicUsize,
    at: usize,
    event: Mutex<Option<Event>>,
    dead: Mutex<bool>,
}

/// The store, for one execution: others have the objects to themselves.
#[derive(Clone)]
pub(crate) struct Flaky(Arc<Script>);

impl Flaky {
    pub(crate) fn new(objects: Arc<InMemory>, at: usize, event: Event) -> Flaky {
        let event = Mutex::new(Some(event));
        Flaky(Arc::new(Script { objects, operations: AtomicUsize::new(0), at, event, dead: Mutex::new(false) }))
    }

    /// True where the event has come.
    pub(crate) fn happened(&self) -> bool {
        self.0.event.lock().unwrap().is_none()
    }

    /// The line is mended.
    pub(crate) fn revive(&self) {
        *self.0.dead.lock().unwrap() = false;
    }

    async fn run<T>(&self, operation: impl Future<Output = Result<T>>) -> Result<T> {
        let number = self.0.operations.fetch_add(1, Ordering::SeqCst);
        let event = if number == self.0.at { self.0.event.lock().unwrap().take() } else { None };
        if *self.0.dead.lock().unwrap() {
            return Err(failed());
        }
        match event {
            None => operation.await,
            Some(Event::FailsBefore) => Err(failed()),
            Some(Event::FailsAfter) => operation.await.and_then(|_| Err(failed())),
            Some(Event::DiesBefore) => {
                *self.0.dead.lock().unwrap() = true;
                Err(failed())
            }
            Some(Event::DiesAfter) => {
                let _ = operation.await;
                *self.0.dead.lock().unwrap() = true;
                Err(failed())
            }
            Some(Event::Before(other)) => {
                other();
                operation.await
            }
            Some(Event::After(other)) => {
                let result = operation.await;
                other();
                result
            }
        }
    }
}

fn failed() -> Error {
    Error::Generic { store: "model", source: "the line is dead".into() }
}

impl fmt::Display for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flaky")
    }
}

impl fmt::Debug for Flaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flaky")
    }
}

#[async_trait]
impl ObjectStore for Flaky {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.run(self.0.objects.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        unreachable!("objects are put in one go")
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.run(self.0.objects.get_opts(location, options)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let flaky = self.clone();
        let delete = move |location: Result<Path>| {
            let flaky = flaky.clone();
            async move {
                let location = location?;
                flaky.run(flaky.0.objects.delete(&location)).await.map(|()| location)
            }
        };
        locations.then(delete).boxed()
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        unreachable!("folders are listed one by one")
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.run(self.0.objects.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        unreachable!("nothing is copied")
    }
}
