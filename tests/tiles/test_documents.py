"""TileJSON and style: derived, complete, Vietnamese, and nothing in them leads elsewhere."""

import json
import re

import pytest

from layers.layer import FeatureLayer
from layers.models import LayerSetting
from tests.cast import Person
from tests.contract.services import LOW
from tests.service import Service
from tests.world import World, ordinary_layers

LAYERS = ordinary_layers()


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_tilejson(asgi: Service, leader: Person, layer: FeatureLayer) -> None:
    """TileJSON 3.0.0: required members, fields with their kinds, absolute addresses."""
    document = asgi.get(f"/tiles/{layer.name}.json", leader).json()
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [f"http://testserver/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt"]
    assert document["minzoom"] == layer.min_zoom <= document["maxzoom"]
    assert set(document["vector_layers"][0]["fields"]) == set(layer.tile_fields)
    assert set(document["vector_layers"][0]["fields"].values()) <= {"String", "Number", "Boolean"}


def test_tilejson_of_a_day_leads_to_tiles_of_that_day(asgi: Service, world: World) -> None:
    """The date goes along."""
    document = asgi.get("/tiles/admin_units.json?datetime=2025-06-30").json()
    assert document["tiles"][0].endswith("?datetime=2025-06-30")
    style = asgi.get("/tiles/style.json?datetime=2025-06-30").json()
    assert style["sources"]["admin_units"]["url"].endswith("?datetime=2025-06-30")
    assert "datetime" not in style["sources"]["roads"]["url"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_style_draws_every_layer_that_one_sees(asgi: Service, leader: Person, theme: str) -> None:
    """Ids are unique, sources exist, source layers are the layers' names."""
    style = asgi.get(f"/tiles/style.json?theme={theme}", leader).json()
    assert style["version"] == 8
    ids = [layer["id"] for layer in style["layers"]]
    assert len(ids) == len(set(ids))
    drawn = {layer["source"] for layer in style["layers"] if "source" in layer}
    assert drawn == set(style["sources"]) == {layer.name for layer in LAYERS}
    for layer in style["layers"][1:]:
        assert layer["source-layer"] in (layer["source"], *(f"{layer['source']}_{part}" for part in ("label", *LOW)))
        assert layer["id"].startswith(layer["source"])
        assert layer["metadata"] == {"layer": layer["source"]}


def test_attributes_that_the_style_reads_are_in_the_tiles(asgi: Service, leader: Person) -> None:
    """A filter on a field that is not there draws nothing, without an error."""
    documents = [asgi.get(f"/tiles/{layer.name}.json", leader).json() for layer in LAYERS]
    fields = {one["id"]: {*one["fields"]} for document in documents for one in document["vector_layers"]}
    for part in asgi.get("/tiles/style.json", leader).json()["layers"][1:]:
        read = set(re.findall(r'\["get", "(\w+)"\]', json.dumps(part)))
        assert read <= fields[part["source-layer"]], part["id"]


def test_labels_use_the_font_that_came_along(asgi: Service, leader: Person) -> None:
    """No glyph server, no sprite: nothing to fetch but our own files."""
    style = asgi.get("/tiles/style.json", leader).json()
    assert "glyphs" not in style
    assert "sprite" not in style
    fonts = {font for part in style["layers"] for font in part.get("layout", {}).get("text-font", [])}
    assert fonts
    assert fonts <= set(style["font-faces"])


def test_every_address_in_the_documents_is_ours(asgi: Service, leader: Person) -> None:
    """Under the name by which we were asked."""
    for path in ("/tiles/style.json", *(f"/tiles/{layer.name}.json" for layer in LAYERS)):
        text = asgi.get(path, leader, headers={"Host": "localhost:8000"}).text
        assert set(re.findall(r"https?://([^/\"]+)", text)) <= {"localhost:8000"}


def test_every_file_that_the_style_names_is_there(asgi: Service, leader: Person) -> None:
    """Fonts are served from our own static files."""
    text = asgi.get("/tiles/style.json", leader).text
    for address in set(re.findall(r"http://testserver(/static/[^\"]+)", text)):
        assert asgi.get(address).status_code == 200, address


def test_words_are_vietnamese_unless_english_is_asked(asgi: Service) -> None:
    """Each with its own validator."""
    vietnamese = asgi.get("/tiles/roads.json")
    english = asgi.get("/tiles/roads.json", headers={"Accept-Language": "en"})
    assert english.json()["vector_layers"][0]["description"] == "Roads and traffic"
    assert vietnamese.json()["vector_layers"][0]["description"] != "Roads and traffic"
    assert vietnamese.headers["ETag"] != english.headers["ETag"]
    assert (vietnamese.headers["Content-Language"], english.headers["Content-Language"]) == ("vi", "en")


def test_an_administrators_choices_are_followed(asgi: Service, scratch: World) -> None:
    """Zooms, style, owner, order."""
    style = [{"id": "mine", "type": "line", "paint": {"line-color": "#123456"}}]
    choices = {"min_zoom": 11, "max_zoom": 15, "style": style, "owner": "Sở Xây dựng", "position": 1}
    LayerSetting.objects.update_or_create(layer="roads", defaults=choices)
    document = asgi.get("/tiles/roads.json").json()
    assert (document["minzoom"], document["maxzoom"], document["attribution"]) == (11, 15, "Sở Xây dựng")
    parts = [part for part in asgi.get("/tiles/style.json").json()["layers"] if part.get("source") == "roads"]
    assert [(part["id"], part["paint"], part["minzoom"]) for part in parts] == [("roads-mine", {"line-color": "#123456"}, 11)]
    z10 = asgi.get("/tiles/roads/10/820/466.mvt")
    assert z10.status_code == 204


def test_a_layer_that_is_not_published_is_gone_for_everybody(asgi: Service, scratch: World, leader: Person) -> None:
    """From every service, until it is published again."""
    LayerSetting.objects.update_or_create(layer="water", defaults={"published": False})
    for path in ("/tiles/water.json", "/tiles/water/14/13131/7461.mvt", "/live/?layers=water", "/ogc/collections/water"):
        assert asgi.get(path, leader).status_code == 404, path
    assert "water" not in asgi.get("/tiles/style.json", leader).json()["sources"]
    assert "water" not in asgi.get("/wall/counts", leader).json()
