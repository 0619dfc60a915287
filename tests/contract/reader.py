"""A person reading one layer through whatever service; every answer is searched for marks of rows that must stay hidden."""

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from layers.layer import FeatureLayer
from tests.cast import Person, SignIn
from tests.contract import oracle
from tests.service import Service
from tests.world import Row, World

_PAGE = re.compile(r'<script id="page" type="application/json">(.*?)</script>', re.DOTALL)


class Absent(Exception):
    """The service says that the layer, or the row, is not there."""


@dataclass
class Reader:
    """One of the cast, one layer, and the service that is asked."""

    service: Service
    person: Person
    layer: FeatureLayer
    world: World
    how: SignIn = "session"

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer.name

    @property
    def rows(self) -> list[Row]:
        """All rows of the layer, seen or not."""
        return self.world.rows[self.name]

    @property
    def expected(self) -> set[int]:
        """The keys of the rows that this person sees."""
        return {row.pk for row in oracle.expected(self.world, self.person, self.name)}

    def get(self, path: str, **options: Any) -> httpx.Response:
        """An answer of 200 or 204 without any trace of a hidden row. Raises Absent for 404."""
        answer = self.service.get(path, self.person, how=self.how, **options)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Absent(path)
        assert answer.status_code in (200, 204), f"{path}: {answer.status_code} {answer.text[:300]}"
        for name in self.world.rows:
            if name != "admin_units":
                traces = [row.label for row in oracle.hidden(self.world, self.person, name) if row.label.encode() in answer.content]
                assert not traces, f"{path} shows {self.person.name} {traces}"
        return answer

    def page(self, path: str) -> dict[str, Any]:
        """The JSON that a page hands to its script."""
        found = _PAGE.search(self.get(path, headers={"Accept": "text/html"}).text)
        assert found, f"{path} has no element #page"
        data: dict[str, Any] = json.loads(found[1])
        return data

    def page_entry(self, path: str) -> dict[str, Any]:
        """The layer's entry in a page's JSON. Raises Absent."""
        for entry in self.page(path)["layers"]:
            if entry["name"] == self.name:
                found: dict[str, Any] = entry
                return found
        raise Absent(path)
