"""The two release builds that are compared."""

import json
import shutil
import sys
from pathlib import Path

from .processes import Failed, checked, output_of

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = ("cargo", "build", "--release", "--locked", "-p", "badpenny")


def earlier(commit, cache, scratch):
    """The program of an earlier commit: `CACHE/<commit>/target/release/badpenny`, built if it is
    not there yet. A commit never changes, so one build of it is enough."""
    commit = full_id(commit)
    folder = cache / commit[:12]
    binary = folder / "target/release/badpenny"
    if not binary.exists():
        build_elsewhere(commit, folder, scratch / "build-old.log")
    return binary


def build_elsewhere(commit, folder, log):
    source = folder / "source"
    tell(f"building {commit[:12]} in {folder}, which takes minutes")
    folder.mkdir(parents=True, exist_ok=True)
    remove_worktree(source)
    try:
        checked(["git", "worktree", "add", "--force", "--detach", source, commit], log, cwd=REPOSITORY)
        checked([*BUILD, "--target-dir", folder / "target"], log, cwd=source)
    finally:
        remove_worktree(source)


def remove_worktree(source):
    """Also one that was left behind, or that another clone made."""
    if not source.exists():
        return
    try:
        output_of(["git", "worktree", "remove", "--force", source], cwd=REPOSITORY)
    except Failed:
        shutil.rmtree(source)


def current(scratch):
    """The program of this checkout, a copy that a later build does not replace."""
    tell("building this checkout")
    checked(BUILD, scratch / "build-new.log", cwd=REPOSITORY)
    metadata = output_of(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=REPOSITORY)
    built = Path(json.loads(metadata)["target_directory"], "release/badpenny")
    return Path(shutil.copy(built, scratch / "badpenny"))


def full_id(commit):
    return output_of(["git", "rev-parse", "--verify", f"{commit}^{{commit}}"], cwd=REPOSITORY)


def names(old):
    """How the two are called in the table."""
    described = output_of(["git", "describe", "--always", "--dirty"], cwd=REPOSITORY)
    return full_id(old)[:7], described


def tell(text):
    print(text, file=sys.stderr)
