"""One run of badpenny against one server."""

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import processes, servers
from .processes import Failed

# Exit codes of a run whose rows were judged: all well, or findings.
JUDGED = (0, 1)

VERDICTS = ("pass", "note", "deviates", "vulnerable", "broken", "inconclusive", "skipped", "error")


@dataclass(frozen=True)
class Side:
    """One of the two builds."""

    name: str
    binary: Path
    # Seconds after which a run of it is ended.
    limit: float


@dataclass(frozen=True)
class Run:
    """How a run went. One that hit its limit has no report."""

    seconds: float
    report: Optional[dict]

    def told(self):
        return f"{self.seconds:.1f} s, {self.counts()}" if self.report else f"> {self.seconds:.0f} s"

    def counts(self):
        if not self.report:
            return "?"
        summary = self.report["summary"]
        return ", ".join(f"{summary[verdict]} {verdict}" for verdict in VERDICTS if summary.get(verdict))

    def rows(self):
        """The rows by name."""
        results = self.report["results"] if self.report else []
        return {f"{row['id']}@{row['variant']}": row for row in results}


def measure(side, server, folder, options, scratch):
    """A whole run of the profile."""
    return carry_out(side, server, folder, options, scratch / f"{server.name}-{side.name}", [])


def start_time(side, server, folder, options, scratch):
    """How long it takes until the server runs and has accepted the control: a run of one row."""
    run = carry_out(side, server, folder, options, scratch / f"{server.name}-start", ["baseline/valid"])
    if not run.report:
        raise Failed(f"it was not up within {side.limit:g} s")
    return run.seconds


def carry_out(side, server, folder, options, name, selectors):
    report, log = Path(f"{name}.json"), Path(f"{name}.log")
    report.unlink(missing_ok=True)
    command = [side.binary, "run", *selectors, "--profile", options.profile, "--report", f"json={report}"]
    command += target_of(server, folder)
    if options.refresh:
        command += ["--refresh", options.refresh]
    began = time.monotonic()
    status = processes.run(command, log, side.limit, cwd=log.parent, env=environment())
    seconds = time.monotonic() - began
    if status is None:
        return Run(side.limit, None)
    if status not in JUDGED or not report.exists():
        raise Failed(f"badpenny ended with {status}\n{processes.tail(log)}")
    return Run(seconds, json.loads(report.read_text()))


def target_of(server, folder):
    if server is servers.DEMO:
        return []
    variables = [word for variable in server.env for word in ("--env", variable)]
    return ["--command", server.command, "--cwd", folder, *variables]


def environment():
    """Ours, without what would change a run of badpenny."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BADPENNY_")}


def keep(options, scratch):
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for file in [*scratch.glob("*.json"), *scratch.glob("*.log")]:
            shutil.copy(file, options.keep)
