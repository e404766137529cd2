//! Where a rotated refresh token is kept: one file per workspace, readable by its owner alone, replaced as a whole. It
//! holds as long as the configured token that it descends from is still the configured one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::warn;
use zeroize::Zeroizing;

use crate::model::Workspace;

/// What stays readable in a file's name.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// The file of one workspace; without a folder, nothing is kept.
#[derive(Clone)]
pub(super) struct Store {
    place: Option<(PathBuf, String)>,
    configured_sha256: String,
}

/// What is in the file.
#[derive(Serialize, Deserialize)]
struct Kept {
    refresh_token: Zeroizing<String>,
    configured_sha256: String,
}

impl Store {
    /// The store below `data_dir` for what descends from the configured token.
    pub(super) fn new(
        data_dir: Option<&Path>,
        workspace: &Workspace,
        configured: &SecretString,
    ) -> Self {
        let name = utf8_percent_encode(workspace.as_str(), ENCODED);
        let file = format!("partner-center-{name}.json");
        let digest = Sha256::digest(configured.expose_secret());
        Self {
            place: data_dir.map(|folder| (folder.to_owned(), file)),
            configured_sha256: URL_SAFE_NO_PAD.encode(digest),
        }
    }

    /// The token kept, unless another one has been configured since. An unreadable file is told and passed over.
    pub(super) fn load(&self) -> Option<SecretString> {
        let (folder, file) = self.place.as_ref()?;
        let path = folder.join(file);
        let kept = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice::<Kept>(&Zeroizing::new(bytes)).ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                warn!(path = %path.display(), problem = %error.kind(), "the kept refresh token cannot be read; the configured one is used");
                return None;
            }
        };
        let Some(kept) = kept.filter(|kept| !kept.refresh_token.is_empty()) else {
            warn!(path = %path.display(), "the file of the kept refresh token is damaged; the configured one is used");
            return None;
        };
        (kept.configured_sha256 == self.configured_sha256)
            .then(|| kept.refresh_token.as_str().into())
    }

    /// Forgets the token kept.
    pub(super) fn forget(&self) -> io::Result<()> {
        let Some((folder, file)) = &self.place else {
            return Ok(());
        };
        match fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps a token. When this returns without an error, it outlives a power cut.
    pub(super) fn save(&self, token: &SecretString) -> io::Result<()> {
        let Some((folder, file)) = &self.place else {
            return Ok(());
        };
        let kept = Zeroizing::new(serde_json::to_vec(&Kept {
            refresh_token: Zeroizing::new(token.expose_secret().to_owned()),
            configured_sha256: self.configured_sha256.clone(),
        })?);
        fs::create_dir_all(folder)?;
        let temporary = folder.join(format!(".{file}.new"));
        // One left by a crash would keep its own mode.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options.open(&temporary)?;
        out.write_all(&kept)?;
        out.sync_all()?;
        fs::rename(&temporary, folder.join(file))?;
        // The new name is in the folder only once the folder itself is written.
        if cfg!(unix) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}
