"""What is stated of each library: harness/src/stacks/stacks.toml."""

import json
from pathlib import Path

from measuring.processes import Failed

FILE = Path(__file__).resolve().parents[3] / "harness/src/stacks/stacks.toml"


def entries_of(drivers):
    """The entries by language and name, with one for each driver."""
    stacks = [dict(map(pair, block)) for block in blocks(FILE.read_text())]
    entries = {(stack["language"], stack["name"]): stack for stack in stacks}
    for driver in drivers:
        if (driver.language, driver.stack) not in entries:
            raise Failed(f"{FILE.name} has no {driver.stack} for {driver.language}")
    return entries


def blocks(text):
    """The lines of each `[[stack]]`. Python reads TOML by itself from 3.11 on; this file is a list of plain
    pairs, whose values are JSON's as well."""
    for block in text.split("[[stack]]")[1:]:
        yield [line for line in block.splitlines() if line.strip() and not line.startswith("#")]


def pair(line):
    name, _, value = line.partition(" = ")
    return name, json.loads(value)
