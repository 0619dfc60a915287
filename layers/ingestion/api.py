"""`/api/observations`, `/api/traffic` and `/api/indicators`: what stations, detectors and reporting units send."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.params.functions import Body
from pydantic import ConfigDict, Field

from gis_core.access import Reach, scope_of
from gis_core.changes.position import position
from gis_core.errors import NotFound
from layers.ingestion import indicators, observations, traffic
from layers.ingestion.batch import MAX_ROWS, Outcome
from layers.models import IndicatorValue, RoadSegment, Station

observations_router = Router(tags=["Environment"])
indicators_router = Router(tags=["Indicators"])
traffic_router = Router(tags=["Traffic"])
_BODY: Any = Body(...)


class Reference(Schema):
    """A station as SensorThings refers to it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    id: int | str = Field(alias="@iot.id", description="The station's code, or its id as a feature")


class Single(Schema):
    """One observation (SensorThings 1.1, part 1, 10.2)."""

    model_config = ConfigDict(extra="forbid")
    Datastream: Reference
    phenomenonTime: datetime = Field(description="With its offset")
    result: float


class DataArray(Schema):
    """Observations of one station in a batch (SensorThings 1.1, part 1, 13.3)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    Datastream: Reference
    components: tuple[Literal["phenomenonTime"], Literal["result"]] = ("phenomenonTime", "result")
    count: int | None = Field(None, alias="dataArray@iot.count")
    dataArray: list[tuple[datetime, float]] = Field(max_length=MAX_ROWS)


class OutcomeOut(Schema):
    """What became of a batch."""

    received: int
    created: int
    corrected: int = Field(description="There with another value, which is replaced")
    repeated: int = Field(description="There already")


class ReadingIn(Schema):
    """A measured speed of a stretch of road."""

    model_config = ConfigDict(extra="forbid")
    road: int | str = Field(description="The stretch's code, or its id as a feature")
    at: datetime = Field(description="With its offset")
    speed_kmh: float


class FigureIn(Schema):
    """A figure of one unit in one period."""

    model_config = ConfigDict(extra="forbid")
    indicator: str = Field(max_length=40)
    unit: str = Field(max_length=10, description="Code of the unit at the end of the period")
    period: str = Field(max_length=10, description="2026, 2026-Q3 or 2026-10")
    plan: float | None = None
    actual: float | None = None
    base: float | None = Field(None, description="Of a share")


@observations_router.post("", response=OutcomeOut, summary="Measurements of stations, one or many")
def post_observations(request: HttpRequest, response: HttpResponse, asked: Single | list[DataArray] = _BODY) -> dict[str, int]:
    """All or nothing; sent again, a batch changes nothing. 422 names every row that cannot be taken in."""
    rows = [_one(asked)] if isinstance(asked, Single) else [row for array in asked for row in _many(array)]
    with transaction.atomic():
        return _told(response, observations.take_in(_reach(request, Station), rows))


@indicators_router.post("", response=OutcomeOut, summary="Figures of indicators by unit and period")
def post_figures(request: HttpRequest, response: HttpResponse, asked: list[FigureIn] = _BODY) -> dict[str, int]:
    """All or nothing; sent again, a batch changes nothing. 422 names every row that cannot be taken in."""
    rows = [indicators.Figure(**figure.dict()) for figure in asked]
    with transaction.atomic():
        return _told(response, indicators.take_in(_reach(request, IndicatorValue), rows))


@traffic_router.post("", response=OutcomeOut, summary="Measured speeds of stretches of road")
def post_readings(request: HttpRequest, response: HttpResponse, asked: list[ReadingIn] = _BODY) -> dict[str, int]:
    """All or nothing; sent again, a batch changes nothing. 422 names every row that cannot be taken in."""
    rows = [traffic.Measured(reading.road, reading.at, reading.speed_kmh) for reading in asked]
    with transaction.atomic():
        return _told(response, traffic.take_in(_reach(request, RoadSegment), rows))


def _reach(request: HttpRequest, model: type[Station | IndicatorValue | RoadSegment]) -> Reach:
    reach = model.access.reach(scope_of(request.user), "change")
    if not reach:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return reach


def _told(response: HttpResponse, outcome: Outcome) -> dict[str, int]:
    # Inside the transaction that wrote: the log knows its own entries by its number.
    if (seq := position()) is not None:
        response["X-Change-Seq"] = str(seq)
    return asdict(outcome)


def _one(asked: Single) -> observations.Measured:
    return observations.Measured(asked.Datastream.id, asked.phenomenonTime, asked.result)


def _many(array: DataArray) -> list[observations.Measured]:
    return [observations.Measured(array.Datastream.id, at, result) for at, result in array.dataArray]
