"""GeoHash, against PostGIS and a known place."""

import numpy as np
import pytest
from django.db import connection

from land.pilot.geohash import geohash


def test_a_known_place() -> None:
    assert geohash(np.array([[108.474, 15.5736]])).tolist() == ["w6v0s7h6g3ky"]


@pytest.mark.django_db
def test_it_is_what_postgis_says() -> None:
    lonlat = np.random.default_rng(4).uniform((-180, -90), (180, 90), (200, 2))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_GeoHash(ST_SetSRID(ST_MakePoint(x, y), 4326), 12)"
            " FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY place(x, y, number) ORDER BY number",
            [lonlat[:, 0].tolist(), lonlat[:, 1].tolist()],
        )
        expected = [row[0] for row in cursor.fetchall()]
    assert geohash(lonlat).tolist() == expected


def test_shorter_codes_are_beginnings() -> None:
    place = np.array([[108.4822, 15.5638]])
    assert geohash(place)[0].startswith(geohash(place, 7)[0])
