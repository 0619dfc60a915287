"""The report of an import in words."""

from collections.abc import Iterator

from gis_core.importing.faults import Translate
from land.importing.pipeline import Examined
from land.importing.problems import gettext_noop
from land.importing.request import Understood

SHOWN = 20
_READ = gettext_noop("Read as %(format)s in EPSG:%(srid)s%(guess)s.")
_GUESSED = gettext_noop(" (a guess: the file does not say)")
_AXES = gettext_noop("The first coordinate of each corner was taken for %(axis)s%(guess)s.")
_NORTH, _EAST = gettext_noop("north (X on survey papers)"), gettext_noop("east")
_SHEET = gettext_noop("The sheet was taken to be %(sheet)s%(guess)s.")
_HOLDERS = gettext_noop("Not read, because they carry people: %(names)s.")
_COLUMNS = gettext_noop("Columns: %(names)s.")
_LEFT = gettext_noop("Left out: %(names)s.")
_FOUND = gettext_noop("%(parcels)d parcels; %(bad)d cannot be brought in.")
_ROW = gettext_noop("row %(row)s")
_MORE = gettext_noop("… and %(count)d more of this kind.")


def understood(about: Understood, translate: Translate) -> Iterator[str]:
    """How the file was understood."""
    guess = {name: translate(_GUESSED) if name in about.guesses else "" for name in ("srid", "axes", "sheet")}
    yield translate(_READ) % {"format": about.format, "srid": about.srid, "guess": guess["srid"]}
    if about.axes:
        yield translate(_AXES) % {"axis": translate(_NORTH if about.axes == "ne" else _EAST), "guess": guess["axes"]}
    if about.sheet is not None:
        yield translate(_SHEET) % {"sheet": about.sheet, "guess": guess["sheet"]}
    if about.columns:
        yield translate(_COLUMNS) % {"names": ", ".join(f"{name} → {column}" for column, name in about.columns.items())}
    if about.holders:
        yield translate(_HOLDERS) % {"names": ", ".join(about.holders)}
    if about.left_out:
        yield translate(_LEFT) % {"names": ", ".join(about.left_out)}


def lines(examined: Examined, translate: Translate) -> Iterator[str]:
    """Each kind of problem with the first of its cases."""
    yield translate(_FOUND) % {"parcels": examined.rows.num_rows, "bad": len(examined.bad_rows)}
    for code, count in sorted(examined.counts.items()):
        found = [problem for problem in examined.problems if problem.code == code]
        for problem in found[:SHOWN]:
            rows = ", ".join(map(str, problem.rows[:2]))
            where = translate(_ROW) % {"row": rows} + ": " if rows else ""
            place = f" [{problem.place[0]:.2f} {problem.place[1]:.2f}]" if problem.place else ""
            yield f"  {'✗' if problem.is_error else '!'} {where}{problem.sentence(translate)}{place}"
        if count > SHOWN:
            yield "    " + translate(_MORE) % {"count": count - SHOWN}
