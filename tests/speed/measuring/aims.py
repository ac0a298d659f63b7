"""Whether a run took no longer than it may."""

# What `okta` says, where nothing else is asked for.
REFRESH = 60


def refresh(options):
    return options.refresh or REFRESH


def told(comparison, options):
    """The aim, and whether it was met."""
    if options.profile != "okta":
        return "-"
    aim = comparison.server.aim
    if aim.ratio is not None:
        return f"{aim.ratio:.2f}: {ratio_is(comparison, aim.ratio)}"
    most = refresh(options) + aim.beyond_refresh
    if aim.plus_start and comparison.start:
        most += comparison.start
    return f"{most:.0f} s, 0 inconclusive: {time_is(comparison, most)}"


def ratio_is(comparison, most):
    ratio = comparison.ratio()
    if ratio is None:
        return "-"
    if ratio <= most:
        return "missed" if comparison.hit_limit("new") else "met"
    # How much longer the old one would have taken is not known.
    return "unknown" if comparison.hit_limit("old") else "missed"


def time_is(comparison, most):
    if not comparison.runs["new"]:
        return "-"
    if comparison.hit_limit("new") or comparison.last("new").report["summary"]["inconclusive"]:
        return "missed"
    return "met" if comparison.seconds("new") <= most else "missed"
