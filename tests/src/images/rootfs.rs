//! The files of an image to be, and the archive that they are imported from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::ImageError;
use crate::tool;

/// The root folder of an image, in a temporary place.
pub(super) struct RootFs {
    staging: TempDir,
}

impl RootFs {
    /// A root that holds nothing but `/tmp`, which programs expect and nothing else makes.
    pub(super) fn new() -> Result<Self, ImageError> {
        TempDir::new()
            .and_then(|staging| {
                fs::create_dir_all(staging.path().join("root/tmp"))?;
                Ok(Self { staging })
            })
            .map_err(|source| stage_error(Path::new("/tmp"), source))
    }

    /// Copies the file that `from` is or points to.
    pub(super) fn add_file(&self, from: &Path, to: impl AsRef<Path>) -> Result<(), ImageError> {
        self.place(to.as_ref())
            .and_then(|target| fs::copy(from, target))
            .map_err(|source| stage_error(from, source))?;
        Ok(())
    }

    /// Copies a whole folder, links as links.
    pub(super) fn add_folder(&self, from: &Path, to: &str) -> Result<(), ImageError> {
        let target = self.place(to.as_ref()).map_err(|source| stage_error(from, source))?;
        tool::run(Command::new("cp").arg("-RP").arg(from).arg(target))?;
        Ok(())
    }

    /// Copies the JavaScript files that lie directly in `folder`.
    pub(super) fn add_scripts(&self, folder: &Path, to: &str) -> Result<(), ImageError> {
        for script in files(folder).map_err(|source| stage_error(folder, source))? {
            if script.extension().is_some_and(|end| end == "js") {
                let name = script.file_name().unwrap_or_default();
                self.add_file(&script, Path::new(to).join(name))?;
            }
        }
        Ok(())
    }

    /// All of it as a tar archive, which depends on nothing but the files: no times, no owners.
    pub(super) fn archive(&self) -> Result<Archive<'_>, ImageError> {
        let path = self.staging.path().join("image.tar");
        tool::run(
            Command::new("tar")
                .args(["--create", "--sort=name", "--mtime=@0", "--mode=go-w"])
                .args(["--owner=0", "--group=0", "--numeric-owner", "--file"])
                .arg(&path)
                .arg("--directory")
                .arg(self.staging.path().join("root"))
                .arg("."),
        )?;
        Ok(Archive { path, _root: self })
    }

    /// Where `to` of the image lies here, its parent folder made.
    fn place(&self, to: &Path) -> io::Result<PathBuf> {
        let root = self.staging.path().join("root");
        let target = root.join(to.strip_prefix("/").unwrap_or(to));
        target.parent().map_or(Ok(()), fs::create_dir_all)?;
        Ok(target)
    }
}

/// A tar archive that lasts as long as the root it was made of.
pub(super) struct Archive<'root> {
    path: PathBuf,
    _root: &'root RootFs,
}

impl Archive<'_> {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The first 16 hexadecimal digits of a hash of the archive and `instructions`: enough to
    /// tell the images of one machine apart.
    pub(super) fn hash_with(&self, instructions: &[&str]) -> Result<String, ImageError> {
        let content = fs::read(&self.path).map_err(|source| stage_error(&self.path, source))?;
        let hash = Sha256::new().chain_update(instructions.join("\n")).chain_update(content).finalize();
        Ok(hash[..8].iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

fn stage_error(path: &Path, source: io::Error) -> ImageError {
    ImageError::Stage { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_depends_on_content_and_instructions_only() {
        let hash = |content: &str, instruction: &str| {
            let root = RootFs::new().expect("a root");
            fs::write(root.place("/file".as_ref()).expect("a place"), content).expect("a file");
            let archive = root.archive().expect("an archive");
            archive.hash_with(&[instruction]).expect("a hash")
        };

        assert_eq!(hash("a", "CMD a"), hash("a", "CMD a"));
        assert_ne!(hash("a", "CMD a"), hash("b", "CMD a"));
        assert_ne!(hash("a", "CMD a"), hash("a", "CMD b"));
    }
}
