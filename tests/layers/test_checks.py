"""System checks: a wrong declaration is named with its class, its attribute and what is accepted."""

from typing import Any

import pytest
from django.contrib.gis.db import models
from django.core import checks

from gis_core.access import AccessRule
from gis_core.models import Jurisdiction
from layers.checks import check_layer, check_layers
from layers.editing.rows import RowEditor
from layers.feed import Feed
from layers.generalisation import Generalisation, Group
from layers.ingestion.places import AtPoint
from layers.layer import FeatureLayer
from layers.models import Facility


class Good(FeatureLayer):
    """A right declaration, which each test spoils."""

    model = Facility
    name = "good"
    fields = ("name", "theme", "address")
    tile_fields = ("name",)
    search_fields = ("address",)
    label_field = "name"


def _errors(**attributes: Any) -> list[checks.CheckMessage]:
    return list(check_layer(type("Spoiled", (Good,), attributes)()))


def test_a_right_declaration_is_silent() -> None:
    """So are all of ours."""
    assert _errors() == []
    assert check_layers(None) == []


def general(**changed: Any) -> Generalisation:
    """A declaration of low zooms, spoiled."""
    return Generalisation(**{"field": "theme", "measure": "capacity", "unit": "", "groups": (), **changed})


@pytest.mark.parametrize(
    ("attributes", "code", "said"),
    [
        ({"name": "Bad Name"}, "E001", "'Bad Name'"),
        ({"name": ""}, "E001", "name"),
        ({"name": "đất"}, "E001", "đất"),
        ({"name": "a" * 64}, "E001", "name"),
        ({"min_zoom": 12, "max_zoom": 9}, "E002", "in order"),
        ({"max_zoom": 25}, "E002", "0..24"),
        ({"model": Jurisdiction}, "E004", "Jurisdiction"),
        ({"geometry": "name"}, "E006", "geometry"),
        ({"geometry": "nowhere"}, "E006", "nowhere"),
        ({"tile_geometry": "address"}, "E006", "tile_geometry"),
        ({"editor": dict}, "E015", "Editor"),
        ({"editor": type("Writer", (RowEditor,), {"writable": ("kind",)})}, "E016", "'kind'"),
        ({"fields": ("name", "theme", "address", "adress")}, "E007", "'adress'"),
        ({"time_fields": ("opened", None)}, "E007", "'opened'"),
        ({"label_field": "kind"}, "E008", "'kind'"),
        ({"search_fields": ("kind",)}, "E008", "'kind'"),
        ({"tile_fields": ("capacity",)}, "E008", "'capacity'"),
        ({"tile_fields_from": {"address": 15}}, "E017", "'address'"),
        ({"fields": ("name", "address", "admin_unit"), "tile_fields": ("admin_unit",)}, "E014", "'admin_unit', a relation"),
        ({"fields": ("name", "theme", "address", "kind"), "tile_fields": ("name", "theme", "address", "kind")}, "E009", "at most 3"),
        ({"cadence": "hourly"}, "E020", "'hourly'"),
        ({"feed": Feed(("code",), ("colour",), AtPoint())}, "E021", "'colour'"),
        ({"feed": Feed(("name",), (), AtPoint())}, "E022", "no unique constraint"),
        ({"generalisation": general(field="kind")}, "E011", "'kind'"),
        ({"generalisation": general(measure="nowhere")}, "E012", "'nowhere'"),
        ({"generalisation": general(counter_zoom=14)}, "E013", "counter_zoom"),
        ({"generalisation": general(counter_zoom=11)}, "E013", "counter_zoom"),
        ({"generalisation": general(groups=(Group("Ở", "", (), "#fff"),))}, "E014", "key"),
    ],
)
def test_a_mistake_is_named(attributes: dict[str, Any], code: str, said: str) -> None:
    """Class and attribute in the sentence."""
    found = {error.id: error.msg for error in _errors(**attributes)}
    assert f"layers.{code}" in found
    assert said in found[f"layers.{code}"]
    assert found[f"layers.{code}"].startswith("Spoiled")


def test_a_wrong_field_comes_with_the_fields_that_exist() -> None:
    """A typing error is mended at a glance."""
    (error,) = _errors(fields=("name", "theme", "address", "adress"))
    assert error.hint is not None
    assert "address" in error.hint


def test_a_layer_without_a_model() -> None:
    """Says so instead of failing."""

    class Empty(FeatureLayer):
        name = "empty"

    assert [error.id for error in check_layer(Empty())] == ["layers.E003"]


def test_flagged_rows_need_their_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    """`public="flagged"` without the column would fail in each request."""
    monkeypatch.setattr(Facility, "access", AccessRule(public="flagged"))
    assert [error.id for error in _errors()] == ["layers.E010"]


def test_a_manager_without_a_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that nobody restricts must not become a layer."""
    manager: models.Manager[Facility] = models.Manager()
    manager.model = Facility
    monkeypatch.setitem(Facility._meta.__dict__, "default_manager", manager)
    assert "layers.E005" in {error.id for error in _errors()}
