"""How pictures are drawn: in bands, and with the numbers of classes, they are the pictures that they would be without."""

import io
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from PIL import Image

from gis_core.access import Reach
from layers.catalogue import catalogue
from layers.layer import FeatureLayer
from layers.store.registry import stores
from layers.styling.classes import Class, Condition
from layers.styling.expressions import Interval
from tests.store.plans import store_of
from tests.world import World
from tiles.drawing import bands, document, pictures
from tiles.drawing.numbering import Numbering, commonest, numbered, numbering
from tiles.drawing.painting import FORMATS
from tiles.drawing.rows import Rows
from tiles.drawing.view import View

BOX = (12_074_500.0, 1_753_200.0, 12_075_500.0, 1_753_950.0)
Drawn = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
Draw = Callable[..., Drawn]


@pytest.fixture
def draw(world: World, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """`draw("parcels", density)`: everything of a layer, anew each time."""

    def paint(name: str, density: float = 1.0, size: tuple[int, int] = (1000, 751), format_: str = "image/png; mode=32bit") -> Drawn:
        monkeypatch.setattr(pictures, "_documents", OrderedDict())
        layer = next(layer for layer in catalogue.feature_layers() if layer.name == name)
        shown = pictures.Shown(Rows(layer, Reach(everything=True)))
        made = pictures.picture([shown], View(BOX, 3857, *size, density), FORMATS[format_])
        return np.asarray(Image.open(io.BytesIO(made)).convert("RGBA"), np.int16)

    return paint


@pytest.mark.parametrize("name", ["parcels", "water", "admin_units"])
def test_bands_are_the_whole(draw: Draw, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where nothing is written, to the last shade that rounding makes."""
    monkeypatch.setattr(bands, "_CORES", 2)
    monkeypatch.setattr(bands, "_WORTH_IT", 10**9)
    whole = draw(name, 4.0)
    taken: list[int] = []
    given = bands._bands
    monkeypatch.setattr(bands, "_WORTH_IT", 1)

    def cut(view: View) -> list[View]:
        taken.append(view.height)
        return given(view)

    monkeypatch.setattr(bands, "_bands", cut)
    divided = draw(name, 4.0)
    assert whole[..., 3].max() > 0, "nothing is drawn"
    assert np.abs(whole - divided).max() <= 2
    assert taken == ([751] if name == "parcels" else []), "the others have names"


def test_a_palette_is_near_every_colour(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bands too, which follow each other from the top; what is transparent stays so."""
    monkeypatch.setattr(bands, "_CORES", 2)
    monkeypatch.setattr(bands, "_WORTH_IT", 1)
    exact, packed = draw("parcels", 4.0), draw("parcels", 4.0, format_="image/png")
    assert (exact[..., 3] == 0).any() and exact[..., 3].max() > 0
    assert (packed[exact[..., 3] == 0][:, 3] == 0).all()
    seen = [picture[..., :3] * (picture[..., 3:] / 255) for picture in (exact, packed)]
    assert np.abs(seen[0] - seen[1]).mean() < 2


def test_a_band_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other thread stops; nobody waits for bands that will not come."""
    monkeypatch.setattr(bands, "_CORES", 2)
    monkeypatch.setattr(bands, "_WORTH_IT", 1)

    def draw(view: View) -> bytes:
        if view.box[1] < 1:
            raise RuntimeError("no row")
        return b"drawn"

    with pytest.raises(RuntimeError, match="no row"):
        bands.draw_in_bands("<Map/>", View((0, 0, 10, 100), 3857, 10, 100), draw, b"".join)
    assert bands.draw_in_bands("<Map/>", View((0, 5, 10, 105), 3857, 10, 100), draw, b"".join) == b"drawn" * 4


def test_words_are_not_cut(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near enough for numbers of parcels the picture is drawn as a whole."""
    monkeypatch.setattr(bands, "_CORES", 2)
    monkeypatch.setattr(bands, "_WORTH_IT", 1)
    monkeypatch.setattr(bands, "_bands", lambda _view: pytest.fail("it was divided"))
    assert draw("parcels", 0.5)[..., 3].max() > 0


@pytest.mark.parametrize("density", [0.5, 4.0])
def test_numbers_of_classes_change_nothing(draw: Draw, monkeypatch: pytest.MonkeyPatch, density: float) -> None:
    """Every land use has its colour, one that the style does not name too."""
    with_numbers = draw("parcels", density)
    used: list[object] = []
    monkeypatch.setattr(document, "numbering", lambda *given: used.append(given))
    assert (draw("parcels", density) == with_numbers).all()
    assert used


def test_the_order_of_classes_changes_nothing(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each feature is of one class."""
    asked: list[Numbering] = []
    plain = draw("parcels", 4.0)

    def backwards(_layer: FeatureLayer, by: Numbering) -> list[int]:
        asked.append(by)
        return sorted({by.other, *by.numbers.values()} - {-1}, reverse=True)

    monkeypatch.setattr(pictures, "commonest", backwards)
    assert (draw("parcels", 4.0) == plain).all()
    assert asked


def test_what_most_features_have_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the layer in memory; without it nothing is known."""
    store = store_of([shapely.Point(0, 0)] * 11)  # đường 3, none 3, hẻm 3, "" 2
    layer, by = store.layer, Numbering("class0", "name", {"hẻm": 0, "đường": 0, "": 1, "ngõ": 2}, 3)
    assert commonest(layer, by) == []
    monkeypatch.setattr(stores, "get", {layer: store}.get)
    assert commonest(layer, by) == [0, 3, 1]
    assert commonest(layer, Numbering("class0", "elsewhere", {"A": 0}, -1)) == []
    found = [entry(Condition("name", (value,))) for value in "abcd"]
    assert [one.alternatives for one in numbered(found, by, [0, 3, 1])] == [((Condition("class0", (number,)),),) for number in (0, 3, 1, 2)]


def entry(*conditions: Condition) -> Class:
    return Class((conditions,), {}, {})


def test_what_is_numbered() -> None:
    """Texts of one field, with what is none of them."""
    found = [entry(Condition("use", (value,))) for value in ("A", "B", "C!", "D'")]
    rest = entry(Condition("use", ("A", "B", "C!", "D'"), negated=True))
    number = numbering("class0", [*found, rest])
    assert number is not None
    assert (number.field, dict(number.numbers), number.other) == ("use", {"A": 0, "B": 1, "C!": 2, "D'": 3}, 4)
    last = entry(Condition("use", ("E",)))
    number = numbering("class0", [*found, last])
    assert number is not None
    assert number.other == -1


@pytest.mark.parametrize(
    "last",
    [
        entry(),
        entry(Condition("other", ("E",))),
        entry(Condition("use", (Interval(0, 1),))),
        entry(Condition("use", ("A", "B"), negated=True)),
        entry(Condition("use", ("E",)), Condition("other", ("F",))),
    ],
)
def test_what_is_not(last: Class) -> None:
    """Another field, an interval, some of the values."""
    found = [entry(Condition("use", (value,))) for value in ("A", "B", "C", "D")]
    assert numbering("class0", [*found, last]) is None
