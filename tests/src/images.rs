//! Container images made of what this machine has, so that no test pulls one from a registry.
//!
//! Every image carries [`LABEL`] and is tagged with a hash of its content: an unchanged one is
//! not built again. `docker image prune --all --filter label=org.badpenny.test` removes them.

mod rootfs;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use self::rootfs::RootFs;
use crate::node;
use crate::tool::{self, ToolError};

/// Label of every image that is built here.
pub const LABEL: &str = "org.badpenny.test=true";

/// Whether a Docker engine answers on this machine. `.ci/docker-engine` starts one.
#[must_use]
pub fn engine_answers() -> bool {
    docker(&["version", "--format", "{{.Server.Version}}"]).is_ok()
}

/// Tag of an image with this machine's `node`, the scripts of `app_dir` and `node_modules`.
///
/// It runs `node index.js`, listens on every address of the container, and takes its port from
/// `SERVER_PORT`, 8080 by default.
///
/// # Errors
///
/// [`ImageError::Tool`] if `node`, `ldd`, `cp`, `tar` or `docker` fails, [`ImageError::Stage`] if
/// a file can't be copied.
pub fn node_image(app_dir: &Path, node_modules: &Path) -> Result<String, ImageError> {
    let root = RootFs::new()?;
    let node = node::executable()?;
    root.add_file(&node, "usr/bin/node")?;
    for library in libraries(&node)? {
        root.add_file(&library, &library)?;
    }
    root.add_scripts(app_dir, "app")?;
    root.add_folder(node_modules, "app/node_modules")?;
    import(
        &root,
        "node-okta-express",
        &["WORKDIR /app", "ENV SERVER_HOST=0.0.0.0", "EXPOSE 8080", r#"CMD ["node", "index.js"]"#],
    )
}

/// Tag of the image `badpenny-test/NAME` that holds nothing but `binary`, as `/NAME`, and runs
/// it with the arguments of `command`.
///
/// `binary` must be linked statically: with the GNU C library that takes
/// `RUSTFLAGS='-C target-feature=+crt-static' cargo build --target x86_64-unknown-linux-gnu`.
///
/// # Errors
///
/// [`ImageError::NotStatic`] if `binary` needs libraries, [`ImageError::Tool`] if `tar` or
/// `docker` fails, [`ImageError::Stage`] if `binary` can't be copied.
pub fn static_binary_image(binary: &Path, name: &str, command: &[&str]) -> Result<String, ImageError> {
    // For some static binaries ldd has no list but an error.
    if !libraries(binary).unwrap_or_default().is_empty() {
        return Err(ImageError::NotStatic { path: binary.to_owned() });
    }
    let root = RootFs::new()?;
    root.add_file(binary, name)?;
    let entrypoint = format!("ENTRYPOINT {}", serde_json::json!([format!("/{name}")]));
    let arguments = format!("CMD {}", serde_json::json!(command));
    import(&root, name, &[&entrypoint, &arguments])
}

/// Why there is no image.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// When a file can't be copied into the image.
    #[error("cannot put {} into the image", path.display())]
    Stage {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// When a binary for an empty image needs shared libraries.
    #[error("{} needs shared libraries: link it with -C target-feature=+crt-static", path.display())]
    NotStatic {
        /// The binary.
        path: PathBuf,
    },
    /// When a program that builds the image fails.
    #[error("cannot build the image")]
    Tool(#[from] ToolError),
}

/// Makes the image, unless one of the same content is there, and returns its tag.
fn import(root: &RootFs, name: &str, instructions: &[&str]) -> Result<String, ImageError> {
    let archive = root.archive()?;
    let hash = archive.hash_with(instructions)?;
    let tag = format!("badpenny-test/{name}:{hash}");
    if docker(&["image", "inspect", &tag]).is_err() {
        tool::run(
            Command::new("docker")
                .arg("import")
                .args(["--change", &format!("LABEL {LABEL}")])
                .args(instructions.iter().flat_map(|line| ["--change", line]))
                .arg(archive.path())
                .arg(&tag),
        )?;
    }
    Ok(tag)
}

/// The shared libraries that `program` is linked with, its loader among them.
fn libraries(program: &Path) -> Result<Vec<PathBuf>, ToolError> {
    let listing = tool::run(Command::new("ldd").arg(program))?;
    Ok(library_paths(&listing))
}

/// The paths in what `ldd` prints, one library a line: `libm.so.6 => /lib/libm.so.6 (0x7f)`.
fn library_paths(listing: &str) -> Vec<PathBuf> {
    listing
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
        .map(PathBuf::from)
        .collect()
}

fn docker(arguments: &[&str]) -> Result<String, ToolError> {
    tool::run(Command::new("docker").args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ldd_names_a_library_after_its_arrow_and_the_loader_alone() {
        let listing = "\tlinux-vdso.so.1 (0x00007fb0)\n\
                       \tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fb0)\n\
                       \t/lib64/ld-linux-x86-64.so.2 (0x00007fb0)";

        assert_eq!(
            library_paths(listing),
            [PathBuf::from("/lib/x86_64-linux-gnu/libm.so.6"), PathBuf::from("/lib64/ld-linux-x86-64.so.2"),]
        );
    }

    #[test]
    fn a_binary_that_needs_libraries_is_refused() {
        let error = static_binary_image(Path::new("/bin/sh"), "sh", &[]).expect_err("not static");

        assert!(matches!(error, ImageError::NotStatic { .. }), "{error}");
    }
}
