"""What applications beside this one serve below `/ogc/`, and so add to the API's definition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.layer import FeatureLayer
from layers.ogc.resource import Call

Entries = dict[str, Any]


@dataclass(frozen=True)
class Contribution:
    """Paths below `/ogc`, with the parameters and schemas (OpenAPI components) that they refer to and that are theirs alone."""

    paths: Entries
    parameters: Entries = field(default_factory=dict)
    schemas: Entries = field(default_factory=dict)
    tags: tuple[str, ...] = ()


Contributor = Callable[[Call, Sequence[FeatureLayer]], Contribution]
_CONTRIBUTORS: list[Contributor] = []


def contributes(contributor: Contributor) -> Contributor:
    """Decorator: ask this function, with the call and the caller's own layers, whenever the definition is made."""
    _CONTRIBUTORS.append(contributor)
    return contributor


def contributed(call: Call, layers: Sequence[FeatureLayer]) -> Contribution:
    """Everything that others add, as one."""
    found = [contributor(call, layers) for contributor in _CONTRIBUTORS]
    return Contribution(
        {path: entry for one in found for path, entry in one.paths.items()},
        {name: entry for one in found for name, entry in one.parameters.items()},
        {name: entry for one in found for name, entry in one.schemas.items()},
        tuple(tag for one in found for tag in one.tags),
    )
