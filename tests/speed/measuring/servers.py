"""The servers that are measured against, and how each is made ready."""

import argparse
import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .processes import checked

SOURCES = Path(__file__).resolve().parents[1] / "servers"


@dataclass(frozen=True)
class Aim:
    """What a run of `okta` may take: a part of what it took before, or so many seconds beyond the
    refresh, with or without the start on top, and then with nothing `inconclusive`."""

    ratio: Optional[float] = None
    beyond_refresh: Optional[float] = None
    plus_start: bool = False


@dataclass(frozen=True)
class Server:
    """A folder of `servers/`."""

    name: str
    aim: Optional[Aim] = None
    # What has to be on the machine, how the packages come, and what starts it, with which variables.
    tools: tuple = ()
    install: tuple = ()
    command: str = ""
    env: tuple = ()
    # The folder that holds its own.
    sources: Path = SOURCES


def node(name, aim=None):
    return Server(name, aim, ("node", "npm"), (("npm", "ci", "--ignore-scripts"),), "node server.mjs")


def python(name, aim=None):
    packages = ("venv/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "-r", "requirements.txt")
    return Server(name, aim, (), ((sys.executable, "-m", "venv", "venv"), packages), "venv/bin/python server.py")


def go(name, aim=None):
    return Server(name, aim, ("go",), (("go", "build", "-o", "server", "."),), "./server")


def java(name, aim):
    tools, install = ("java", "keytool", "mvn"), (("mvn", "-B", "package"),)
    return Server(name, aim, tools, install, "./start", ("CA_FILE={ca_file}",))


DEMO = Server("demo", Aim(ratio=1 / 2))
ALL = [
    DEMO,
    node("node-jose", Aim(ratio=1 / 4)),
    python("python-pyjwt", Aim(ratio=1 / 4)),
    node("node-at-start", Aim(beyond_refresh=15)),
    python("python-at-start", Aim(beyond_refresh=15)),
    go("go-keyfunc", Aim(beyond_refresh=15, plus_start=True)),
    go("go-jwx", Aim(beyond_refresh=15, plus_start=True)),
    java("java-spring", Aim(ratio=1 / 10)),
]
NAMES = [server.name for server in ALL]


def named(text):
    """The servers of a list such as `node-jose,demo`, in their usual order."""
    names = text.split(",")
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no server is called {unknown[0]!r}; there are {', '.join(NAMES)}")
    return [server for server in ALL if server.name in names]


def install(server, cache, scratch):
    """The folder with the server and its packages. Installs them unless that was done already for
    the same files."""
    folder = cache / "servers" / server.name
    if server is DEMO or is_installed(server, folder):
        return folder
    print(f"{server.name}: installing its packages", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(server.sources / server.name, folder)
    for command in server.install:
        checked(command, scratch / f"{server.name}-install.log", cwd=folder)
    stamp(folder).write_text(digest(server))
    return folder


def is_installed(server, folder):
    return stamp(folder).exists() and stamp(folder).read_text() == digest(server)


def stamp(folder):
    return folder / ".installed"


def digest(server):
    """Of all that is committed of the server."""
    summed = hashlib.sha256(repr(server.install).encode())
    for file in sorted(file for file in (server.sources / server.name).iterdir() if file.is_file()):
        summed.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return summed.hexdigest()
