"""Which version of a library a driver has, and how it gets another one."""

import re
import shutil
from dataclasses import replace

from measuring.processes import Failed

# What stands in front of a package's version, in each kind of manifest.
BEFORE = {
    "package.json": r'"{}": "',
    "requirements.txt": r"(?m:^{}(\[\w+\])?==)",
    "go.mod": r"{} v",
    "pom.xml": r"<artifactId>{}</artifactId>\s*<version>",
    "Cargo.toml": r'(?m:^{} = \{{ version = "=)',
}

# Where a list begins of what was pinned only because something else needs it.
DERIVED = "# What these need."

# What installs a driver whose lock file no longer fits.
UNLOCKED = {
    "package.json": (("npm", "install", "--ignore-scripts"),),
    "go.mod": (("go", "mod", "tidy"), ("go", "build", "-o", "server", ".")),
    "Cargo.toml": (("cargo", "build", "--release"),),
}


def version_of(server, package):
    manifest = manifest_in(server.sources / server.name)
    return pin(manifest, package).search(manifest.read_text())["version"]


def with_version(server, package, version, scratch):
    """The same in a copy, with another version of the package and whatever that one needs."""
    copy = scratch / f"{server.name}-{version}"
    left_out = shutil.ignore_patterns("node_modules", "target", "venv", "package-lock.json", "go.sum", "Cargo.lock")
    shutil.copytree(server.sources / server.name, copy, ignore=left_out)
    manifest = manifest_in(copy)
    text = pin(manifest, package).sub(lambda found: found["before"] + version, manifest.read_text())
    manifest.write_text(text.split(DERIVED)[0])
    return replace(server, name=copy.name, sources=scratch, install=UNLOCKED.get(manifest.name, server.install))


def manifest_in(folder):
    for name in BEFORE:
        if (folder / name).exists():
            return folder / name
    raise Failed(f"{folder.name} has no manifest: {', '.join(BEFORE)}")


def pin(manifest, package):
    """What finds the package's version."""
    pattern = re.compile(rf'(?P<before>{BEFORE[manifest.name].format(re.escape(package))})(?P<version>[^\s"<]+)')
    if not pattern.search(manifest.read_text()):
        raise Failed(f"{manifest.parent.name}/{manifest.name} pins no version of {package}")
    return pattern
