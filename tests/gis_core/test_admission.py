"""Places for requests: those that are let in stay quick, the rest is told at once; a silent database holds nobody."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from gis_core.serving.admission import Admission
from gis_core.serving.pulse import Pulse
from tests import loops

Message = MutableMapping[str, Any]


@dataclass
class Call:
    """A request to an application that answers when it is let."""

    admission: Admission
    path: str = "/ogc/"
    parts: list[Message] = field(default_factory=lambda: [{"type": "http.request", "body": b"", "more_body": False}])
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[Message] = field(default_factory=list)

    async def receive(self) -> Message:
        if self.parts:
            return self.parts.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def application(self, _scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        self.entered.set()
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    def start(self) -> "asyncio.Task[None]":
        scope = {"type": "http", "path": self.path, "headers": [], "method": "GET"}
        return asyncio.create_task(self.admission.serve(self.application, scope, self.receive, self.send))

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"]) if self.sent else 0

    def header(self, name: bytes) -> bytes:
        return bytes(dict(self.sent[0]["headers"]).get(name, b""))


async def _settled() -> None:
    for _turn in range(20):
        await asyncio.sleep(0)


def test_who_finds_no_place_waits_for_one() -> None:
    async def play() -> None:
        admission = Admission(1, 1, 30)
        first, second = Call(admission), Call(admission)
        tasks = [first.start(), second.start()]
        await _settled()
        assert (first.entered.is_set(), second.entered.is_set()) == (True, False)
        first.go_on.set()
        await asyncio.wait_for(second.entered.wait(), 30)
        second.go_on.set()
        await asyncio.gather(*tasks)
        assert (first.status, second.status) == (200, 200)

    loops.run(play())


def test_a_long_line_is_refused_at_once() -> None:
    async def play() -> None:
        admission = Admission(1, 1, 30)
        calls = [Call(admission) for _number in range(3)]
        tasks = [call.start() for call in calls]
        await asyncio.wait_for(tasks[2], 30)
        assert calls[2].status == 503
        assert calls[2].header(b"retry-after") == b"2"
        assert not calls[2].entered.is_set()
        for call in calls:
            call.go_on.set()
        await asyncio.gather(*tasks)

    loops.run(play())


def test_patience_ends() -> None:
    async def play() -> None:
        admission = Admission(1, 5, 0.01)
        held, late = Call(admission), Call(admission)
        tasks = [held.start(), late.start()]
        await asyncio.wait_for(tasks[1], 30)
        assert late.status == 503
        held.go_on.set()
        await tasks[0]
        after = Call(admission)
        after.go_on.set()
        await after.start()
        assert after.status == 200, "the place is free again"

    loops.run(play())


def test_a_slow_sender_holds_no_place() -> None:
    async def play() -> None:
        admission = Admission(1, 0, 0.01)
        slow = Call(admission, parts=[{"type": "http.request", "body": b"a", "more_body": True}])
        task = slow.start()
        await _settled()
        quick = Call(admission)
        quick.go_on.set()
        await quick.start()
        assert quick.status == 200
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    loops.run(play())


def test_liveness_needs_no_place() -> None:
    async def play() -> None:
        admission = Admission(0, 0, 0.01)
        call = Call(admission, path="/healthz")
        call.go_on.set()
        await call.start()
        assert call.status == 200

    loops.run(play())


def test_a_silent_database_ends_those_that_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is answered; its thread keeps the place until it is through, and what it says then goes nowhere."""

    async def play() -> None:
        pulse = Pulse()
        monkeypatch.setattr("gis_core.serving.admission.pulse", pulse)
        pulse._lost = asyncio.get_running_loop().create_future()
        admission = Admission(1, 0, 0.01)
        stuck = Call(admission)
        task = stuck.start()
        await asyncio.wait_for(stuck.entered.wait(), 30)
        pulse._miss()
        await asyncio.wait_for(task, 30)
        assert (stuck.status, stuck.header(b"retry-after")) == (503, b"5")
        pulse._beat()
        refused = Call(admission)
        await refused.start()
        assert refused.status == 503, "the place is still taken"
        told = len(stuck.sent)
        stuck.go_on.set()
        await _settled()
        assert len(stuck.sent) == told
        after = Call(admission)
        after.go_on.set()
        await after.start()
        assert after.status == 200

    loops.run(play())
