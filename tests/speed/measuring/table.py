"""What was measured, as text."""

import statistics
from dataclasses import dataclass, field
from typing import Optional

from . import aims, builds
from .servers import Server

# Verdicts that are shown with their reason.
TOLD = ("vulnerable", "broken", "inconclusive", "error")


@dataclass
class Comparison:
    """A server with its runs."""

    server: Server
    runs: dict = field(default_factory=lambda: {"old": [], "new": []})
    start: Optional[float] = None
    # Why there is no run, or not all of them.
    remark: str = ""

    def last(self, side):
        return self.runs[side][-1] if self.runs[side] else None

    def seconds(self, side):
        """The median, which is the run itself where there is one."""
        return statistics.median(run.seconds for run in self.runs[side])

    def hit_limit(self, side):
        return any(run.report is None for run in self.runs[side])

    def ratio(self):
        if not (self.runs["old"] and self.runs["new"]):
            return None
        return self.seconds("new") / self.seconds("old")


def render(options, comparisons):
    old, new = builds.names(options.old)
    parts = [f"profile {options.profile}, old: {old}, new: {new}"]
    if options.refresh:
        parts[0] += f", refresh {options.refresh:g} s"
    head = ["server", "start", "old", "new", "ratio", "aim", "verdicts old", "verdicts new"]
    shown = [cells(comparison, options) for comparison in comparisons]
    parts.append("\n".join(aligned([head, *shown])))
    for comparison in comparisons:
        parts += listed(f"{comparison.server.name}: rows that differ", differing(comparison))
        parts += listed(f"{comparison.server.name}: findings", told(comparison))
    return "\n\n".join(parts)


def cells(comparison, options):
    name = comparison.server.name
    if not any(comparison.runs.values()):
        return [name, comparison.remark or "not run"]
    start = "-" if comparison.start is None else f"{comparison.start:.1f} s"
    counts = [comparison.last(side).counts() if comparison.last(side) else "-" for side in ("old", "new")]
    return [name, start, time_of(comparison, "old"), time_of(comparison, "new"), ratio(comparison),
            aims.told(comparison, options), *counts]


def time_of(comparison, side):
    if not comparison.runs[side]:
        return "-"
    return f"{'> ' if comparison.hit_limit(side) else ''}{comparison.seconds(side):.1f} s"


def ratio(comparison):
    value = comparison.ratio()
    if value is None or comparison.hit_limit("new"):
        return "-"
    return f"{'< ' if comparison.hit_limit('old') else ''}{value:.2f}"


def differing(comparison):
    """The rows whose verdict is another one, or that only one of the two has."""
    old, new = (comparison.last(side).rows() if comparison.last(side) else {} for side in ("old", "new"))
    if not (old and new):
        return
    for name in dict.fromkeys([*old, *new]):
        before, after = (rows.get(name, {}).get("verdict", "absent") for rows in (old, new))
        if before != after:
            yield f"{name}: {before} -> {after}"


def told(comparison):
    """The rows that a person would look at, with the reason: of the old run where there is no new one."""
    run = comparison.last("new") or comparison.last("old")
    for name, row in (run.rows() if run else {}).items():
        if row["verdict"] in TOLD:
            yield f"{name}: {row['verdict']}: {row['reason']}"


def listed(title, lines):
    lines = list(lines)
    return ["\n  ".join([title, *lines])] if lines else []


def aligned(rows):
    """A remark stands where the columns would, and makes none of them wider."""
    columns = max(len(row) for row in rows)
    whole = [row for row in rows if len(row) == columns]
    widths = [max(len(row[column]) for row in whole) for column in range(columns)]
    widths[0] = max(len(row[0]) for row in rows)
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
