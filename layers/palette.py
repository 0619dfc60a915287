"""Colours and type shared by the layers' styles: the light map, and the dark one of the wall."""

from typing import Any

TEXT_FONT = ["Be Vietnam Pro"]
BOLD_FONT = ["Be Vietnam Pro Bold"]
HALO: dict[str, Any] = {"text-halo-color": "#ffffff", "text-halo-width": 1.6}

BACKGROUND = {"light": "#eef2f3", "dark": "#081322"}

DARK_TEXT: dict[str, Any] = {"text-color": "#e8f0fb", "text-halo-color": "#081322", "text-halo-width": 1.8}

# Severity owns red, orange and yellow; categories use other hues.
SEVERITY = {"critical": "#e5484d", "high": "#f5822e", "medium": "#f2b705", "low": "#3e7bd6"}
TRAFFIC = {"slow": "#f2b705", "jammed": "#e5484d", "closed": "#6f56a0"}


def by_zoom(*stops: object) -> list[Any]:
    """A MapLibre expression that runs evenly between (zoom, value) stops."""
    return ["interpolate", ["linear"], ["zoom"], *stops]


def match(field: str, colours: dict[str, str], other: str) -> list[Any]:
    """A MapLibre `match` expression from a value → colour table."""
    pairs = [part for pair in colours.items() for part in pair]
    return ["match", ["get", field], *pairs, other]
