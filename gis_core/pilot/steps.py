"""The registry of loading steps. Each app's `pilot/load.py` registers its own; `load_pilot` runs them in order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from gis_core.pilot.progress import Progress

WHOLE = ("",)
"""The parts of a step that is loaded in one go."""


@dataclass(frozen=True)
class Run:
    """What a loading step needs to know: same seed, scale and date, same rows."""

    seed: int
    scale: float
    day: date
    progress: "Progress"

    @property
    def moment(self) -> datetime:
        """The beginning of the reference day in Vietnam: nothing in the demo data is later."""
        return timezone.make_aware(datetime.combine(self.day, time()))


Load = Callable[[Run, str], int]


@dataclass(frozen=True)
class Step:
    """One step: `load(run, part)` writes the rows of a part and answers how many; `clear()` takes all of them away.

    A part is loaded in one transaction, after the steps in `after`. `size(scale)` guesses the rows for the progress bar.
    """

    name: str
    load: Load
    clear: Callable[[], None]
    after: tuple[str, ...] = ()
    parts: Callable[[], Iterable[str]] = field(default=lambda: WHOLE)
    size: Callable[[float], int] | None = None


_steps: dict[str, Step] = {}


def pilot_step(
    name: str,
    *,
    clear: Callable[[], None],
    after: tuple[str, ...] = (),
    parts: Callable[[], Iterable[str]] = lambda: WHOLE,
    size: Callable[[float], int] | None = None,
) -> Callable[[Load], Load]:
    """Register a function as the step `name`. Registering a name twice is an error."""

    def register(load: Load) -> Load:
        if name in _steps:
            raise ValueError(f"There are two pilot steps named {name!r}.")
        _steps[name] = Step(name, load, clear, after, parts, size)
        return load

    return register


def ordered_steps() -> list[Step]:
    """Every step after those it needs; otherwise in the order of registration."""
    done: dict[str, Step] = {}
    while len(done) < len(_steps):
        ready = [step for step in _steps.values() if step.name not in done and all(name in done for name in step.after)]
        if not ready:
            left = sorted(set(_steps) - set(done))
            raise ValueError(f"Pilot steps wait for each other or for a step that is not there: {', '.join(left)}.")
        done[ready[0].name] = ready[0]
    return list(done.values())
