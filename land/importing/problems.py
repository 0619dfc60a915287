"""What can be wrong with a file of parcels: codes, sentences, and whether it forbids the import."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gis_core.importing.faults import ROW_SENTENCES, Fault, RowFault, Translate


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation."""
    return text


ERRORS: dict[str, str] = {
    "invalid-outline": gettext_noop("The outline crosses itself or its rings lie wrong: %(reason)s."),
    "several-parts": gettext_noop("A parcel is one piece; this one has %(count)s."),
    "not-a-surface": gettext_noop("The geometry is no surface but a %(kind)s."),
    "duplicate-outline": gettext_noop("The same outline stands in row %(other)s already."),
    "duplicate-key": gettext_noop("Sheet %(sheet)s, parcel %(number)s stands in row %(other)s already."),
    "key-taken": gettext_noop("Sheet %(sheet)s, parcel %(number)s is in the register already."),
    "uid-taken": gettext_noop("This parcel (%(uid)s) is in the register already."),
    "overlap": gettext_noop("%(size)s m² would belong to two parcels at once: %(parcels)s."),
    "overlap-register": gettext_noop("%(size)s m² belong to parcel %(parcels)s of the register already."),
    "no-number": gettext_noop("The parcel has no number, or it is not a whole number greater than 0."),
    "no-sheet": gettext_noop("The parcel has no map sheet. Say which sheet the file is, or name it in a column."),
    "two-numbers": gettext_noop("Two numbers stand in one parcel: %(numbers)s. A line between them is missing, or one number is too much."),
    "unknown-use": gettext_noop("There is no land-use code “%(use)s”."),
    "no-use": gettext_noop("The parcel has no land use."),
    "bad-uses": gettext_noop("The land uses “%(uses)s” cannot be read. Write ONT=200.0+CLN=421.3, or ONT+CLN."),
    "outside-unit": gettext_noop("The parcel lies outside of %(unit)s, by %(distance)s m."),
    "other-unit": gettext_noop("The file says unit %(found)s; the import is for %(unit)s."),
    "wrong-zone": gettext_noop(
        "Nothing lies in %(unit)s. In EPSG:%(srid)s (central meridian %(meridian)s°) it would: the file seems to be in that zone."
    ),
    "nowhere-near": gettext_noop("Nothing lies in %(unit)s, in no zone of VN-2000. Check the unit and the coordinate system."),
    "datum-ignored": gettext_noop(
        "The corners meet those of the register only when moved by %(distance)s m (%(east)s east, %(north)s north): the file was converted "
        "as if VN-2000 were WGS 84. Give the file as it was before that conversion."
    ),
    "rotations-turned": gettext_noop(
        "The corners meet those of the register only when moved by %(distance)s m (%(east)s east, %(north)s north): the file was converted "
        "with the rotations of VN-2000 turned round (or with EPSG:5194). Convert it with EPSG:6960."
    ),
    "too-small": gettext_noop("The parcel measures %(size)s m², which cannot be."),
    "corner-unreadable": gettext_noop("The line cannot be read as a corner: %(text)s."),
    "few-corners": gettext_noop("The parcel has only %(count)s corners."),
    "axes-contradict": gettext_noop("By the answer on the axes this lies outside of Vietnam; the two columns are the other way round."),
    "broken-text": gettext_noop("The text of %(field)s is longer than %(limit)s letters."),
}
WARNINGS: dict[str, str] = {
    "gap": gettext_noop("A sliver narrower than %(width)s m lies between the parcels, or a corner is missing on one side of the boundary."),
    "hole": gettext_noop("%(size)s m² between the parcels belong to none."),
    "unclosed": gettext_noop("A boundary line ends in the open, %(distance)s m from the next line."),
    "crossing": gettext_noop("Boundary lines cross here without a common corner."),
    "no-label": gettext_noop("%(size)s m² are enclosed by lines but have no number; they are not brought in."),
    "label-alone": gettext_noop("The label “%(text)s” lies in no parcel."),
    "area-differs": gettext_noop("The register says %(register)s m², the outline measures %(measured)s m²."),
    "paper-area-differs": gettext_noop("The papers say %(register)s m², the outline measures %(measured)s m²."),
    "uses-do-not-add-up": gettext_noop("The land uses add up to %(sum)s m², the parcel has %(size)s m²."),
    "areas-of-uses-missing": gettext_noop("The areas of the single land uses (%(uses)s) are not told; all of it is put under the first."),
    "old-use": gettext_noop("The land-use code %(use)s is no longer in force."),
    "over-the-border": gettext_noop("The parcel lies %(distance)s m over the border of %(unit)s as the units' map has it."),
    "converted": gettext_noop(
        "The positions were in EPSG:%(srid)s and were converted to VN-2000 by EPSG:6960. A program that ignores the datum is 225 m off, "
        "one that turns its rotations 0.6 m: compare with the map."
    ),
    "old-unit-unknown": gettext_noop("There was no unit with the code %(code)s before the reform."),
    "legacy-text": gettext_noop("Texts were written in %(script)s and became Unicode, for example “%(before)s” → “%(after)s”."),
}
SENTENCES = {**ERRORS, **WARNINGS}
_ROW_CODES = frozenset(ROW_SENTENCES)


@dataclass(frozen=True)
class Problem:
    """One problem: its code and parameters, the rows of the file that it concerns, and where it lies (EPSG:5899)."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    place: tuple[float, float] | None = None
    wkt: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether its rows cannot be brought in."""
        return self.code in ERRORS or self.code in _ROW_CODES

    def sentence(self, translate: Translate) -> str:
        """In words."""
        if self.code in SENTENCES:
            params = {name: translate(value) if name == "reason" else value for name, value in self.params.items()}
            return translate(SENTENCES[self.code]) % params
        return Fault(self.code, self.params).sentence(translate)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"code": self.code, "params": self.params, "rows": list(self.rows), "place": self.place, "wkt": self.wkt}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Problem":
        """From JSON. Raises KeyError for a code that nobody knows."""
        if values["code"] not in SENTENCES and values["code"] not in _ROW_CODES:
            raise KeyError(values["code"])
        place = values.get("place")
        return cls(
            str(values["code"]),
            dict(values.get("params") or {}),
            tuple(int(row) for row in values.get("rows") or ()),
            (float(place[0]), float(place[1])) if place else None,
            values.get("wkt"),
        )


def of_reading(faults: Iterable[RowFault]) -> list[Problem]:
    """Faults of the reader, by row."""
    return [Problem(found.fault.code, dict(found.fault.params), (found.row,)) for found in faults]


class Unusable(Exception):
    """The file as a whole cannot be brought in: a code of `SENTENCES_OF_FILES` and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(UNUSABLE[code] % params)
        self.code = code
        self.params = params

    def sentence(self, translate: Translate) -> str:
        """In words."""
        return translate(UNUSABLE[self.code]) % self.params


UNUSABLE: dict[str, str] = {
    "no-parcels": gettext_noop("The file has no parcel that could be brought in."),
    "no-columns": gettext_noop(
        "No column of the file is known as %(missing)s. The file has: %(found)s. "
        "Usual names are soTo (SoHieuToBanDo) and soThua (SoThuTuThua)."
    ),
    "no-boundaries": gettext_noop("The drawing has no lines on the levels of boundaries (10, and 23, 31, 38 where they coincide)."),
    "too-many": gettext_noop("The file has more than %(limit)s parcels."),
    "too-many-corners": gettext_noop("The list has more than %(limit)s corners."),
    "too-tangled": gettext_noop("The shapes overlap so much that they cannot be examined one by one. Is the whole file in it twice?"),
    "no-corner-columns": gettext_noop(
        "The table has neither a column of shapes (WKT) nor the columns of a list of corners: sheet, parcel, X, Y. It has: %(found)s."
    ),
    "too-long": gettext_noop("Examining the parcels takes longer or needs more memory than is allowed."),
}

TITLES: dict[str, str] = {
    "invalid-outline": gettext_noop("Outlines that cross themselves"),
    "several-parts": gettext_noop("Parcels in several pieces"),
    "not-a-surface": gettext_noop("Shapes that are no surfaces"),
    "duplicate-outline": gettext_noop("Outlines that stand twice"),
    "duplicate-key": gettext_noop("Numbers that stand twice"),
    "key-taken": gettext_noop("Numbers that the register has"),
    "uid-taken": gettext_noop("Parcels that the register has"),
    "overlap": gettext_noop("Overlaps in the file"),
    "overlap-register": gettext_noop("Overlaps with the register"),
    "no-number": gettext_noop("Parcels without a number"),
    "no-sheet": gettext_noop("Parcels without a sheet"),
    "two-numbers": gettext_noop("Two numbers in one parcel"),
    "unknown-use": gettext_noop("Unknown land-use codes"),
    "no-use": gettext_noop("Parcels without a land use"),
    "bad-uses": gettext_noop("Land uses that cannot be read"),
    "outside-unit": gettext_noop("Parcels outside of the unit"),
    "other-unit": gettext_noop("Parcels of another unit"),
    "wrong-zone": gettext_noop("Wrong zone"),
    "nowhere-near": gettext_noop("Wrong place"),
    "datum-ignored": gettext_noop("Datum ignored (225 m)"),
    "rotations-turned": gettext_noop("Rotations turned round (0.6 m)"),
    "too-small": gettext_noop("Parcels that are too small to be true"),
    "corner-unreadable": gettext_noop("Lines that are no corners"),
    "few-corners": gettext_noop("Parcels with fewer than three corners"),
    "axes-contradict": gettext_noop("North and east mixed up"),
    "swapped": gettext_noop("North and east mixed up"),
    "broken-text": gettext_noop("Texts that are too long"),
    "gap": gettext_noop("Slivers and missing corners"),
    "hole": gettext_noop("Ground that belongs to no parcel"),
    "unclosed": gettext_noop("Lines that end in the open"),
    "crossing": gettext_noop("Lines that cross without a corner"),
    "no-label": gettext_noop("Ground without a number"),
    "label-alone": gettext_noop("Labels in no parcel"),
    "area-differs": gettext_noop("Areas that differ from the outline"),
    "paper-area-differs": gettext_noop("Areas on paper that differ"),
    "uses-do-not-add-up": gettext_noop("Land uses that do not add up"),
    "areas-of-uses-missing": gettext_noop("Land uses without their areas"),
    "old-use": gettext_noop("Land-use codes no longer in force"),
    "over-the-border": gettext_noop("Parcels over the border"),
    "converted": gettext_noop("Converted from WGS 84"),
    "old-unit-unknown": gettext_noop("Unknown units of before the reform"),
    "legacy-text": gettext_noop("Texts converted to Unicode"),
    "other": gettext_noop("Rows that cannot be read"),
}
