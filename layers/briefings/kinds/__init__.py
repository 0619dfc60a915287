"""The kinds of reports, one file each. Importing this package makes them known."""

from layers.briefings.kinds import hotspots, indicators, land_use_change, situation

__all__ = ["hotspots", "indicators", "land_use_change", "situation"]
