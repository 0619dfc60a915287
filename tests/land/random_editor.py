"""An officer and an approver who change what they see, at random, while others do the same next door."""

from typing import Any

import numpy as np
import shapely

from gis_core.errors import ServiceError
from gis_core.models import User
from land.models import Parcel
from land.rows import EVERYBODY, heads
from land.workflow import steps
from tests.land.desk import shape_of


class Editor:
    """One process's pair of officers."""

    def __init__(self, number: int, officer: int, approver: int, sheet: int) -> None:
        self.rng = np.random.default_rng(number)
        self.officer, self.approver = User.objects.get(pk=officer), User.objects.get(pk=approver)
        self.sheet = sheet

    def change(self) -> dict[str, Any]:
        """Draw a change on what is there now, and try to bring it to the map."""
        kind, params = self._drawn()
        try:
            change = steps.draft(self.officer, steps.Draft(kind, params, "Đồng thời"))
            change = steps.submit(self.officer, change.uid)
            if change.state == "returned":
                codes = [found["code"] for found in (change.report or {})["violations"]]
                return {"kind": kind, "uid": str(change.uid), "end": "returned", "codes": codes}
            steps.approve(self.approver, change.uid)
            change = steps.publish(self.approver, change.uid)
        except ServiceError as error:
            return {"kind": kind, "uid": None, "end": type(error).__name__}
        return {"kind": kind, "uid": str(change.uid), "end": "published", "seq": change.change_seq}

    def _drawn(self) -> tuple[str, dict[str, Any]]:
        """A split, a merger or a moved boundary."""
        living = list(heads(EVERYBODY).filter(sheet_no=self.sheet, valid_to__isnull=True).order_by("pk"))
        parcel = living[int(self.rng.integers(len(living)))]
        neighbour = self._neighbour(parcel, living)
        draw = self.rng.random()
        if neighbour is None or draw < 0.45:
            bearing = float(self.rng.uniform(0, 360))
            return "split_areas", {"parcel": str(parcel.uid), "areas": [round(parcel.area_m2 * 0.4, 2)], "bearing": bearing}
        pair = [str(parcel.uid), str(neighbour.uid)]
        if draw < 0.75:
            return "merge", {"parcels": pair}
        # A new straight boundary across both.
        union = shapely.unary_union([shape_of(parcel), shape_of(neighbour)])
        angle, at = self.rng.uniform(0, np.pi), union.centroid
        run = np.array([np.cos(angle), np.sin(angle)]) * 500
        line = [[at.x - run[0], at.y - run[1]], [at.x + run[0], at.y + run[1]]]
        return "adjust_boundary", {"parcels": pair, "lines": [line]}

    def _neighbour(self, parcel: Parcel, living: list[Parcel]) -> Parcel | None:
        shape = shape_of(parcel)
        others = [other for other in living if other.pk != parcel.pk]
        shapes = np.array([shape_of(other) for other in others], object)
        touching = np.flatnonzero(shapely.length(shapely.intersection(shapes, shape)) > 0.5)
        return others[int(self.rng.choice(touching))] if len(touching) else None
