"""Features as GeoJSON: the database's text in an orjson fragment against Django's serializer."""

from collections.abc import Iterator

import orjson
from django.contrib.gis.serializers import geojson

from bench.harness import Ratio, alternate, benchmark, milliseconds
from gis_core.functions import GeoJSONGeometry
from land.models import Parcel

_COUNT = 1_000


@benchmark
def geojson_1000() -> Iterator[Ratio]:
    """1,000 parcels as GeoJSON, our way ÷ Django's serializer."""
    ratio, mine, theirs = alternate(_ours, _serializer, rounds=5, warm_up=1)
    yield Ratio("1,000 features as GeoJSON", ratio, "<= 0.05", f"{milliseconds(mine)} ÷ {milliseconds(theirs)}")


def _ours() -> bytes:
    fields = ("pk", "sheet_no", "parcel_no", "land_use", "area_m2", "status")
    rows = Parcel.objects.order_by("pk").annotate(g=GeoJSONGeometry("geom", precision=9)).values(*fields, "g")[:_COUNT]
    return orjson.dumps([{**row, "g": orjson.Fragment(row["g"])} for row in rows])


def _serializer() -> str:
    rows = Parcel.objects.order_by("pk")[:_COUNT]
    fields = ("sheet_no", "parcel_no", "land_use", "area_m2", "status")
    text: str = geojson.Serializer().serialize(rows, geometry_field="geom", fields=fields)
    return text
