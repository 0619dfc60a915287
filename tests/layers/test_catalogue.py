"""The catalogue: one name, one layer; unknown and forbidden alike; layers that come and go at run time."""

import pytest

from gis_core.access import ANONYMOUS, AccessRule, Action, Reach, Scope
from gis_core.errors import NotFound
from layers.catalogue import Catalogue, catalogue
from layers.layer import CoverageLayer, FeatureLayer, Layer, Service
from layers.models import Facility

EVERYTHING = Scope(authenticated=True, superuser=True)


def _layer(name: str, *, everybody: bool = True, services: frozenset[Service] = frozenset({"tiles", "features"})) -> type[Layer]:
    class Made(Layer):
        def reach(self, scope: Scope, action: Action = "view") -> Reach:
            return Reach(everything=everybody or scope.superuser)

    Made.name, Made.services = name, services
    return Made


def test_the_layers_of_the_pilot_are_there() -> None:
    """Declared by their applications and found by themselves."""
    names = {"admin_units", "parcels", "incidents", "roads", "tourism_places", "facilities", "water"}
    assert names <= {layer.name for layer in catalogue._declared.values()}


def test_a_name_is_taken_once() -> None:
    """The second declaration is a mistake."""
    mine = Catalogue()
    mine.register(_layer("x"))
    with pytest.raises(ValueError, match="'x' is registered twice"):
        mine.register(_layer("x"))


def test_the_order_is_that_of_registration() -> None:
    """Settings may say otherwise later."""
    mine = Catalogue()
    for name in ("c", "a", "b"):
        mine.register(_layer(name))
    assert [layer.name for layer in mine] == ["c", "a", "b"]


def test_unknown_and_forbidden_raise_alike() -> None:
    """With the same sentence but for the name."""
    mine = Catalogue()
    mine.register(_layer("hidden", everybody=False))
    details = []
    for name in ("hidden", "unheard"):
        with pytest.raises(NotFound) as caught:
            mine.get(name, ANONYMOUS)
        details.append(caught.value.detail.replace(name, "…"))
    assert details[0] == details[1]
    assert mine.get("hidden", EVERYTHING).name == "hidden"


def test_a_service_that_a_layer_does_not_offer() -> None:
    """Is as if there were no layer."""
    mine = Catalogue()
    mine.register(_layer("x", services=frozenset({"tiles"})))
    assert mine.get("x", ANONYMOUS, "tiles").name == "x"
    assert mine.visible_to(ANONYMOUS, "features") == []
    with pytest.raises(NotFound):
        mine.get("x", ANONYMOUS, "features")


def test_a_coverage_has_no_features() -> None:
    """It is seen, or not, as a whole."""
    mine = Catalogue()

    class Orthophoto(CoverageLayer):
        name = "orthophoto"
        access = AccessRule(view=frozenset({"analyst"}))

    mine.register(Orthophoto)
    analyst = Scope(frozenset({("analyst", frozenset({1}))}), authenticated=True)
    assert mine.get("orthophoto", analyst).reach(analyst) == Reach(everything=True)
    assert mine.visible_to(ANONYMOUS) == []
    with pytest.raises(NotFound):
        mine.features("orthophoto", analyst, "tiles")


def test_provided_layers_come_and_go_and_never_hide_a_declared_one() -> None:
    """Imported data are asked for at each reload."""
    mine, stock = Catalogue(), [_layer("imported")(), _layer("declared", everybody=False)()]
    mine.provide(lambda: stock)
    mine.register(_layer("declared"))
    assert [layer.name for layer in mine] == ["declared", "imported"]
    assert mine.get("declared", ANONYMOUS).name == "declared"
    generation = mine.generation
    stock.clear()
    mine.reload()
    assert [layer.name for layer in mine] == ["declared"]
    assert mine.generation > generation


def test_a_withdrawn_layer_is_nowhere() -> None:
    """Whoever asks."""
    mine = Catalogue()
    mine.register(_layer("x"))
    mine.withdraw(["x"])
    assert mine.visible_to(EVERYTHING) == []
    with pytest.raises(NotFound):
        mine.get("x", EVERYTHING)
    mine.withdraw([])
    assert mine.get("x", ANONYMOUS).name == "x"


def test_two_layers_may_share_a_model() -> None:
    """All facilities, and the shelters among them: changes of the table are told to both."""
    assert [layer.name for layer in catalogue.feature_layers() if layer.table == Facility._meta.db_table] == ["facilities"]
    assert catalogue.names_of_table(Facility._meta.db_table) == ["facilities"]


def test_every_declared_layer_has_words() -> None:
    """Title, abstract, group: the catalogue page shows them."""
    for layer in catalogue._declared.values():
        assert all(str(text) for text in (layer.title, layer.abstract, layer.group)), layer.name
        assert isinstance(layer, FeatureLayer)
