"""What is stated of each library: harness/src/stacks/stacks.toml."""

import json
from pathlib import Path

from measuring.processes import Failed

FILE = Path(__file__).resolve().parents[3] / "harness/src/stacks/stacks.toml"


def entries():
    """The entries by language and name."""
    stacks = [dict(map(pair, block)) for block in blocks(FILE.read_text())]
    return {(stack["language"], stack["name"]): stack for stack in stacks}


def blocks(text):
    """The lines of each `[[stack]]`. Python reads TOML by itself from 3.11 on; this file is a list of plain pairs, whose
    values are JSON's as well."""
    for block in text.split("[[stack]]")[1:]:
        yield [line for line in block.splitlines() if line.strip() and not line.startswith("#")]


def pair(line):
    name, _, value = line.partition(" = ")
    return name, json.loads(value)


def entry_of(driver, stacks):
    try:
        return stacks[driver.language, driver.stack]
    except KeyError:
        raise Failed(f"{FILE.name} has no {driver.stack} for {driver.language}") from None
