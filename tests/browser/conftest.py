"""Chromium in somebody's name, against a real server process."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from gis_core.models import Role
from tests import factories
from tests.cast import Person, sign_in
from tests.world import World

IDLE = "Boolean(window.ioc && window.ioc.mapIdle > 0 && window.ioc.map.areTilesLoaded())"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; root needs --no-sandbox; WebGL in software."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", "--enable-unsafe-swiftshader", "--lang=vi"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Vietnamese desk."""
    return {**browser_context_args, "viewport": {"width": 960, "height": 640}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}


@pytest.fixture
def analyst(scratch: World) -> Person:
    """Of the whole province."""
    user = factories.user()
    factories.jurisdiction(user, Role.ANALYST, scratch.units["đà nẵng"])
    return Person(user.username, user, cookies=sign_in(user))


@dataclass
class Visit:
    """A page opened in somebody's name, with everything that went wrong and everything that was asked for."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    tiles: list[str] = field(default_factory=list)

    def open(self, path: str) -> "Visit":
        """Go to a page of ours."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._see)
        self.page.on("response", self._judge)
        self.page.goto(self.origin + path)
        return self

    def until(self, condition: str, seconds: float = 30, argument: Any = None) -> "Visit":
        """Wait until a JavaScript expression holds.

        Asked again and again from here: Playwright's own waiting evaluates text inside the page, which our policy forbids.
        """
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(condition, argument):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{seconds} s without {condition[:200]}; complaints: {self.complaints}")
            self.page.wait_for_timeout(15)
        return self

    def until_idle(self) -> "Visit":
        """Wait until the map has drawn everything."""
        return self.until(IDLE)

    def drawn(self, source: str) -> dict[int, dict[str, Any]]:
        """Properties of the features of a source that are on screen, by key."""
        script = "(source) => window.ioc.map.queryRenderedFeatures().filter((f) => f.source === source).map((f) => [f.id, f.properties])"
        return dict(self.page.evaluate(script, source))

    def is_clean(self) -> None:
        """No error in the console, no failed request, nothing from elsewhere, no fault of the map."""
        assert self.complaints == []
        assert self.outside == []
        assert self.page.evaluate("window.ioc ? window.ioc.mapErrors : []") == []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.outside.append(request.url)
        if ".mvt" in request.url:
            self.tiles.append(request.url.removeprefix(self.origin))

    def _judge(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(server: str, browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Visitor]:
    """`visit(person, path, at=(lon, lat, zoom))`: a fresh browser profile with the person's session."""
    with contextlib.ExitStack() as stack:

        def start(person: Person | None, path: str = "/", at: tuple[float, float, float] | None = None, **options: Any) -> Visit:
            context = browser.new_context(**{**browser_context_args, **options})
            stack.callback(context.close)
            cookies = person.cookies if person else {}
            context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items() if value])
            place = f"#map={at[2]}/{at[1]}/{at[0]}" if at else ""
            return Visit(context.new_page(), server).open(path + place)

        yield start
