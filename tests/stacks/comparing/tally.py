"""Prints what comes, and sums up."""

import sys

from . import pins, verdicts


class Tally:
    """How many libraries there were, and how many of them do as stated."""

    def __init__(self):
        self.measured, self.agreeing, self.failed = 0, 0, 0

    def take(self, driver, entry, lines):
        version = pins.version_of(driver.server, driver.package)
        print(f"{driver.name}: {driver.stack}, {version}, stated of {entry['version']}")
        for line in lines:
            measured = f", measured: {line.measured}" if line.measured else ""
            print(f"  {line.value:<13}  {line.verdict:<12}  stated: {line.stated}{measured}", flush=True)
        seen = {line.verdict for line in lines}
        self.measured += 1
        self.agreeing += verdicts.AS_STATED in seen and verdicts.CHANGED not in seen

    def fail(self, driver, failure):
        print(f"{driver.name}: {failure}", file=sys.stderr)
        self.failed += 1

    def status(self):
        return 0 if self.agreeing == self.measured and not self.failed else 1

    def told(self):
        told = f"{self.agreeing} of {self.measured} libraries do as stated in all that was measured"
        return f"{told}; {self.failed} could not be measured" if self.failed else told
