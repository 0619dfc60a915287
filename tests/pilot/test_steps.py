"""The registry of steps and the progress they show."""

import io

import pytest

from gis_core.pilot import steps
from gis_core.pilot.progress import Progress


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry without steps."""
    monkeypatch.setattr(steps, "_steps", {})


def _step(name: str, *after: str) -> None:
    steps.pilot_step(name, clear=lambda: None, after=after)(lambda run, part: 0)


@pytest.mark.usefixtures("registry")
def test_steps_come_after_those_they_need() -> None:
    _step("parcels", "units", "codes")
    _step("codes")
    _step("units")
    assert [step.name for step in steps.ordered_steps()] == ["codes", "units", "parcels"]


@pytest.mark.usefixtures("registry")
def test_a_name_is_used_once() -> None:
    _step("units")
    with pytest.raises(ValueError, match="two pilot steps named 'units'"):
        _step("units")


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("needed", ["nowhere", "parcels"])
def test_steps_that_can_never_begin_are_named(needed: str) -> None:
    _step("parcels", needed)
    with pytest.raises(ValueError, match="parcels"):
        steps.ordered_steps()


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def _shown(out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr("gis_core.pilot.progress.time.monotonic", lambda: next(clock))
    progress = Progress(out)
    progress.start("parcels", 1000)
    progress.advance(500)
    progress.finish()
    return out.getvalue()


def test_a_terminal_gets_a_bar_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _shown(Terminal(), monkeypatch)
    assert "[############............]  50%" in shown
    assert shown.count("\n") == 1


def test_a_log_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _shown(io.StringIO(), monkeypatch)
    assert "\r" not in shown
    assert shown.splitlines()[0].startswith("parcels: 500 rows, 25 rows/s")
    assert "about 20 s left" in shown


def test_remarks_stand_at_the_end() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress.start("measure")
    progress.remark("bare COPY: fast")
    progress.finish()
    assert out.getvalue() == "bare COPY: fast\n"
