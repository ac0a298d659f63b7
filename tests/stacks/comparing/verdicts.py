"""What was measured beside what is stated.

The only place that knows the report's `key_times`: times are `{"seconds": 30.1}` or `{"longer_than": 660.0}`,
and `null` is what was not measured.
"""

from dataclasses import dataclass

from measuring.processes import Failed

# How far a time may be off: a part of it, or the pause between two looks of badpenny.
PART, LEAST = 0.05, 0.3

# How long the tokens with unknown keys go on that `looks_a_minute` counts the fetches of, in seconds.
MINUTE = 58

AS_STATED, CHANGED, UNKNOWN = "as stated", "CHANGED", "not measured"

# Whether max-age and no-store count, by what the entry says of Cache-Control.
HEEDED = {
    "ignored": ("ignored", "ignored"),
    "obeyed": ("obeyed", "obeyed"),
    "max-age, not no-store": ("obeyed", "ignored"),
    "max-age: a timer fetches each time": ("obeyed", "ignored"),
}


@dataclass(frozen=True)
class Verdict:
    """One value of one library."""

    value: str
    verdict: str
    stated: str
    measured: str


def all_of(entry, times):
    return [
        looks_after(entry, times["looks_after"]),
        looks(entry, times),
        kept(entry, times["kept"]),
        of_time("timeout", times["timeout"], entry.get("timeout")),
        cache_control(entry, (times["max_age"], times["no_store"])),
    ]


def kept(entry, measured):
    """Who obeys max-age keeps the set as long as the issuer says, which is weeks here."""
    if HEEDED.get(entry["cache-control"], ("ignored",))[0] == "obeyed":
        return of_time("kept", measured, None)
    return of_time("kept", measured, entry.get("kept"), entry.get("at-least"))


def looks_after(entry, measured):
    """A new key comes with the next look for it, or with the next set, whichever is sooner."""
    look, kept, at_least = entry.get("looks-after"), entry.get("kept"), entry.get("at-least", False)
    if look is None:
        return of_time("looks-after", measured, kept, at_least)
    return of_time("looks-after", measured, look if kept is None or at_least else min(look, kept))


def looks(entry, times):
    """As many as are stated, or as the pause between two lets through, give or take the one at the minute's edge."""
    limit, after, counted = entry.get("looks"), entry.get("looks-after"), times["looks_a_minute"]
    if limit is not None and limit < 1:
        return of_time("looks", times["second_look_after"], 60 / limit)
    if counted is None:
        return Verdict("looks", UNKNOWN, "no limit" if limit is None else f"{limit:g} in a minute", "")
    limits = [counted["of"], limit, MINUTE // after if after else None]
    expected = 0 if after is None else min(most for most in limits if most is not None)
    verdict = AS_STATED if abs(counted["count"] - expected) <= 1 else CHANGED
    return Verdict("looks", verdict, f"{expected:g} in a minute", f"{counted['count']} of {counted['of']}")


def of_time(value, measured, stated, at_least=False):
    told = "no end" if stated is None else f"{'at least ' if at_least else ''}{stated:g} s"
    if measured is None:
        return Verdict(value, UNKNOWN, told, "")
    is_over = "seconds" in measured
    seconds = measured["seconds"] if is_over else measured["longer_than"]
    verdict = AS_STATED if agrees(seconds, is_over, stated, at_least) else CHANGED
    return Verdict(value, verdict, told, f"{'' if is_over else 'longer than '}{seconds:.1f} s")


def agrees(seconds, is_over, stated, at_least):
    if stated is None:
        return not is_over
    slack = max(PART * stated, LEAST)
    is_too_short, is_too_long = is_over and seconds < stated - slack, seconds > stated + slack
    return not is_too_short and (at_least or not is_too_long)


def cache_control(entry, measured):
    words = entry["cache-control"]
    if words not in HEEDED:
        raise Failed(f"{words!r} says nothing of Cache-Control that is known here")
    if measured == (None, None):
        return Verdict("cache-control", UNKNOWN, words, "")
    agree = all(seen in (None, said) for seen, said in zip(measured, HEEDED[words]))
    told = ", ".join(f"{name} {seen}" for name, seen in zip(("max-age", "no-store"), measured) if seen)
    return Verdict("cache-control", AS_STATED if agree else CHANGED, words, told)
