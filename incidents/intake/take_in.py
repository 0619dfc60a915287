"""Reports become rows: all of a report or nothing of it, once however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, Conflict, ServiceError
from incidents.intake import limits
from incidents.intake.duplicates import maybe_repeated
from incidents.intake.insert import insert
from incidents.intake.locate import locate
from incidents.intake.report import NewReport, Receipt, Source
from incidents.intake.rules import Rules
from incidents.intake.write import Signs, incident_of, photos_of, reporter_of
from incidents.models import Incident, IncidentCategory, Photo
from incidents.rows import EVERYBODY, incidents
from incidents.signals import reports_taken_in

NOBODY = Source()


@dataclass(frozen=True)
class Handed:
    """A report with the source that hands it in."""

    report: NewReport
    source: Source = NOBODY


def take_in(report: NewReport, source: Source | None = None) -> Receipt:
    """Take one report in, or recognise it. Raises BadParameter (with the field), TooMany, Conflict."""
    (outcome,) = take_in_many([Handed(report, source or NOBODY)])
    if isinstance(outcome, ServiceError):
        raise outcome
    return outcome


def take_in_many(handed: Sequence[Handed]) -> list[Receipt | ServiceError]:
    """Take several reports in by one transaction; for each its receipt or why it was refused, in the same order.

    Reports that arrive together share statements and one commit: that is what a storm's hour needs. A report that fails
    fails alone.
    """
    outcomes: dict[int, Receipt | ServiceError] = {}
    checked: dict[int, Handed] = {}
    for index, item in enumerate(handed):
        try:
            checked[index] = Handed(item.report.checked(), item.source)
        except ServiceError as error:
            outcomes[index] = error
    outcomes |= _recognised(checked)
    new = _once({index: item for index, item in checked.items() if index not in outcomes})
    outcomes |= _written(new)
    # The same uid twice in one batch: the second is a repetition of the first.
    outcomes |= _recognised({index: item for index, item in checked.items() if index not in outcomes})
    return [outcomes[index] for index in range(len(handed))]


def _once(items: Mapping[int, Handed]) -> dict[int, Handed]:
    seen: dict[UUID, int] = {}
    for index, item in items.items():
        seen.setdefault(item.report.uid, index)
    return {index: items[index] for index in seen.values()}


def _recognised(items: Mapping[int, Handed]) -> dict[int, Receipt | ServiceError]:
    """Receipts of those that were taken in before."""
    if not items:
        return {}
    uids = [item.report.uid for item in items.values()]
    rows = incidents(EVERYBODY).filter(uid__in=uids).values_list("uid", "pk", "tracking_code", "photos_expected")
    known = {uid: (pk, code, expected) for uid, pk, code, expected in rows}
    missing: dict[int, list[UUID]] = {pk: [] for pk, _code, expected in known.values() if expected}
    if missing:
        announced = Photo.objects.filter(incident__in=missing, kind=Photo.Kind.REPORT, state=Photo.State.RECEIVING)
        for uid, pk in announced.values_list("uid", "incident"):
            missing[pk].append(uid)
    found: dict[int, Receipt | ServiceError] = {}
    for index, item in items.items():
        if item.report.uid in known:
            pk, code, _expected = known[item.report.uid]
            found[index] = Receipt(pk, item.report.uid, code, created=False, missing=tuple(missing.get(pk, ())))
    return found


def _written(items: Mapping[int, Handed]) -> dict[int, Receipt | ServiceError]:
    """Receipts of new reports, written together; if that fails, one by one."""
    outcomes: dict[int, Receipt | ServiceError] = {}
    for (index, _item), refusal in zip(items.items(), limits.refusals([item.source for item in items.values()]), strict=True):
        if refusal:
            outcomes[index] = refusal
    categories = IncidentCategory.objects.in_bulk({item.report.category for item in items.values()})
    for index, item in items.items():
        if not (category := categories.get(item.report.category)) or not category.is_active:
            outcomes.setdefault(index, _unknown_category())
    left = {index: item for index, item in items.items() if index not in outcomes}
    return outcomes | _together(left, categories)


def _together(items: Mapping[int, Handed], categories: Mapping[str, IncidentCategory]) -> dict[int, Receipt | ServiceError]:
    if not items:
        return {}
    handed = list(items.values())
    rows = _incidents([item.report for item in handed], categories, timezone.now())
    try:
        _save(rows, handed)
    except IntegrityError:
        # Another process took one of them in at this moment (two tabs), or a photo's uid belongs to another report.
        if len(items) == 1:
            return _recognised(items) or dict.fromkeys(items, _taken())
        return {index: outcome for index, item in items.items() for outcome in _together({index: item}, categories).values()}
    return {
        index: Receipt(incident.pk, incident.uid, incident.tracking_code, created=True, missing=item.report.photos)
        for (index, item), incident in zip(items.items(), rows, strict=True)
    }


def _incidents(reports: Sequence[NewReport], categories: Mapping[str, IncidentCategory], now: datetime) -> list[Incident]:
    """The unsaved rows; nothing is locked while they are put together."""
    places = locate([report.pin for report in reports])
    repeated = maybe_repeated([(report.pin, report.category) for report in reports])
    flooded = limits.flooded([place.unit_id for place in places])
    rules = Rules.load()
    return [
        incident_of(report, categories[report.category], places[n], rules, now, Signs(n in repeated, flooded[n]))
        for n, report in enumerate(reports)
    ]


@transaction.atomic
def _save(new: list[Incident], items: Sequence[Handed]) -> None:
    insert(new)
    pairs = list(zip(new, items, strict=True))
    insert([reporter_of(incident, item.report, item.source) for incident, item in pairs])
    insert([photo for incident, item in pairs for photo in photos_of(incident, item.report)])
    reports_taken_in.send(sender=Incident, incidents=new)


def _unknown_category() -> BadParameter:
    return BadParameter(_("category must be the code of one of the categories of the form."), field="category")


def _taken() -> Conflict:
    return Conflict(_("A uid of the photos belongs to another report: give each photo a new random one."), field="photos")
