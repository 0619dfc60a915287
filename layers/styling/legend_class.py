"""What a legend tells apart."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LegendClass:
    """What a legend tells apart: features whose `field` has one of `values`, or (no field) all of a layer."""

    label: str
    color: str
    kind: str
    field: str = ""
    values: tuple[Any, ...] = ()
