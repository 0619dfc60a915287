"""The examining child itself: what it answers, that it can be given up, that its bounds end it."""

import pyarrow as pa
import pytest
import shapely

from gis_core.work.jobs import Cancelled
from land.importing.asking import ask
from land.importing.problems import Unusable
from tests.land.importing.conftest import at_home
from tests.land.importing.files import Drawing, lots, square


def _ground(*shapes: shapely.Geometry) -> pa.Table:
    return pa.table(
        {
            "geom": pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary()),
            "row": pa.array(range(1, len(shapes) + 1), pa.int64()),
            "label": pa.array([f"77/{number}" for number in range(1, len(shapes) + 1)]),
            "is_new": pa.array([True] * len(shapes)),
        }
    )


def test_the_child_answers_as_the_same_code_here() -> None:
    """An overlap, and parcels drawn from lines."""
    moved = shapely.transform(square(1), lambda xy: xy - [0.5, 0.0])
    sent = _ground(square(0), moved)
    assert ask("examine", sent, lambda: None)[1] == at_home("examine", sent, lambda: None)[1]
    drawing = Drawing.of(lots(2, 1))
    lines = [shapely.to_wkb(shapely.LineString(line)) for _level, line in drawing.lines]
    texts = [shapely.to_wkb(shapely.Point(at)) for _level, _text, at in drawing.texts]
    levels = [level for level, *_rest in drawing.lines] + [level for level, *_rest in drawing.texts]
    words = [""] * len(lines) + [text for _level, text, _at in drawing.texts]
    table = pa.table({"geom": pa.array(lines + texts, pa.binary()), "level": pa.array(levels, pa.int64()), "text": pa.array(words)})
    found, problems = ask("draw", table, lambda: None)
    assert (found.column("number").to_pylist(), found.column("use").to_pylist(), problems) == ([1, 2], ["ODT", "ODT"], [])


def test_more_than_a_pipe_holds_is_sent_while_somebody_watches() -> None:
    """A commune's outlines do not fit into the pipe before the child has loaded its libraries."""
    looks: list[int] = []
    sent = _ground(*[square(column, row) for column in range(150) for row in range(100)])
    assert ask("examine", sent, lambda: looks.append(1))[1] == []


def test_a_child_is_given_up_when_its_work_is_not_wanted() -> None:
    """It dies with the block."""

    def no() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ask("examine", _ground(*[square(column, row) for column in range(150) for row in range(100)]), no)


def test_a_child_that_takes_too_long_ends_with_a_sentence() -> None:
    """Its time is bounded: a second does not do for sixty thousand lots."""
    with pytest.raises(Unusable) as caught:
        ask("examine", _ground(*[square(column, row) for column in range(300) for row in range(200)]), lambda: None, seconds=1)
    assert caught.value.code == "too-long"
