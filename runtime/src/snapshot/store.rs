//! The [`Store`]: where snapshots are kept, a directory or a bucket, behind a few blocking calls.

use crate::base::{FormatError, RecoveryError};
use crate::io::{AT_ONCE, Io, PAUSES};
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as ObjectPath;
use object_store::{Error as ObjectError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

/// The folder of manifests.
pub(crate) const MANIFESTS: &str = "manifests";
/// The folder of parts.
pub(crate) const PARTS: &str = "parts";
pub(crate) use crate::base::HEAD;
/// Reads of small pieces that are under way at the same time.
const AT_A_TIME: usize = 16;

/// Where the snapshots of one flow are kept: a directory, an S3 bucket, or this process's memory.
///
/// Every call blocks until the store has answered; faults that can pass are tried again. Clones are the same store.
///
/// ```
/// use flowstone_runtime::recovery::Store;
///
/// let store = Store::open("memory://doc")?;
/// assert!(store.newest()?.is_none());
/// # Ok::<(), flowstone_runtime::recovery::RecoveryError>(())
/// ```
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    url: String,
    objects: Arc<dyn ObjectStore>,
    io: Io,
    pauses: &'static [std::time::Duration],
    /// The directory, where it is one of this machine's.
    local: Option<PathBuf>,
    /// The store's own hardware keeps what it has: no need to read everything at the start.
    keeps_checksums: bool,
}

/// The stores of `memory://NAME`, until they are forgotten: executions that come one after the other find them again.
static IN_MEMORY: LazyLock<Mutex<HashMap<String, Arc<InMemory>>>> = LazyLock::new(Mutex::default);

impl Store {
    /// Opens the store of a URL:
    ///
    /// - `/a/directory`, `a/directory`, `file:///a/directory`: made where it is missing. What is written is on the disk
    ///   before the call returns.
    /// - `s3://bucket/prefix`, with the feature `s3`: region, endpoint and credentials as the environment says
    ///   (`AWS_REGION`, `AWS_ENDPOINT`, `AWS_ACCESS_KEY_ID` …). The service must know conditional writes.
    /// - `memory://NAME`: this process's memory, for tests; the same name is the same store until [`forget`](Store::forget).
    ///
    /// # Errors
    /// [`RecoveryError::Open`] where the URL says nothing that can be opened.
    pub fn open(url: &str) -> Result<Store, RecoveryError> {
        match url.split_once("://") {
            None => Store::directory(url, Path::new(url)),
            Some(("file", _)) => match url::Url::parse(url).ok().and_then(|url| url.to_file_path().ok()) {
                Some(path) => Store::directory(url, &path),
                None => Err(cannot_open(url, "a file URL needs an absolute path: file:///a/directory", None)),
            },
            Some(("memory", name)) => {
                let mut stores = IN_MEMORY.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                let objects = stores.entry(name.to_owned()).or_default().clone();
                Store::build(url.to_owned(), objects, AT_ONCE, None, false)
            }
            Some(("s3", _)) => Store::s3(url),
            Some(_) => Err(cannot_open(url, "supported are a directory, file://, s3:// and memory://", None)),
        }
    }

    /// Forgets the store of `memory://NAME`: its memory is freed with the last use of it, and the next one of the name is empty.
    /// False where there is none.
    ///
    /// ```
    /// use flowstone_runtime::recovery::Store;
    ///
    /// let store = Store::open("memory://forgotten")?;
    /// drop(store);
    /// assert!(Store::forget("forgotten"));
    /// assert!(!Store::forget("forgotten"));
    /// # Ok::<(), flowstone_runtime::recovery::RecoveryError>(())
    /// ```
    pub fn forget(name: &str) -> bool {
        IN_MEMORY.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(name).is_some()
    }

    fn directory(url: &str, path: &Path) -> Result<Store, RecoveryError> {
        let failed =
            |cause: std::io::Error| cannot_open(url, "cannot create or open the directory", Some(Box::new(cause)));
        if url.is_empty() {
            return Err(cannot_open(url, "it is empty", None));
        }
        std::fs::create_dir_all(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let objects = LocalFileSystem::new_with_prefix(&path)
            .map_err(|cause| cannot_open(url, "cannot open the directory", Some(Box::new(cause))))?
            .with_fsync(true);
        // The entry of the directory itself, should it be new.
        if let Some(parent) = path.parent().and_then(|parent| std::fs::File::open(parent).ok()) {
            parent.sync_all().map_err(failed)?;
        }
        Store::build(url.to_owned(), Arc::new(objects), PAUSES, Some(path), false)
    }

    #[cfg(feature = "s3")]
    fn s3(url: &str) -> Result<Store, RecoveryError> {
        use object_store::ClientConfigKey;
        use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
        use object_store::prefix::PrefixStore;

        let failed = |cause: ObjectError| cannot_open(url, "its settings are not complete", Some(Box::new(cause)));
        let prefix = url::Url::parse(url).ok().map(|url| url.path().trim_matches('/').to_owned()).unwrap_or_default();
        let mut bucket = AmazonS3Builder::from_env().with_url(url);
        if std::env::var_os("AWS_TIMEOUT").is_none() {
            // A part goes up in one request, however large it is.
            bucket = bucket.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), "600s");
        }
        let bucket = bucket.build().map_err(failed)?;
        // The client tries again by itself.
        Store::build(url.to_owned(), Arc::new(PrefixStore::new(bucket, prefix)), &[], None, true)
    }

    #[cfg(not(feature = "s3"))]
    fn s3(url: &str) -> Result<Store, RecoveryError> {
        Err(cannot_open(url, "this program was built without the feature `s3` of flowstone", None))
    }

    /// The store that `objects` is, called `name` in messages. `objects` must know put-if-absent, and what it has put
    /// must be durable and visible to all at once.
    ///
    /// # Errors
    /// [`RecoveryError::Open`] where the process cannot have another runtime.
    pub fn new(name: impl Into<String>, objects: Arc<dyn ObjectStore>) -> Result<Store, RecoveryError> {
        Store::build(name.into(), objects, PAUSES, None, false)
    }

    /// [`new`](Store::new) for tests: what fails is tried again at once.
    ///
    /// # Errors
    /// As [`new`](Store::new).
    #[doc(hidden)]
    pub fn impatient(name: impl Into<String>, objects: Arc<dyn ObjectStore>) -> Result<Store, RecoveryError> {
        Store::build(name.into(), objects, AT_ONCE, None, false)
    }

    fn build(
        url: String,
        objects: Arc<dyn ObjectStore>,
        pauses: &'static [std::time::Duration],
        local: Option<PathBuf>,
        keeps_checksums: bool,
    ) -> Result<Store, RecoveryError> {
        match Io::new() {
            Ok(io) => Ok(Store(Arc::new(Inner { url, objects, io, pauses, local, keeps_checksums }))),
            Err(cause) => Err(cannot_open(&url, "no runtime can be started", Some(Box::new(cause)))),
        }
    }

    /// The URL, as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// True where reading everything once more at the start tells nothing.
    pub(crate) fn keeps_checksums(&self) -> bool {
        self.0.keeps_checksums
    }

    /// The directory of a local store.
    pub(crate) fn local(&self) -> Option<&Path> {
        self.0.local.as_deref()
    }

    fn attempt<F, T>(
        &self,
        doing: &'static str,
        object: &str,
        operation: impl Fn(Arc<dyn ObjectStore>) -> F,
    ) -> Result<T, RecoveryError>
    where
        F: Future<Output = Result<T, ObjectError>> + Send,
        T: Send,
    {
        let result = self.0.io.attempt(self.0.pauses, || operation(self.0.objects.clone()));
        result.map_err(|cause| self.failed(doing, object, cause))
    }

    fn failed(&self, doing: &'static str, object: &str, cause: ObjectError) -> RecoveryError {
        let (store, object) = (self.0.url.clone(), object.to_owned());
        match cause {
            ObjectError::NotFound { .. } => RecoveryError::Missing { store, object },
            cause => RecoveryError::Io { store, doing, object, cause: Box::new(cause) },
        }
    }

    /// Says that an object is damaged.
    pub(crate) fn damaged(&self, object: &str, cause: FormatError) -> RecoveryError {
        RecoveryError::Damaged { store: self.0.url.clone(), object: object.to_owned(), cause }
    }

    /// Writes an object, over what may be there.
    pub(crate) fn put(&self, object: &str, chunks: &[Bytes]) -> Result<(), RecoveryError> {
        let path = ObjectPath::from(object);
        self.attempt("write", object, |objects| {
            let (path, payload) = (path.clone(), chunks.iter().cloned().collect::<PutPayload>());
            async move { objects.put(&path, payload).await.map(drop) }
        })
    }

    /// Writes an object where there is none of its name; false where there is another one.
    ///
    /// A write whose answer was lost is tried again and then finds its own object: that is success too.
    pub(crate) fn put_if_absent(&self, object: &str, content: &Bytes) -> Result<bool, RecoveryError> {
        let path = ObjectPath::from(object);
        // What was there may be gone when it is looked at: then it is another try, and a few are enough.
        for _ in 0..8 {
            let created = self.attempt("write", object, |objects| {
                let (path, payload) = (path.clone(), PutPayload::from(content.clone()));
                async move {
                    match objects.put_opts(&path, payload, PutOptions::from(PutMode::Create)).await {
                        Ok(_) => Ok(true),
                        Err(ObjectError::AlreadyExists { .. }) => Ok(false),
                        Err(error) => Err(error),
                    }
                }
            })?;
            if created {
                return Ok(true);
            }
            if let Some(found) = self.get(object)? {
                return Ok(found == content);
            }
        }
        Ok(false)
    }

    /// A whole object, if there is one of that name.
    pub(crate) fn get(&self, object: &str) -> Result<Option<Bytes>, RecoveryError> {
        let path = ObjectPath::from(object);
        self.attempt("read", object, |objects| {
            let path = path.clone();
            async move {
                match objects.get(&path).await {
                    Ok(found) => found.bytes().await.map(Some),
                    Err(ObjectError::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        })
    }

    /// The size of an object in bytes, if there is one of that name.
    pub(crate) fn size(&self, object: &str) -> Result<Option<u64>, RecoveryError> {
        let path = ObjectPath::from(object);
        self.attempt("read", object, |objects| {
            let path = path.clone();
            async move {
                match objects.head(&path).await {
                    Ok(found) => Ok(Some(found.size)),
                    Err(ObjectError::NotFound { .. }) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        })
    }

    /// Some bytes of an object; fewer where it is shorter.
    pub(crate) fn get_range(&self, object: &str, range: Range<u64>) -> Result<Bytes, RecoveryError> {
        let path = ObjectPath::from(object);
        self.attempt("read", object, |objects| {
            let (path, range) = (path.clone(), range.clone());
            async move { objects.get_range(&path, range).await }
        })
    }

    /// [`get_range`](Store::get_range) of many objects, some at a time. The answers are in the order of the questions.
    pub(crate) fn get_ranges(&self, wanted: &[(&str, Range<u64>)]) -> Result<Vec<Bytes>, RecoveryError> {
        let mut answers = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(AT_A_TIME) {
            let objects = &self.0.objects;
            let together = self.0.io.run(async move {
                let reads: Vec<_> = some
                    .iter()
                    .map(|(object, range)| {
                        let (objects, path, range) = (objects.clone(), ObjectPath::from(*object), range.clone());
                        tokio::spawn(async move { objects.get_range(&path, range).await })
                    })
                    .collect();
                let mut answers = Vec::with_capacity(reads.len());
                for read in reads {
                    answers.push(read.await);
                }
                answers
            });
            for (answer, (object, range)) in together.into_iter().zip(some) {
                answers.push(match answer {
                    Ok(Ok(bytes)) => bytes,
                    // One at a time, with patience.
                    _ => self.get_range(object, range.clone())?,
                });
            }
        }
        Ok(answers)
    }

    /// Removes an object; one that is not there is removed.
    pub(crate) fn remove(&self, object: &str) -> Result<(), RecoveryError> {
        let path = ObjectPath::from(object);
        self.attempt("remove", object, |objects| {
            let path = path.clone();
            async move {
                match objects.delete(&path).await {
                    Err(ObjectError::NotFound { .. }) => Ok(()),
                    result => result,
                }
            }
        })
    }

    /// The objects of a folder and their sizes.
    pub(crate) fn list(&self, folder: &str) -> Result<BTreeMap<String, u64>, RecoveryError> {
        let path = ObjectPath::from(folder);
        let listed = self.attempt("list", folder, |objects| {
            let path = path.clone();
            async move { objects.list_with_delimiter(Some(&path)).await }
        })?;
        Ok(listed.objects.into_iter().map(|object| (object.location.to_string(), object.size)).collect())
    }
}

fn cannot_open(url: &str, what: &str, cause: Option<Box<dyn std::error::Error + Send + Sync>>) -> RecoveryError {
    RecoveryError::Open { url: url.to_owned(), what: what.to_owned(), cause }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.0.url)
    }
}
