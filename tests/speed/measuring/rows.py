"""What is measured of an issuer."""

import statistics
import time
from dataclasses import dataclass, field

from . import builds, loads
from .processes import Failed

# In this order in the table.
ROWS = ("tokens/s", "key sets/s", "code flows/s", "start, ms", "idle, MiB", "loaded, MiB")


@dataclass
class Measured:
    """An issuer, and the figure of each row that it has."""

    issuer: object
    figures: dict = field(default_factory=dict)
    # Why a figure is missing.
    remarks: list = field(default_factory=list)


def measure(issuer, options, load, scratch):
    """All rows of one issuer."""
    measured = Measured(issuer)
    folder = options.cache / issuer.folder
    port = issuer.port or loads.free_port()
    command, environment = issuer.command(port), issuer.environment(port)
    log = scratch / f"{issuer.name}.log"
    url = issuer.keys_call(port)["url"]
    with loads.served(command, log, load, url, folder, environment) as process:
        time.sleep(1)
        measured.figures["idle, MiB"] = loads.memory(process)
        client = issuer.register(issuer.base(port)) if issuer.register else "client"
        # Before any sign-in: what an issuer remembers of these is another matter.
        if issuer.token:
            loads.run(load, "repeat", issuer.token_call(port, client), seconds=600, count=options.count)
            measured.figures["loaded, MiB"] = loads.memory(process)
        for row, kind, job in jobs(issuer, port, client):
            under_load(measured, row, kind, job, options, load)
    measured.figures["start, ms"] = statistics.median(starts(command, url, folder, environment, load, options.runs))
    return measured


def jobs(issuer, port, client):
    if issuer.token:
        yield "tokens/s", "repeat", issuer.token_call(port, client)
    yield "key sets/s", "repeat", issuer.keys_call(port)
    if issuer.authorize:
        yield "code flows/s", "flow", issuer.flow(port, client)


def under_load(measured, row, kind, job, options, load):
    """The median of the runs, after one that only warms the server up."""
    builds.tell(f"{measured.issuer.name}: {row}")
    try:
        loads.run(load, kind, job, options.seconds)
        rates = [loads.run(load, kind, job, options.seconds)["per_second"] for _ in range(options.runs)]
        measured.figures[row] = statistics.median(rates)
    except Failed as failure:
        measured.remarks.append(f"{row}: {failure}")


def starts(command, url, folder, environment, load, runs):
    """Each time until the first answer. The load starts it, so that nothing is measured but that."""
    job = {"command": [str(word) for word in command], "url": url}
    for _ in range(runs):
        yield loads.run(load, "start", job, folder=folder, environment=environment)["milliseconds"]


def constant(load, scratch, options):
    """What the load reaches alone: with a server that does nothing."""
    port = loads.free_port()
    url = f"http://127.0.0.1:{port}/"
    command = loads.command_of(load, "constant", {"port": port, "size": 1000})
    with loads.served(command, scratch / "constant.log", load, url, ".", {}):
        rates = [loads.run(load, "repeat", {"url": url}, options.seconds)["per_second"] for _ in range(options.runs)]
    return statistics.median(rates)
