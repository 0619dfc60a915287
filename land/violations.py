"""Broken rules: their sentences, and where on the ground each is broken."""

from dataclasses import dataclass

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from land.topology.faults import SENTENCES as TOPOLOGY

SENTENCES: dict[str, str] = {
    **TOPOLOGY,
    "unit-differs": gettext_noop("Parcel %(parcel)s lies in another administrative unit; a change stays inside one."),
    "retired": gettext_noop("Parcel %(parcel)s no longer exists."),
    "restricted": gettext_noop("Parcel %(parcel)s is under a %(restriction)s (%(reference)s), which must be released first."),
    "status": gettext_noop("Parcel %(parcel)s is %(status)s."),
    "date-too-early": gettext_noop("Parcel %(parcel)s last changed on %(day)s; a change cannot take effect before that."),
    "invalid-shape": gettext_noop("A parcel's outline would cross itself: %(reason)s."),
    "overlap": gettext_noop("%(size)s m² would belong to two parcels at once."),
    "gap": gettext_noop("Here the boundary would not be the neighbours' (%(parcels)s): a gap or an overlap."),
    "area-lost": gettext_noop("The ground would measure %(after)s m² instead of %(before)s m²."),
    "lot-too-small": gettext_noop("A new lot of %(size)s m² is smaller than the least size of %(least)s m² for %(use)s (%(basis)s)."),
    "lot-too-narrow": gettext_noop("A new lot is %(width)s m wide; the least width for %(use)s is %(least)s m (%(basis)s)."),
    "holders-differ": gettext_noop("The parcels are not in the same hands with the same shares, so they cannot become one."),
    "unknown-use": gettext_noop("There is no land-use code %(use)s in force on that day."),
    "uses-do-not-add-up": gettext_noop("The land uses add up to %(sum)s m², the parcel measures %(size)s m²."),
    "unknown-party": gettext_noop("There is no holder with the number %(uid)s."),
    "unknown-restriction": gettext_noop("Parcel %(parcel)s has no such restriction in force."),
    "unknown-certificate": gettext_noop("Parcel %(parcel)s has no certificate with this serial number that could be revoked."),
    "serial-taken": gettext_noop("The serial number is taken by another certificate."),
    "certificate-holds": gettext_noop("Parcel %(parcel)s has a certificate that holds; replace it instead."),
    "no-certificate": gettext_noop("Parcel %(parcel)s has no certificate to replace."),
    "nothing-to-undo": gettext_noop("There is no such published change, or it is undone already."),
    "changed-since": gettext_noop("Parcel %(parcel)s changed again since; undo the later change first."),
    "no-effect": gettext_noop("The change would leave everything as it is."),
}


@dataclass(frozen=True)
class Violation:
    """A broken rule; `place` is east and north on the VN-2000 plane, `area` the ground concerned, where there is any."""

    code: str
    params: tuple[tuple[str, str], ...] = ()
    place: tuple[float, float] | None = None
    area: shapely.Geometry | None = None

    def as_dict(self) -> dict[str, object]:
        """For reports: the sentence in the reader's language, and the geometry in WKT to be drawn."""
        return {
            "code": self.code,
            "detail": _(SENTENCES[self.code]) % dict(self.params),
            "place": list(self.place) if self.place else None,
            "wkt": shapely.to_wkt(self.area, rounding_precision=4) if self.area is not None else None,
        }


def broken(code: str, at: shapely.Geometry | None = None, *, area: shapely.Geometry | None = None, **params: object) -> Violation:
    """A violation at (the middle of) a shape."""
    shown = area if area is not None else at
    point = None if shown is None else shapely.point_on_surface(shown)
    place = None if point is None else (round(float(point.x), 3), round(float(point.y), 3))
    return Violation(code, tuple((name, str(value)) for name, value in params.items()), place, area)
