"""What a phase of the load says: quantiles, failures, what came through, and whether that is enough."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from bench.load.client import Done

# Seconds at the 95th percentile (the issue's).
LIMITS = {"tile hit": 0.020, "tile miss": 0.100, "items": 0.300, "edit": 0.150, "edit to wall": 1.0}
MOST_FAILED, LEAST_GOODPUT, BACK_WITHIN = 0.001, 0.8, 10.0
_SHED = (429, 503)


@dataclass(frozen=True)
class Verdict:
    """A row of the table."""

    what: str
    measured: str
    wanted: str
    held: bool


def quantile(numbers: Sequence[float], part: float) -> float:
    """0 where there are none."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def good(done: Done) -> bool:
    """Answered as asked for."""
    return 200 <= done.status < 400


def of_kind(done: Sequence[Done], kind: str) -> list[Done]:
    """The requests of one kind."""
    return [one for one in done if one.kind == kind]


def normal(done: Sequence[Done], waits: Sequence[float]) -> list[Verdict]:
    """The phase at the profile's own size; `waits`: edit to wall."""
    failed = sum(not good(one) for one in done) / max(1, len(done))
    ends = Counter(one.status for one in done if not good(one))
    text = f"{failed:.3%} of {len(done)}" + "".join(f", {count} with {status or 'no answer'}" for status, count in sorted(ends.items()))
    verdicts = [Verdict("failed requests", text, f"< {MOST_FAILED:.1%}", failed < MOST_FAILED)]
    for kind, limit in LIMITS.items():
        taken = list(waits) if kind == "edit to wall" else [one.took for one in of_kind(done, kind) if good(one)]
        p50, p95, most = quantile(taken, 0.5), quantile(taken, 0.95), max(taken, default=0.0)
        text = f"p50 {p50 * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms, longest {most * 1000:.0f} ms ({len(taken)})"
        verdicts.append(Verdict(f"{kind}, p95", text, f"< {limit * 1000:.0f} ms", bool(taken) and p95 < limit))
    return verdicts


def overload(before: Sequence[Done], during: Sequence[Done], seconds: tuple[float, float]) -> list[Verdict]:
    """Three times as much: what comes through, and how the rest is told."""
    usual = sum(map(good, before)) / seconds[0]
    came = sum(map(good, during)) / seconds[1]
    refused = [one for one in during if one.status in _SHED]
    told = sum(one.retry_after for one in refused)
    other = [one for one in during if not good(one) and one.status not in _SHED and one.status]
    silent = sum(one.status == 0 for one in during)
    return [
        Verdict(
            "goodput",
            f"{came:.0f} a second of {usual:.0f} before ({came / usual:.0%})",
            f">= {LEAST_GOODPUT:.0%}",
            came >= LEAST_GOODPUT * usual,
        ),
        Verdict("refused with Retry-After", f"{told} of {len(refused)}", "all", told == len(refused)),
        Verdict("other failures", f"{len(other)}", "none", not other),
        Verdict(
            "no answer within 10 s, or not sent",
            f"{silent} of {len(during)} ({silent / max(1, len(during)):.1%})",
            "told, not judged",
            held=True,
        ),
    ]


def recovery(after: Sequence[Done], began: float) -> Verdict:
    """How long after the overload until every limit is kept for the rest of the time."""
    last = began
    for one in after:
        limit = LIMITS.get(one.kind)
        if not good(one) or (limit is not None and one.took > 3 * limit):
            last = max(last, one.due + one.took)
    took = last - began
    return Verdict("normal again after", f"{took:.1f} s", f"<= {BACK_WITHIN:.0f} s", took <= BACK_WITHIN)


def as_table(verdicts: Sequence[Verdict]) -> str:
    """Markdown."""
    rows = [f"| {one.what} | {one.measured} | {one.wanted} | {'yes' if one.held else '**no**'} |" for one in verdicts]
    return "\n".join(["| What | Measured | Wanted | Held |", "|---|---|---|---|", *rows]) + "\n"


def write_table(name: str, command: str, title: str, verdicts: Sequence[Verdict]) -> None:
    """Between the marks of a command in a page of docs/."""
    machine = f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores, load and service on one machine"
    put(name, command, f"{title} · {machine}\n\n{as_table(verdicts)}")


def put(name: str, command: str, text: str) -> None:
    """Text between the marks of a command in a page of docs/, in place of what it wrote before."""
    document = Path(settings.BASE_DIR, "docs", name)
    begin, end = f"<!-- written by {command} -->\n", f"<!-- end of {command} -->"
    before, _begin, rest = document.read_text(encoding="utf-8").partition(begin)
    document.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")
