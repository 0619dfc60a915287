"""Progress of a long load: a bar on a terminal, now and then a plain line elsewhere."""

import time
from typing import Protocol

BAR = 24
TERMINAL_EVERY_S = 0.2
PLAIN_EVERY_S = 10.0


class Out(Protocol):
    """Where lines go: a stream, or a management command's output."""

    def write(self, text: str, /) -> object:
        """Write a text."""

    def flush(self) -> None:
        """Let it be seen."""

    def isatty(self) -> bool:
        """Whether somebody is looking."""


class Progress:
    """Counts rows of one step after another and says how fast it goes and how long it will take."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._title, self._expected, self._rows = "", 0, 0
        self._remarks: list[str] = []
        self._began = self._shown = time.monotonic()

    def start(self, title: str, expected: int = 0) -> None:
        """Begin a step of about `expected` rows (0: unknown)."""
        self._title, self._expected, self._rows = title, expected, 0
        self._remarks = []
        self._began = self._shown = time.monotonic()

    def advance(self, rows: int) -> None:
        """So many rows more."""
        self._rows += rows
        now = time.monotonic()
        if now - self._shown >= (TERMINAL_EVERY_S if self._terminal else PLAIN_EVERY_S):
            self._shown = now
            self._write(self._line(now - self._began))

    def remark(self, text: str) -> None:
        """Something to say at the end of the step."""
        self._remarks.append(text)

    def finish(self) -> None:
        """End the step with its totals."""
        seconds = time.monotonic() - self._began
        rate = f", {self._rows / seconds:,.0f} rows/s" if self._rows and seconds > 0.05 else ""
        total = [f"{self._title}: {self._rows:,} rows in {seconds:.1f} s{rate}"] if self._rows or not self._remarks else []
        for text in [*total, *self._remarks]:
            self._out.write(f"\r\x1b[K{text}\n" if self._terminal else f"{text}\n")
        self._out.flush()

    def _line(self, seconds: float) -> str:
        rate = self._rows / seconds if seconds > 0 else 0.0
        text = f"{self._title}: {self._rows:,} rows, {rate:,.0f} rows/s"
        if not self._expected:
            return text
        share = min(0.99, self._rows / self._expected)
        left = max(0.0, (self._expected - self._rows) / rate) if rate else 0.0
        filled = int(BAR * share)
        return f"{text}  [{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}  about {left:.0f} s left"

    def _write(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}" if self._terminal else f"{text}\n")
        self._out.flush()
