"""Styles in QGIS: what it draws of a layer by our symbols has the colours, places and sizes of our own pictures."""

from pathlib import Path

import httpx
import numpy as np
import pytest

from gis_core import crs
from layers.layer import FeatureLayer
from tests.cast import Person
from tests.likeness import (
    BESIDE,
    LAYERS,
    NAMELESS,
    SOUTH,
    STEP,
    TOLERANCE,
    WEST,
    array_of,
    colour_at,
    committed,
    overlap,
    picture,
    silhouettes,
    windows,
)
from tests.qgis.conftest import Qgis, signed_in
from tests.world import World

pytestmark = pytest.mark.qgis
_WIDTH, _HEIGHT = 500, 480
_METRES = 1.1943285669  # a pixel of zoom 17


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_qgis_draws_alike(qgis: Qgis, server: str, leader: Person, scratch: World, tmp_path: Path, layer: FeatureLayer) -> None:
    """Each class of the legend, at zoom 17 on a screen of 96 dots an inch, by QGIS's own engine and by our WMS."""
    samples = committed(layer, scratch)
    x, y = crs.transform(4326, 3857, WEST + 1.5 * STEP, SOUTH + STEP)
    box = [x - _WIDTH / 2 * _METRES, y - _HEIGHT / 2 * _METRES, x + _WIDTH / 2 * _METRES, y + _HEIGHT / 2 * _METRES]
    asked = {"LAYERS": layer.name, "STYLES": "", "CRS": "EPSG:3857", "BBOX": ",".join(map(str, box)), "FORMAT": "image/png; mode=32bit"}
    ours = picture(server, leader, REQUEST="GetMap", WIDTH=_WIDTH, HEIGHT=_HEIGHT, **asked)
    project, drawn = tmp_path / "map.qgz", tmp_path / "drawn.png"
    content = httpx.get(f"{server}/qgis/project.qgz", headers=leader.headers("basic"), timeout=60).content
    project.write_bytes(signed_in(content, leader))
    said = qgis(drawing=[str(project), layer.name, box, _WIDTH, _HEIGHT, str(drawn)])["drawing"]
    assert (said["valid"], said["saved"], said["errors"]) == (True, True, []), said
    theirs = array_of(drawn.read_bytes())
    aside = BESIDE.get(layer.name, (0, 0))
    places: list[tuple[float, float]] = []
    for sample in samples:
        east, north = crs.transform(4326, 3857, *sample.at)
        place = ((east - box[0]) / _METRES, (box[3] - north) / _METRES)
        places.append(place)
        colours = [colour_at(seen, place[0] + aside[0], place[1] + aside[1]) for seen in (ours, theirs)]
        assert np.abs(colours[0] - colours[1]).max() <= TOLERANCE, (sample, colours)
    seen_at = windows(ours.shape, places, *NAMELESS[layer.geometry_kind])
    if layer.name in BESIDE:
        ours, theirs = silhouettes(ours), silhouettes(theirs)
    assert overlap(ours, theirs, seen_at) > 0.7
