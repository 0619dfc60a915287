"""The interface between protocols that write features and the layers that take them.

A protocol (WFS-T, OGC API – Features Part 4) knows features, no verbs. It asks `door.editor_of` for the layer's editor and
calls one method a feature, or `apply` with all writes to the layer that came together. Each method is atomic and joins a
transaction that is open already: who must do all or nothing wraps the calls into `transaction.atomic()` and lets the
exception out.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Literal

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, NotFound, ServiceError
from gis_core.models import User

if TYPE_CHECKING:
    from layers.layer import FeatureLayer

Operation = Literal["create", "replace", "update", "delete"]
EVERY: frozenset[Operation] = frozenset({"create", "replace", "update", "delete"})


@dataclass(frozen=True)
class FeatureIn:
    """What a client sent. `values` has the published names that it named; `geometry` is in the layer's storage CRS.

    Values are JSON's (text, numbers, booleans, None) or text throughout, as XML has them.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    geometry: shapely.Geometry | None = None


@dataclass(frozen=True)
class Write:
    """One write of several that a client sent together."""

    operation: Operation
    pk: int | None = None
    feature: FeatureIn = field(default_factory=FeatureIn)
    version: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of a write.

    `done` says whether the map shows it already; if not, `detail` says what it waits for and `link` where that is seen.
    `pk` is the feature's id (None: there is none yet), `version` its new version, `seq` the position in the change log:
    ask any service with `min_seq=seq` to be sure to see it.
    """

    pk: int | None
    done: bool = True
    version: str = ""
    seq: int | None = None
    detail: str = ""
    link: str = ""


@dataclass(frozen=True)
class Violation:
    """One broken rule: a stable code, a sentence, the attribute or the place (in the layer's storage CRS) concerned."""

    code: str
    detail: str
    field: str = ""
    place: tuple[float, float] | None = None
    area: shapely.Geometry | None = None

    def as_dict(self) -> dict[str, object]:
        """For problem+json."""
        wkt = shapely.to_wkt(self.area, rounding_precision=4) if self.area is not None else None
        return {"code": self.code, "detail": self.detail, "field": self.field, "place": self.place, "wkt": wkt}


class EditRefused(ServiceError):
    """Rules forbid the write; `violations` names each, and so does a problem+json answer."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "edit-refused"

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        detail = " ".join(dict.fromkeys(found.detail for found in self.violations[:3]))
        first = next((found.field for found in self.violations if found.field), None)
        super().__init__(detail, field=first, members={"violations": [found.as_dict() for found in self.violations]})


class StaleFeature(Conflict):
    """The feature is no longer as the client saw it; the answer carries its present version and, where there is one, its state."""

    code = "stale-feature"


class UseThePage(ServiceError):
    """The layer has no such write for programs; the sentence names the page where a person does it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "use-the-page"


class MayNotEdit(ServiceError):
    """The person sees the layer and may not change it."""

    status = HTTPStatus.FORBIDDEN
    code = "may-not-edit"


class NotEditable(ServiceError):
    """The layer takes no writes, or none of this kind."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "not-editable"


class Editor(ABC):
    """Generic writes to one layer in one person's name. Subclasses decide what maps onto their verbs.

    `note` is why (the client's `handle`, or its name): it goes into the log of the write. `version` is the tag that
    `version()` gave when the client read the feature; None writes over whatever is there. A feature that does not exist and
    one that the person may not change are the same NotFound.
    """

    # Which writes make sense at all; protocols leave the others out of their documents.
    operations: ClassVar[frozenset[Operation]] = EVERY

    def __init__(self, layer: "FeatureLayer", user: User, note: str = "") -> None:
        self.layer, self.user, self.note = layer, user, note

    @abstractmethod
    def version(self, pk: int) -> str:
        """The tag of a feature's present state: any text that changes whenever the feature does. Raises NotFound."""

    @abstractmethod
    def create(self, feature: FeatureIn) -> Receipt:
        """A new feature. Raises EditRefused, UseThePage."""

    @abstractmethod
    def update(self, pk: int, feature: FeatureIn, version: str | None = None) -> Receipt:
        """Change what `feature` names, leave the rest. Raises NotFound, StaleFeature, EditRefused, UseThePage."""

    def replace(self, pk: int, feature: FeatureIn, version: str | None = None) -> Receipt:
        """Change a feature to exactly `feature`. Editors to whose verbs nothing can be left out take it as an update."""
        return self.update(pk, feature, version)

    @abstractmethod
    def delete(self, pk: int, version: str | None = None) -> Receipt:
        """End a feature. Raises NotFound, StaleFeature, EditRefused, UseThePage."""

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        """Writes that came in one transaction, in their order; a receipt each.

        Editors may see more in several writes together than in each alone (a parcel that shrank and a new one beside it
        are a split). Raises what the single methods raise; nothing is written then.
        """
        with transaction.atomic():
            return [self._one(write) for write in writes]

    def _one(self, write: Write) -> Receipt:
        if write.operation == "create":
            return self.create(write.feature)
        if write.pk is None:
            raise NotFound(_("There is no such feature, or it is not open to you."))
        if write.operation == "delete":
            return self.delete(write.pk, write.version)
        change = self.replace if write.operation == "replace" else self.update
        return change(write.pk, write.feature, write.version)
