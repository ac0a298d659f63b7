"""Runs of badpenny, several side by side."""

import json
import signal
import time

from measuring import processes
from measuring.processes import Failed
from measuring.runs import JUDGED, environment, target_of

# How often it is looked whether one has ended, in seconds.
LOOK = 0.5

WHAT = ("keys/cache", "--profile", "interop", "--slow")


def all_of(ready, binary, options, scratch):
    """Runs them all, `--jobs` at a time; yields each driver with its figures, or with the failure, as they come."""
    waiting, running = list(ready), {}
    try:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                driver, folder = waiting.pop(0)
                running[driver] = start(driver, folder, binary, options, scratch)
            time.sleep(LOOK)
            for driver in [driver for driver, process in running.items() if process.poll() is not None]:
                yield driver, outcome(driver, running.pop(driver).returncode, scratch)
    finally:
        # All are asked before any is waited for.
        for process in running.values():
            processes.signal_group(process, signal.SIGTERM)
        for process in running.values():
            processes.end(process)


def start(driver, folder, binary, options, scratch):
    command = [binary, "run", *WHAT, "--report", f"json={report_of(driver, scratch)}", *driver.flags]
    command += target_of(driver.server, folder)
    if options.refresh:
        command += ["--refresh", options.refresh]
    return processes.start(command, log_of(driver, scratch), cwd=scratch, env=environment())


def outcome(driver, status, scratch):
    """The report's `key_times`, or why there are none."""
    report = report_of(driver, scratch)
    if status not in JUDGED or not report.exists():
        return Failed(f"badpenny ended with {status}\n{processes.tail(log_of(driver, scratch))}")
    return json.loads(report.read_text()).get("key_times") or Failed("the report has no key_times")


def report_of(driver, scratch):
    return scratch / f"{driver.name}.json"


def log_of(driver, scratch):
    return scratch / f"{driver.name}.log"
