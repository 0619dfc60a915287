"""Progress of a long command: a bar on a terminal, a line now and then elsewhere; always with rate and time left."""

import time
from types import TracebackType
from typing import Self, TextIO

from gis_core.geometry import gettext_noop
from gis_core.importing.faults import Translate

_WIDTH = 28
_TTY_SECONDS, _LINE_SECONDS = 0.2, 5.0
_LINE = gettext_noop("%(label)s: %(done)s rows, %(rate)s rows/s")
_LINE_OF = gettext_noop("%(label)s: %(done)s of %(total)s rows, %(rate)s rows/s, %(left)s left")


class Progress:
    """`with Progress("Reading", total, stream) as progress: progress.advance(n)`; the total may be unknown (None)."""

    def __init__(self, label: str, total: int | None, stream: TextIO, translate: Translate = str) -> None:
        self.label, self.total, self.stream, self.translate = label, total, stream, translate
        self.done = 0
        self.started = self._shown = time.monotonic()
        self.terminal = bool(getattr(stream, "isatty", lambda: False)())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self.terminal and self.done:
            self._show()
            self.stream.write("\n")
            self.stream.flush()

    def advance(self, rows: int) -> None:
        """`rows` more are done."""
        self.done += rows
        now = time.monotonic()
        # The end is told by whoever knows the outcome.
        if now - self._shown >= (_TTY_SECONDS if self.terminal else _LINE_SECONDS) and self.done != self.total:
            self._shown = now
            self._show()

    def _show(self) -> None:
        line = self.line()
        if self.terminal:
            self.stream.write(f"\r{self._bar()}{line}\x1b[K")
        else:
            self.stream.write(f"{line}\n")
        self.stream.flush()

    def line(self) -> str:
        """The state in words."""
        rate = self.done / max(time.monotonic() - self.started, 1e-6)
        values = {"label": self.label, "done": f"{self.done:,}", "rate": f"{rate:,.0f}"}
        if not self.total:
            return self.translate(_LINE) % values
        left = max(self.total - self.done, 0) / max(rate, 1e-6)
        return self.translate(_LINE_OF) % {**values, "total": f"{self.total:,}", "left": f"{left // 60:.0f}:{left % 60:02.0f}"}

    def _bar(self) -> str:
        if not self.total:
            return ""
        filled = round(_WIDTH * min(self.done / self.total, 1))
        return f"[{'█' * filled}{'·' * (_WIDTH - filled)}] "
