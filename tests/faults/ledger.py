"""What clients were told, and the check of it against what is there (in the manner of Jepsen).

Two writers a row read it, then write with If-Match: an acknowledged write names the state that it stood on. The states of a
row are unique names, so what happened to it is a chain: back from its last state every acknowledged write must be met. A
write without an answer may be part of the chain or not.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

Outcome = Literal["acknowledged", "refused", "unknown"]


@dataclass(frozen=True)
class Edit:
    """A write of a row: the state that its writer had read, the one it wrote, and what became of it."""

    row: int
    before: str
    after: str
    outcome: Outcome
    status: int
    began: float
    ended: float
    seq: int = 0


@dataclass(frozen=True)
class Sight:
    """What a session saw of a row, in the order of its requests."""

    session: str
    row: int
    state: str
    at: float


@dataclass
class Ledger:
    """All of a run; threads append."""

    edits: list[Edit] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    failures: list[tuple[float, int, str]] = field(default_factory=list)  # when, the status (0: no answer), Retry-After

    def acknowledged(self, since: float = 0.0) -> list[Edit]:
        """Writes that got a 2xx and began after a moment (monotonic)."""
        return [edit for edit in self.edits if edit.outcome == "acknowledged" and edit.began >= since]

    def chain(self, row: int, last: str) -> list[str]:
        """The states of a row from the first that is known to `last`, by the writes that led to it."""
        led = {edit.after: edit.before for edit in self.edits if edit.row == row and edit.outcome != "refused"}
        states = [last]
        while states[-1] in led and len(states) <= len(led) + 1:
            states.append(led[states[-1]])
        return states[::-1]

    def violations(self, final: Mapping[int, str]) -> list[str]:
        """Every acknowledged write that is lost, every fork, every sight of what never was, every step back of a session."""
        found = []
        for row, last in final.items():
            states = self.chain(row, last)
            place = {state: number for number, state in enumerate(states)}
            for edit in self.edits:
                if edit.row == row and edit.outcome == "acknowledged" and place.get(edit.after, 0) != place.get(edit.before, -1) + 1:
                    found.append(f"row {row}: {edit.before} -> {edit.after} was acknowledged and is not part of what led to {last}")
            found += self._steps_back(row, place)
        return found

    def _steps_back(self, row: int, place: Mapping[str, int]) -> Iterable[str]:
        reached: dict[str, int] = {}
        for sight in self.sights:
            if sight.row != row:
                continue
            at = place.get(sight.state)
            if at is None:
                yield f"row {row}: {sight.session} saw {sight.state}, which never was"
            elif at < reached.get(sight.session, 0):
                yield f"row {row}: {sight.session} saw {sight.state} after something newer"
            else:
                reached[sight.session] = at


@dataclass
class Clients:
    """Writers (two a row) and a reader, at work while the block lasts. `items` is the collection's address."""

    address: str
    items: str
    rows: list[int]
    headers: Mapping[str, str]
    ledger: Ledger = field(default_factory=Ledger)
    pace: float = 0.25  # seconds between two writes of a writer
    timeout: float = 15.0

    def __enter__(self) -> Ledger:
        self._stop = threading.Event()
        self._work = [threading.Thread(target=self._write, args=(row, number)) for row in self.rows for number in range(2)]
        self._work += [threading.Thread(target=self._read, args=(f"reader {number}",)) for number in range(2)]
        for thread in self._work:
            thread.start()
        return self.ledger

    def __exit__(self, *_failure: object) -> None:
        self._stop.set()
        for thread in self._work:
            thread.join(60)

    def _write(self, row: int, number: int) -> None:
        turn = 0
        with httpx.Client(base_url=self.address, headers=dict(self.headers), timeout=self.timeout) as client:
            while not self._stop.is_set():
                turn += 1
                try:
                    self._edit(client, row, f"{row}-{number}-{turn}-{time.monotonic_ns()}")
                except httpx.HTTPError:
                    self._failed(0)
                self._stop.wait(self.pace)

    def _edit(self, client: httpx.Client, row: int, after: str) -> None:
        path = f"{self.items}/{row}"
        seen = client.get(path, headers={"Accept": "application/geo+json"})
        if seen.status_code != 200:
            self._failed(seen.status_code, seen.headers.get("Retry-After", ""))
            return
        before, began = seen.json()["properties"]["name"], time.monotonic()
        status, seq = 0, 0
        try:
            answer = client.patch(
                path,
                json={"properties": {"name": after}},
                headers={"If-Match": seen.headers["ETag"], "Content-Type": "application/merge-patch+json"},
            )
            status, seq = answer.status_code, int(answer.headers.get("X-Change-Seq", 0))
            if status not in (204, 409, 412):
                self._failed(status, answer.headers.get("Retry-After", ""))
        except httpx.HTTPError:
            self._failed(0)
        # A refusal of the service itself wrote nothing; a 503 may stand for a commit whose answer was lost.
        outcome: Outcome = "acknowledged" if status == 204 else "refused" if 400 <= status < 500 else "unknown"
        self.ledger.edits.append(Edit(row, before, after, outcome, status, began, time.monotonic(), seq))

    def _read(self, session: str) -> None:
        known = 0
        with httpx.Client(base_url=self.address, headers=dict(self.headers), timeout=self.timeout) as client:
            while not self._stop.is_set():
                for row in self.rows:
                    try:
                        answer = client.get(f"{self.items}/{row}", headers={"Accept": "application/geo+json"}, params={"min_seq": known})
                    except httpx.HTTPError:
                        self._failed(0)
                        continue
                    if answer.status_code == 200:
                        known = max(known, int(answer.headers.get("X-Change-Seq", 0)))
                        self.ledger.sights.append(Sight(session, row, answer.json()["properties"]["name"], time.monotonic()))
                    else:
                        self._failed(answer.status_code, answer.headers.get("Retry-After", ""))
                self._stop.wait(0.1)

    def _failed(self, status: int, after: str = "") -> None:
        self.ledger.failures.append((time.monotonic(), status, after))
