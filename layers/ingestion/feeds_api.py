"""`/api/feeds/<layer>`: rows of a layer's feed, as JSON, GeoJSON, CSV or Excel."""

import io
from dataclasses import asdict

import xlsxwriter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema

from gis_core.access import Reach, scope_of
from gis_core.changes.position import position
from gis_core.errors import NotFound
from layers.catalogue import catalogue
from layers.feed import Feed
from layers.ingestion.api import OutcomeOut
from layers.ingestion.bodies import KINDS, XLSX, rows_sent
from layers.ingestion.feeding import take_in
from layers.layer import FeatureLayer

router = Router(tags=["Feeds"])


class FeedOut(Schema):
    """A layer that takes rows from the caller."""

    name: str
    title: str
    columns: list[str]
    key: list[str]
    formats: list[str]


@router.get("", response=list[FeedOut], summary="The layers that take rows from you, with their columns")
def feeds(request: HttpRequest) -> list[FeedOut]:
    """Empty for people without such work."""
    scope = scope_of(request.user)
    return [_told(layer, layer.feed) for layer in catalogue.feature_layers() if layer.feed is not None and layer.reach(scope, "change")]


def _told(layer: FeatureLayer, feed: Feed) -> FeedOut:
    return FeedOut(name=layer.name, title=str(layer.title), columns=list(feed.sent), key=list(feed.key), formats=list(KINDS.values()))


@router.post("/{name}", response=OutcomeOut, summary="Rows of a layer")
def post_rows(request: HttpRequest, response: HttpResponse, name: str) -> dict[str, int]:
    """All or nothing; sent again, a batch changes nothing. 422 names every row that cannot be taken in."""
    layer, _feed, reach = _open(request, name)
    rows = rows_sent(request.body, request.headers.get("Content-Type", "application/json"))
    with transaction.atomic():
        outcome = take_in(layer, reach, rows)
        # Inside the transaction that wrote: the log knows its own entries by its number.
        if (seq := position()) is not None:
            response["X-Change-Seq"] = str(seq)
    return asdict(outcome)


@router.get("/{name}/form.xlsx", summary="An empty workbook with the columns of a layer's rows")
def form(request: HttpRequest, name: str) -> HttpResponse:
    """To be filled in and sent to the same layer."""
    layer, feed, _reach = _open(request, name)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(layer.name[:31])
        sheet.write_row(0, 0, feed.sent, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
    headers = {"Content-Disposition": f'attachment; filename="{layer.name}.xlsx"', "Cache-Control": "private, no-store"}
    return HttpResponse(content.getvalue(), content_type=XLSX, headers=headers)


def _open(request: HttpRequest, name: str) -> tuple[FeatureLayer, Feed, Reach]:
    """The layer, for somebody who may write rows of it. Raises NotFound alike for unknown and forbidden names."""
    scope = scope_of(request.user)
    for layer in catalogue.visible_to(scope):
        if layer.name == name and isinstance(layer, FeatureLayer) and layer.feed is not None:
            reach = layer.reach(scope, "change")
            if reach:
                return layer, layer.feed, reach
    raise NotFound(_("There is nothing at this address, or it is not open to you."))
