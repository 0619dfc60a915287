"""The cast: seven people in whose name the contract is tested, each with a session, a token, or neither."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.test import Client

from gis_core.models import AdminUnit, Role, User
from tests import factories

SignIn = Literal["session", "basic", "bearer"]

# name -> {role: unit}. Officer and sibling work in units whose codes share a beginning; the analyst works in the whole
# province (and not in the next one); the wall's operator and the leader see every row wherever they are appointed.
_WORK: dict[str, dict[str, str]] = {
    "officer": {Role.LAND_OFFICER: "A", Role.DISPATCHER: "A"},
    "sibling": {Role.LAND_OFFICER: "B", Role.DISPATCHER: "B"},
    "analyst": {Role.ANALYST: "đà nẵng"},
    "operator": {Role.OPERATOR: "đà nẵng"},
    "leader": {Role.LEADER: "đà nẵng"},
    "stranger": {},
}
NAMES = (*_WORK, "anonymous")


@dataclass
class Person:
    """One of the cast; `user` is None for the anonymous visitor."""

    name: str
    user: User | None = None
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    work: dict[str, str] = field(default_factory=dict)

    def headers(self, how: SignIn = "session") -> dict[str, str]:
        """What this person's client sends to be recognised."""
        if self.user is None:
            return {}
        if how == "session":
            return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if how == "bearer":
            return {"Authorization": f"Bearer {self.secret}"}
        pair = base64.b64encode(f"{self.user.username}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def client(self) -> Client:
        """Django's test client with this person's session (for tests inside a transaction)."""
        client = Client()
        client.cookies.load(self.cookies)
        return client


@dataclass
class Cast:
    """The seven by name."""

    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people.values())

    @classmethod
    def engage(cls, units: dict[str, AdminUnit]) -> "Cast":
        """Accounts, jurisdictions, tokens and sessions of everybody."""
        people = {name: _engage(name, work, units) for name, work in _WORK.items()}
        return cls({**people, "anonymous": Person("anonymous")})


def _engage(name: str, work: dict[str, str], units: dict[str, AdminUnit]) -> Person:
    user = factories.user(f"{name}.world")  # the pilot brings accounts of its own
    for role, unit in work.items():
        factories.jurisdiction(user, role, units[unit])
    return Person(name, user, factories.token(user), sign_in(user), work)


def sign_in(user: User) -> dict[str, str]:
    """The cookies of a new session, with the pass that the first answer brings."""
    client = Client()
    client.force_login(user)
    client.get("/healthz")
    return {name: morsel.value for name, morsel in client.cookies.items()}
