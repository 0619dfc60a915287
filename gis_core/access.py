"""Who reaches which rows. Every service asks here and nowhere else.

A `Scope` is what a person may do where: a closed, hashable set of (role, units), the same for everybody with the same
work, so it can key shared caches. A model's `AccessRule` turns a scope and an action into a `Reach`: everything, the rows
of some units, the published rows, or nothing. The reach goes into each query as a predicate: PostGIS operators are not
leakproof, so row-level security alone would lose the spatial index.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

Action = Literal["view", "change"]
Publicity = Literal["all", "flagged", "none"]


@dataclass(frozen=True)
class Scope:
    """A person's roles with the units (closed downwards) in which each is held; `superuser` stands for all of it.

    `read_only`: a screen or a link that shows what the person may see; it changes nothing.
    """

    grants: frozenset[tuple[str, frozenset[int]]] = frozenset()
    authenticated: bool = False
    superuser: bool = False
    read_only: bool = False

    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(role for role, _units in self.grants)

    def units(self, roles: Iterable[str]) -> frozenset[int]:
        """Ids of the units in which any of `roles` is held."""
        wanted = frozenset(roles)
        return frozenset().union(*(units for role, units in self.grants if role in wanted))

    @cached_property
    def key(self) -> str:
        """A short digest of the whole scope, equal for equal scopes in every process."""
        content = sorted((role, sorted(units)) for role, units in self.grants)
        return _digest(f"{content}{self.authenticated}{self.superuser}{'r' if self.read_only else ''}")


ANONYMOUS = Scope()


@dataclass(frozen=True)
class Reach:
    """The rows of one model that one scope reaches: all, or those of `units` and (when `public`) the published ones."""

    everything: bool = False
    units: frozenset[int] = frozenset()
    public: bool = False

    def __bool__(self) -> bool:
        return self.everything or self.public or bool(self.units)

    @cached_property
    def key(self) -> str:
        """Part of every cache key and ETag: two people with the same reach share bytes, others never do."""
        if self.everything:
            return "all"
        return _digest(f"{sorted(self.units)}{self.public}")

    def condition(self) -> Q:
        """The predicate for a `SpatialRow` queryset."""
        if self.everything:
            return Q()
        inside = Q(admin_unit_id__in=sorted(self.units)) if self.units else Q(pk__in=[])
        return inside | Q(is_public=True) if self.public else inside

    def hears(self, units: Iterable[int] | None, *, is_public: bool) -> bool:
        """Whether a change of a row in `units` (before or after) may be told to this reach."""
        if self.everything or (self.public and is_public):
            return True
        return units is not None and not self.units.isdisjoint(units)


@dataclass(frozen=True)
class AccessRule:
    """What a model grants.

    `public`: "all" rows are for everybody, the "flagged" ones (is_public) are, or "none". `view` and `change` are roles
    that act inside their own units; `view_all` are roles that see every row wherever their unit is. With `superusers` False
    even an administrator of the system needs a role: what asks for clearance.
    """

    public: Publicity = "none"
    view: frozenset[str] = field(default_factory=frozenset)
    view_all: frozenset[str] = field(default_factory=frozenset)
    change: frozenset[str] = field(default_factory=frozenset)
    superusers: bool = True

    def reach(self, scope: Scope, action: Action = "view") -> Reach:
        """The rows that `scope` reaches with `action`; empty (falsy) when there are none by rule."""
        if action == "change" and scope.read_only:
            return Reach()
        if (scope.superuser and self.superusers) or (action == "view" and (self.public == "all" or scope.roles() & self.view_all)):
            return Reach(everything=True)
        if action == "change":
            return Reach(units=scope.units(self.change))
        return Reach(units=scope.units(self.view | self.change), public=self.public == "flagged")


PUBLIC = AccessRule(public="all")


def scope_of(user: object) -> Scope:
    """The scope of a signed-in user (cached on the object) or of a visitor."""
    if isinstance(user, AnonymousUser) or not getattr(user, "is_active", False):
        return ANONYMOUS
    cached = getattr(user, "_scope", None)
    if isinstance(cached, Scope):
        return cached
    from gis_core.auth.directory import load_scopes

    pk = int(user.pk)  # type: ignore[attr-defined]
    scope = load_scopes([pk]).get(pk, ANONYMOUS)
    user._scope = scope  # type: ignore[attr-defined]
    return scope


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
