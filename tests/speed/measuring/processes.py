"""Runs programs, and leaves none of them behind."""

import os
import signal
import subprocess

# How long a program may take, in seconds, to end when it is asked to.
GRACE = 15

# How much of what it printed is shown of a program that failed.
LAST_LINES = 15


class Failed(Exception):
    """What could not be done, and what was said about it."""


def start(command, log, **settings):
    """Starts a command that says what it says in the file `log`. Each has a group of its own, so that
    Ctrl-C reaches it through `end` only."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True, **settings)


def run(command, log, limit=None, **settings):
    """Runs a command to its end; gives back its exit status, or None where `limit` seconds passed."""
    process = None
    try:
        process = start(command, log, **settings)
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process and process.poll() is None:
            end(process)


def checked(command, log, **settings):
    """Runs a command that has to succeed."""
    status = run(command, log, **settings)
    if status != 0:
        raise Failed(f"{' '.join(map(str, command))} ended with {status}\n{tail(log)}")


def output_of(command, **settings):
    """What a quick command prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **settings)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stderr.strip()}")
    return done.stdout.strip()


def tail(log):
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])


def end(process):
    """Ends a process with its group. The server that badpenny started is in another one, and ends
    with badpenny, whichever way that does."""
    signal_group(process, signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        pass
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
