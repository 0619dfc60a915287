"""Measurements of stations: the one verb behind `POST /api/observations`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from layers.ingestion.series import Measured, Series
from layers.models import Observation, Station

__all__ = ["Measured", "take_in"]


def _follow(station: Any, reading: Any) -> tuple[str, ...]:
    """Latest result and state of a station."""
    station.latest_result, station.latest_at, station.state = reading.result, reading.phenomenon_time, station.state_of(reading.result)
    return ("latest_result", "latest_at", "state")


SERIES = Series(
    Station, Observation, "station", "phenomenon_time", "result",
    columns=("Datastream", "phenomenonTime", "result"),
    unknown=_("there is no station “%(code)s”, or it is not yours to write"),
    follow=_follow,
)  # fmt: skip
take_in = SERIES.take_in
