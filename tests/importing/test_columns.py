"""Names of attributes as names of columns; the error report; progress."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.importing.columns import identifier, identifiers
from gis_core.importing.faults import SENTENCES, Fault, FileFault, RowFault
from gis_core.importing.progress import Progress
from gis_core.importing.report import Report


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("fullName", "full_name"),
        ("areaKm2", "area_km2"),
        ("gisServerID", "gis_server_id"),
        ("URLPath", "url_path"),
        ("Diện tích (m²)", "dien_tich_m2"),
        ("Đường ĐT607", "duong_dt607"),
        ("SHAPE_Leng", "shape_leng"),
        ("2020", "f_2020"),
        ("__a__b__", "a_b"),
        ("面積", "field"),
        ("", "field"),
    ],
)
def test_names_become_identifiers(name: str, wanted: str) -> None:
    """Readable ones, also without diacritics."""
    assert identifier(name) == wanted


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_names_give_different_identifiers(names: list[str]) -> None:
    """That PostgreSQL and Django accept."""
    found = identifiers(names, {"id", "pk"})
    assert len(set(found)) == len(names)
    for name in found:
        assert name.isascii()
        assert name.isidentifier()
        assert name == name.lower()
        assert len(name.encode()) <= 63 + len("source_")
        assert "__" not in name
        assert not name.endswith("_")
        assert name not in {"id", "pk"}


def test_a_report_counts_all_and_shows_the_first() -> None:
    """By row, in order, whatever the order of the checks; a row counts once."""
    report = Report(shown=3)
    report.extend(RowFault(row, Fault("empty")) for row in (9, 5, 7, 3))
    report.extend([RowFault(1, Fault("invalid", {"reason": "Self-intersection", "x": "1", "y": "2"})), RowFault(3, Fault("nul"))])
    assert report.count == 5
    assert report.by_code == {"empty": 4, "invalid": 1}
    assert list(report.lines(20, str)) == [
        "5 of 20 rows cannot be used:",
        "  Row 1: The shape is not valid at 1 2: Self-intersection.",
        "  Row 3: The geometry is empty.",
        "  Row 5: The geometry is empty.",
        "  … and 2 more rows.",
    ]
    assert list(Report().lines(3, str)) == []


def test_reasons_are_translated_inside_their_sentence() -> None:
    """Both parts in the same language."""
    words = {SENTENCES["invalid"]: "Hình sai tại %(x)s %(y)s: %(reason)s.", "Self-intersection": "tự cắt"}
    fault = Fault("invalid", {"reason": "Self-intersection", "x": "1", "y": "2"})
    assert fault.sentence(lambda text: words[text]) == "Hình sai tại 1 2: tự cắt."


def test_a_fault_of_the_file_is_an_exception_with_its_sentence() -> None:
    """For logs and for people."""
    assert str(FileFault("unknown-layer", layer="a", layers="b, c")) == "The file has no layer a; it has: b, c."


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_a_terminal_gets_a_bar_and_a_file_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both with rate and time left; nothing is written for what is over at once."""
    clock = iter(range(0, 1_000, 10))
    monkeypatch.setattr("gis_core.importing.progress.time.monotonic", lambda: next(clock))
    for stream, mark in ((Terminal(), "█"), (io.StringIO(), "\n")):
        with Progress("Reading", 100, stream) as progress:
            progress.advance(50)
        assert "Reading: 50 of 100 rows" in stream.getvalue()
        assert "left" in stream.getvalue()
        assert mark in stream.getvalue()
    unknown = io.StringIO()
    with Progress("Reading", None, unknown) as progress:
        progress.advance(5_000)
    assert "Reading: 5,000 rows" in unknown.getvalue()
