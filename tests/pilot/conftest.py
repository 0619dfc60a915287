"""A small town, drawn once for all tests, and an empty map to load it into."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from numpy.typing import NDArray

from gis_core.pilot.town import Town, town
from land.pilot.parcels import Generator, ParcelBatch

SEED, SCALE = 1, 0.1
SMALL = ("--scale", "0.1", "--date", "2026-11-22")
Load = Callable[..., str]


@pytest.fixture(scope="session")
def generator() -> Generator:
    """The smallest town."""
    return Generator(SEED, SCALE)


@pytest.fixture(scope="session")
def batches(generator: Generator) -> list[ParcelBatch]:
    """Its parcels, commune after commune."""
    return list(generator.batches())


@pytest.fixture(scope="session")
def polygons(batches: list[ParcelBatch]) -> NDArray[np.object_]:
    """All parcels' outlines."""
    return np.concatenate([batch.polygons for batch in batches])


@pytest.fixture(scope="session")
def small_town() -> Town:
    """The plan of the smallest town."""
    return town(SEED, SCALE)


@pytest.fixture
def load_pilot(db: None, settings: Any, tmp_path: Path) -> Load:
    """The command, on a database without any map; rolled back after the test. Answers what it wrote."""
    settings.DATA_DIR = tmp_path
    settings.COVERAGE_DIR = tmp_path / "coverages"
    empty_the_map()

    def load(*options: str) -> str:
        out = io.StringIO()
        call_command("load_pilot", *options, stdout=out)
        return out.getvalue()

    return load


def empty_the_map() -> None:
    """Take the tests' own units and everything on them away, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE gis_core_adminunit, gis_core_admingeneration, layers_layersetting, incidents_incidentcategory,"
            " incidents_handlingunit CASCADE"
        )
