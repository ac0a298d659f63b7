"""The Markdown table of the issuers, and how this checkout stands beside the others."""

from .rows import ROWS

# Row, and how many times the best of the others this checkout is to reach.
AIMS = (("tokens/s", 2.2), ("key sets/s", 1.3), ("code flows/s", 3.0))
# Tokens for each signature of `openssl speed`, and ES256 for each RS256.
OF_OPENSSL, OF_RS256 = 0.80, 5.0
# Most of a row: milliseconds, MiB.
MOST = (("start, ms", 5.0), ("idle, MiB", 10.0), ("loaded, MiB", 12.0))


def render(all_measured, refused, alone, openssl):
    """`all_measured`: this checkout with RS256, with ES256, with the page, then the others."""
    lines = [f"| issuer | version | {' | '.join(ROWS)} |", "|---|---|" + "---:|" * len(ROWS)]
    for measured in all_measured:
        cells = [shown(measured.figures.get(row)) for row in ROWS]
        lines.append(f"| {measured.issuer.name} | {measured.issuer.version} | {' | '.join(cells)} |")
    lines += ["", f"`openssl speed`, rsa2048, two processes: {shown(openssl)} signatures/s. "
              f"The load alone, with a server that does nothing: {shown(alone)} requests/s.", ""]
    lines += aims(all_measured, openssl)
    lines += [f"- {name}: {reason}" for name, reason in refused]
    lines += [f"- {measured.issuer.name}: {remark}" for measured in all_measured for remark in measured.remarks]
    return "\n".join(lines)


def aims(all_measured, openssl):
    ours, es256, _, *others = all_measured
    for row, least in AIMS:
        rates = [other.figures[row] for other in others if row in other.figures]
        if rates and row in ours.figures:
            yield aim(f"{row}, by the best of the others", ours.figures[row] / max(rates), least)
    if "tokens/s" in ours.figures:
        if openssl:
            yield aim("tokens/s, by openssl", ours.figures["tokens/s"] / openssl, OF_OPENSSL)
        if "tokens/s" in es256.figures:
            yield aim("tokens/s of ES256, by RS256", es256.figures["tokens/s"] / ours.figures["tokens/s"], OF_RS256)
    for row, most in MOST:
        if row in ours.figures:
            figure = ours.figures[row]
            yield f"- {row}: {figure:.2f}, aim < {most:g}: {'met' if figure < most else 'missed'}"


def aim(name, ratio, least):
    return f"- {name}: {ratio:.2f}, aim {least:g}: {'met' if ratio >= least else 'missed'}"


def shown(figure):
    if figure is None:
        return "-"
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}"
