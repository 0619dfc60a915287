"""What a report says, apart from how it is written: sections of numbers, charts, tables and a map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Tone = Literal["", "good", "watch", "bad"]


@dataclass(frozen=True)
class Fact:
    """A number with its name; `note` is what it is compared with."""

    name: str
    value: str
    note: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Bars:
    """Values by name, longest names first read. `unit` stands behind values; `plan` marks what was meant to be."""

    title: str
    rows: Sequence[tuple[str, float]]
    unit: str = ""
    plan: Sequence[float | None] = ()
    colours: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Columns:
    """Values through time or by another order, one or several series."""

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[float]]
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of texts and numbers; numbers stand right."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | float | int | None]]
    note: str = ""


@dataclass(frozen=True)
class Drawn:
    """Features on the map: a GeoDataFrame with a colour a row, `words` in its tooltip, how opaque it is filled."""

    name: str
    frame: Any
    colours: Sequence[str]
    words: Sequence[str] = ()
    fill: float = 0.6
    width: float = 1.0
    radius: float = 4.0
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class MapOf:
    """A map: layers from the ground up, and the box it shows (EPSG:5899)."""

    title: str
    layers: Sequence[Drawn]
    bounds: tuple[float, float, float, float]


Block = Bars | Columns | Table | MapOf


@dataclass(frozen=True)
class Section:
    """A chapter: a sentence or two, then what shows it."""

    title: str
    text: str = ""
    facts: Sequence[Fact] = ()
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class Content:
    """A whole report. `sheets` and `frames` are the data beside it: tables for Excel, layers for GeoPackage."""

    title: str
    subtitle: str
    summary: str
    made_at: datetime
    made_by: str
    facts: Sequence[Fact]
    sections: Sequence[Section]
    sources: Sequence[str]
    demo: bool = False
    sheets: Mapping[str, Table] = field(default_factory=dict)
    frames: Mapping[str, Any] = field(default_factory=dict)


def number(value: float | None, decimals: int = 0) -> str:
    """As Vietnamese readers write it: 1.234,5."""
    if value is None or value != value:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\x00").replace(".", ",").replace("\x00", ".")


def short(value: float) -> str:
    """With as many decimals as its size asks for."""
    return number(value, 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2)
