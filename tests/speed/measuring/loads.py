"""The load on a server, which is the example `load` of mock-idp, and what is read of the server meanwhile."""

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from . import builds
from .processes import Failed, checked, end, output_of, start, tail

# How long a server may take, in seconds, to give its first answer.
START = 60


def built(scratch):
    """The binary of this checkout, and the load."""
    builds.tell("building this checkout")
    command = ["cargo", "build", "--release", "--locked", "-p", "mock-idp", "--bin", "mock-idp", "--example", "load"]
    checked(command, scratch / "build.log", cwd=builds.REPOSITORY)
    metadata = output_of(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=builds.REPOSITORY)
    folder = Path(json.loads(metadata)["target_directory"], "release")
    return folder / "mock-idp", folder / "examples/load"


def run(load, kind, job, seconds=5.0, folder=None, environment=None, **amount):
    """Runs a job of `load`; what it tells."""
    done = subprocess.run(command_of(load, kind, job, seconds=seconds, **amount), capture_output=True, text=True,
                          cwd=folder, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise Failed(done.stderr.strip()[-400:])
    return json.loads(done.stdout)


def command_of(load, kind, job, **amount):
    return [str(load), json.dumps({kind: job, **amount})]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def served(command, log, load, url, folder, environment):
    """A server that has answered once."""
    process = start(command, log, cwd=folder, env={**os.environ, **environment})
    try:
        wait(process, load, url, log)
        yield process
    finally:
        end(process)


def wait(process, load, url, log):
    begin = time.monotonic()
    while time.monotonic() - begin < START:
        try:
            run(load, "repeat", {"url": url}, count=1, connections=1)
            return
        except Failed:
            time.sleep(0.05)
        if process.poll() is not None:
            raise Failed(f"ended with {process.returncode}\n{tail(log)}")
    raise Failed(f"no answer from {url} within {START} s\n{tail(log)}")


def memory(process):
    """What a server holds of the memory now (RSS), in MiB, its children too."""
    return sum(resident(pid) for pid in family(process.pid)) / 1024


def resident(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def family(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(one for child in children for one in family(int(child)))]
