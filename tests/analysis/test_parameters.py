"""What analyses and reports are asked: every value is read or refused with the parameter's name, never anything else."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.access import ANONYMOUS, Scope
from gis_core.errors import BadParameter, NotFound
from layers.analysis.contract import kinds
from layers.analysis.parameters import Choice, Day, FieldChoice, FilterText, LayerChoice, Number, Parameter, UnitChoice, read_all
from layers.attributes import attributes
from layers.briefings.contract import kinds as reports
from layers.catalogue import catalogue
from tests.world import World

ALL = Scope(superuser=True)
FORM_KINDS = {"text", "layer", "filter", "field", "number", "choice", "date", "unit", "raster"}
texts = st.text(max_size=30) | st.sampled_from(["1e400", "nan", "-0", "٣", "1,5", "0x10", " 7 ", "2026-02-30", "\x00", "NaN", "inf"])


def everything() -> list[Parameter]:
    """Of all analyses and reports."""
    asked = [*(kind.parameters for kind in kinds().values()), *(kind.parameters for kind in reports().values())]
    return [parameter for parameters in asked for parameter in parameters]


def refused(parameter: Parameter, value: Any, read: dict[str, Any] | None = None, scope: Scope = ALL) -> str:
    """The field that the refusal names."""
    with pytest.raises(BadParameter) as error:
        parameter.read(value, scope, read or {})
    assert error.value.detail
    return str(error.value.field)


@given(texts, st.floats(-100, 100), st.floats(0, 100), st.booleans())
@settings(max_examples=120, deadline=None)
def test_numbers_lie_in_their_range(text: str, low: float, width: float, whole: bool) -> None:
    """Whatever was typed: a finite number of the range, or a refusal that names the field."""
    asked = Number(name="metres", label="Distance", low=low, high=low + width, whole=whole)
    try:
        value = asked.read(text, ALL, {})
    except BadParameter as error:
        assert error.field == "metres"
        return
    assert low <= value <= low + width
    assert isinstance(value, int) == whole


@given(texts)
@settings(max_examples=80, deadline=None)
def test_days_are_days(text: str) -> None:
    """A date of the calendar or a refusal; no moment of a day."""
    try:
        assert type(Day(name="before", label="First date").read(text, ALL, {})) is date
    except BadParameter as error:
        assert error.field == "before"


@pytest.mark.parametrize("value", ["2026-11-28T10:00:00Z", "2026-13-01", "28/11/2026", "2026"])
def test_what_is_no_day(value: str) -> None:
    """Moments and other orders are told apart."""
    assert refused(Day(name="after", label="Second date"), value) == "after"


def test_words_are_those_of_the_list() -> None:
    """Exactly; the refusal says which there are."""
    asked = Choice(name="merge", label="Overlapping areas", options={"merged": "become one", "single": "stay"})
    assert asked.read("single", ALL, {}) == "single"
    with pytest.raises(BadParameter, match="merged, single"):
        asked.read("Single", ALL, {})


def test_layers_are_those_of_the_asker(db: None, world: World) -> None:
    """Unknown and forbidden ones are the same; a wrong geometry is told with those that do."""
    asked = LayerChoice(name="layer", label="Layer", geometries=("polygon",))
    assert asked.read("parcels", ALL, {}).name == "parcels"
    hidden = []
    for name in ("parcels", "nothing_of_this_name"):
        with pytest.raises(NotFound) as error:
            asked.read(name, ANONYMOUS, {})
        hidden.append(error.value.detail.replace(name, "…"))
    assert hidden[0] == hidden[1]
    with pytest.raises(BadParameter, match=r"water|crop_areas|admin_units") as wrong:
        asked.read("roads", ANONYMOUS, {})
    assert wrong.value.field == "layer"
    assert "parcels" not in wrong.value.detail


def test_timed_layers_have_a_validity(db: None) -> None:
    """Parcels do; facilities and events do not."""
    asked = LayerChoice(name="layer", label="Layer", timed=True)
    fitting = {layer.name for layer in asked.fitting(ALL)}
    assert "parcels" in fitting
    assert not {"facilities", "incidents"} & fitting


def test_filters_are_of_their_layer(db: None) -> None:
    """CQL2 over published attributes alone; the refusal names the parameter, not `filter`."""
    asked = FilterText(name="near_filter", label="Only those with", of="near")
    facilities = catalogue.features("facilities", ALL, "query")
    assert asked.read("theme = 'health'", ALL, {"near": facilities}) is not None
    for text in ("theme =", "holder_name = 'x'", "id; DROP TABLE", "1 = 1) OR (1 = 1"):
        assert refused(asked, text, {"near": facilities}) == "near_filter"
    assert refused(asked, "theme = 'health'") == "near_filter"


def test_attributes_are_published_ones(db: None) -> None:
    """Each by its name; where a number is wanted texts do not do."""
    layer = catalogue.features("parcels", ALL, "query")
    names = {one.name for one in attributes(layer)}
    plain, number = FieldChoice(name="field", label="Attribute"), FieldChoice(name="field", label="Attribute", numeric=True)
    assert plain.read("land_use", ALL, {"layer": layer}).name == "land_use"
    assert refused(number, "land_use", {"layer": layer}) == "field"
    assert refused(plain, "holder", {"layer": layer}) == "field"
    assert refused(plain, "land_use") == "field"
    assert "holder" not in names


def test_units_are_those_of_today(world: World, db: None) -> None:
    """By code; one that was abolished is none."""
    asked = UnitChoice(name="unit", label="Unit")
    assert asked.read("20341", ALL, {}).pk == world.units["A"].pk
    old = [unit for unit in world.units.values() if unit.valid_to is not None]
    assert old
    today = {unit.code for unit in world.units.values() if unit.valid_to is None}
    for unit in old:
        if unit.code not in today:
            assert refused(asked, unit.code) == "unit"
    assert refused(asked, "x" * 500) == "unit"


def test_nothing_unknown_passes_and_nothing_needed_is_left_out() -> None:
    """The first names what is accepted, the second what is missing; an empty field of a form is one that was left out."""
    asked = (Number(name="metres", label="Distance", low=0, high=9), Number(name="least", label="Least", low=0, high=9, default=3))
    assert read_all(asked, {"metres": "4", "least": ""}, ALL) == {"metres": 4.0, "least": 3.0}
    for given_, field in (({"metres": 1, "radius": 2}, "radius"), ({}, "metres"), ({"metres": None}, "metres")):
        with pytest.raises(BadParameter) as error:
            read_all(asked, given_, ALL)
        assert error.value.field == field
    optional = (Number(name="metres", label="Distance", low=0, high=9, required=False),)
    assert read_all(optional, {}, ALL) == {"metres": None}


def test_every_parameter_can_be_drawn_as_a_form(db: None) -> None:
    """A name for the address, words for people, a kind that the page knows, and a range where it is a number."""
    for parameter in everything():
        about = parameter.described()
        assert about["name"].isidentifier() and about["label"]
        assert about["kind"] in FORM_KINDS
        if about["kind"] == "number":
            assert about["low"] < about["high"]
            assert about["default"] is None or about["low"] <= about["default"] <= about["high"]
        if about["kind"] == "choice":
            assert about["default"] in [value for value, _title in about["options"]]


def test_names_mean_the_same_everywhere() -> None:
    """A `filter` filters a `layer`; what filters another one is called after it, which the provenance relies on."""
    for kind in kinds().values():
        for parameter in kind.parameters:
            if isinstance(parameter, FilterText):
                assert parameter.name == ("filter" if parameter.of == "layer" else f"{parameter.of}_filter")
