"""The one harness in which every benchmark is registered.

A benchmark compares two ways of doing the same in one run on one machine and yields ratios. Rounds of both alternate, so
that a busy neighbour disturbs both alike; the median of the per-round ratios counts.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """One result: ours ÷ theirs (or with ÷ without); `target` is the bound that it has to keep ("<= 0.5")."""

    name: str
    ratio: float
    target: str
    detail: str

    @property
    def met(self) -> bool:
        """Whether the target is kept."""
        comparison, bound = self.target.split()
        return self.ratio <= float(bound) if comparison == "<=" else self.ratio >= float(bound)

    def as_dict(self) -> dict[str, object]:
        """For the JSON file: name, ratio, target, met, detail."""
        return {**asdict(self), "met": self.met}


Benchmark = Callable[[], Iterator[Ratio]]
REGISTRY: dict[str, Benchmark] = {}
PILOT_WILL_DO: set[str] = set()
"""Benchmarks that measure nothing of parcels: the pilot is made for them, not a million parcels."""


def benchmark(function: Benchmark) -> Benchmark:
    """Decorator: register a benchmark under its function's name."""
    REGISTRY[function.__name__] = function
    return function


def benchmark_of_pilot(function: Benchmark) -> Benchmark:
    """Decorator: the same for one that needs the pilot alone."""
    PILOT_WILL_DO.add(function.__name__)
    return benchmark(function)


def alternate(ours: Run, theirs: Run, *, rounds: int = 15, warm_up: int = 2) -> tuple[float, float, float]:
    """Run both in turn; returns (median ratio, median seconds of ours, median seconds of theirs)."""
    for _ in range(warm_up):
        ours()
        theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(rounds)]
    ratio = statistics.median(mine / other for mine, other in pairs)
    return ratio, statistics.median(mine for mine, _other in pairs), statistics.median(other for _mine, other in pairs)


def seconds(run: Run) -> float:
    """How long one run takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def milliseconds(value: float) -> str:
    """For the detail column."""
    return f"{value * 1000:.2f} ms"
