"""The wall in a real browser: what it loads, what it asks for while nothing changes, what its memory does under edits."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import connection
from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.data import ensure_pilot
from bench.harness import Ratio, benchmark_of_pilot
from bench.processes import Server, ours
from bench.settings import WALL_IDLE_SECONDS, WALL_MINUTES
from bench.sse import edit, put_back

_IDLE = "Boolean(window.ioc && window.ioc.mapIdle > 0 && window.ioc.map.areTilesLoaded())"
_NUMBERS = "document.querySelectorAll('.metric__value').length > 0 && document.querySelectorAll('.metric__value.is-loading').length === 0"
_PATIENCE = 120
_EDITS_A_SECOND = 20


@dataclass
class Weight:
    """Bytes over the wire, as the browser counts them: headers and bodies as they were packed."""

    received: int = 0
    requests: int = 0


@benchmark_of_pilot
def wall_page_weight() -> Iterator[Ratio]:
    """A leader's wall from nothing to drawn, a minute of silence, and the first view on a phone; nothing in the browser's cache."""
    with ours(ensure_pilot().headers) as server:
        with _browser(server, (1920, 1080)) as (page, devtools):
            weight = _weigh(devtools)
            page.goto(f"{server.url}/wall/")
            _until(page, _IDLE)
            _until(page, _NUMBERS)
            page.wait_for_timeout(3_000)
            first, asked = weight.received, weight.requests
            yield Ratio("wall: first load (MB)", first / 1e6, "<= 2", f"{asked} requests, packed, with fonts and tiles")
            page.wait_for_timeout(WALL_IDLE_SECONDS * 1_000)
            a_minute = (weight.received - first) * 60 / WALL_IDLE_SECONDS
            yield Ratio("wall: idle (kB a minute)", a_minute / 1e3, "<= 50", f"{weight.requests - asked} requests in {WALL_IDLE_SECONDS} s")
        with _browser(server, (390, 844)) as (page, devtools):
            weight = _weigh(devtools)
            page.goto(f"{server.url}/wall/?view=phone")
            _until(page, _NUMBERS)
            page.wait_for_timeout(2_000)
            yield Ratio("wall: first view on a phone (kB)", weight.received / 1e3, "<= 300", f"{weight.requests} requests")


@benchmark_of_pilot
def wall_memory() -> Iterator[Ratio]:
    """The page's heap after BENCH_WALL_MINUTES of 20 edits a second ÷ that after the first third, each after collecting garbage."""
    with ours(ensure_pilot().headers) as server, _browser(server, (1920, 1080)) as (page, devtools):
        page.goto(f"{server.url}/wall/")
        _until(page, _IDLE)
        with _edits() as count:
            page.wait_for_timeout(WALL_MINUTES * 20_000)
            early = _heap(devtools)
            page.wait_for_timeout(WALL_MINUTES * 40_000)
            late = _heap(devtools)
        detail = (
            f"{early / 1e6:.1f} MB after {WALL_MINUTES / 3:.1f} min, {late / 1e6:.1f} MB after {WALL_MINUTES:.1f} min, {count[0]} edits"
        )
        yield Ratio("wall: heap late ÷ early", late / early, "<= 1.15", detail)


@contextmanager
def _browser(server: Server, size: tuple[int, int]) -> Iterator[tuple[Page, CDPSession]]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            extra_http_headers={"Authorization": server.headers["Authorization"]},
        )
        page = context.new_page()
        try:
            yield page, context.new_cdp_session(page)
        finally:
            browser.close()


def _weigh(devtools: CDPSession) -> Weight:
    weight = Weight()

    def finished(event: dict[str, float]) -> None:
        weight.received += int(event["encodedDataLength"])
        weight.requests += 1

    def part(event: dict[str, float]) -> None:
        # Streams never finish; their parts count as they come.
        if event["requestId"] in streams:
            weight.received += int(event["encodedDataLength"] or event["dataLength"])

    streams: set[object] = set()
    devtools.on("Network.responseReceived", lambda event: streams.add(event["requestId"]) if event["type"] == "EventSource" else None)
    devtools.on("Network.dataReceived", part)
    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": False})
    return weight


def _heap(devtools: CDPSession) -> float:
    for _round in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    return float(devtools.send("Runtime.getHeapUsage")["usedSize"])


@contextmanager
def _edits() -> Iterator[list[int]]:
    """Edits in a thread of their own for as long as the block lasts; how many so far."""
    over, count = threading.Event(), [0]

    def write() -> None:
        try:
            while not over.wait(1 / _EDITS_A_SECOND):
                edit(count[0])
                count[0] += 1
            put_back()
        finally:
            connection.close()

    thread = threading.Thread(target=write, name="edits")
    thread.start()
    try:
        yield count
    finally:
        over.set()
        thread.join(30)


def _until(page: Page, condition: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(Exception):  # the page is on its way
            if page.evaluate(condition):
                return
        page.wait_for_timeout(50)
    raise TimeoutError(f"{_PATIENCE} s without {condition}")
