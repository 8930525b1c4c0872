//! Files to be uploaded: from a path, from memory, or from a reader.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Bytes;
use tokio::io::AsyncRead;

use crate::transport::BoxFuture;

/// A file to be uploaded. What comes from a path or a reader is read while it is sent and never held in memory.
///
/// ```
/// use apigen_runtime::Upload;
///
/// let from_disk = Upload::path("covers/emma.png").content_type("image/png");
/// let from_memory = Upload::bytes("note.txt", "Present: Mira.\n");
/// let from_anywhere = Upload::reader("log.txt", tokio::io::empty()).length(0);
/// ```
pub struct Upload {
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) length: Option<u64>,
    pub(crate) source: Source,
}

pub(crate) type Reader = Box<dyn AsyncRead + Send + Unpin>;

/// Where the content comes from.
pub(crate) enum Source {
    Path(OnDisk),
    Bytes(Bytes),
    /// `None` once it has been sent: a reader cannot be read twice. The mutex is never locked; it lets a call be shared.
    Reader(Option<Mutex<Reader>>),
}

/// A file on disk. It is measured and opened by pointers, so that programs that send none contain no code for files.
pub(crate) struct OnDisk {
    path: PathBuf,
    measure: fn(PathBuf) -> Work<u64>,
    open: fn(PathBuf) -> Work<(Reader, u64)>,
}

type Work<T> = BoxFuture<'static, io::Result<T>>;

impl Upload {
    /// A file on disk, under its own name. It is opened when the request is sent, and again if it is repeated.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { name, content_type: None, length: None, source: Source::Path(OnDisk::new(path)) }
    }

    /// A file in memory, with its name.
    pub fn bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let length = u64::try_from(content.len()).ok();
        Self { name: name.into(), content_type: None, length, source: Source::Bytes(content) }
    }

    /// A file that is read from anywhere, with its name. The request cannot be repeated. Say its
    /// [`length`](Upload::length) if it is known: not every server takes a body of unknown length.
    pub fn reader(name: impl Into<String>, reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let source = Source::Reader(Some(Mutex::new(Box::new(reader) as Reader)));
        Self { name: name.into(), content_type: None, length: None, source }
    }

    /// The name that the server is told.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The media type that the server is told; `application/octet-stream` unless set.
    #[must_use]
    pub fn content_type(self, content_type: impl Into<String>) -> Self {
        Self { content_type: Some(content_type.into()), ..self }
    }

    /// The number of bytes that a reader holds. The request fails if it holds another number.
    #[must_use]
    pub fn length(self, length: u64) -> Self {
        match self.source {
            Source::Reader(_) => Self { length: Some(length), ..self },
            Source::Path(_) | Source::Bytes(_) => self,
        }
    }

    /// Finds out how large a file on disk is. One that cannot be looked at keeps an unknown length: it cannot be
    /// opened either, and that error says more.
    pub(crate) async fn measure(&mut self) {
        if let Source::Path(file) = &self.source {
            self.length = (file.measure)(file.path.clone()).await.ok();
        }
    }

    /// Whether it can be sent a second time.
    pub(crate) fn is_replayable(&self) -> bool {
        match self.source {
            Source::Path(_) | Source::Bytes(_) => true,
            Source::Reader(_) => false,
        }
    }
}

impl OnDisk {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            measure: |path| Box::pin(async move { Ok(tokio::fs::metadata(path).await?.len()) }),
            open: |path| {
                Box::pin(async move {
                    let file = tokio::fs::File::open(path).await?;
                    let length = file.metadata().await?.len();
                    Ok((Box::new(file) as Reader, length))
                })
            },
        }
    }

    /// What reads the file, and how many bytes it holds.
    pub(crate) async fn open(&self) -> io::Result<(Reader, u64)> {
        (self.open)(self.path.clone()).await
    }
}

impl From<&Path> for Upload {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, content_type, length, source: _ } = self;
        f.debug_struct("Upload")
            .field("name", name)
            .field("content_type", content_type)
            .field("length", length)
            .finish_non_exhaustive()
    }
}
