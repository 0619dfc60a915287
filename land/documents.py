"""Papers behind changes. Their scans carry names, so they are held as closely as holders, and each reading is written down."""

import re
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotFound, TooLarge
from gis_core.models import User
from land.holders import RULE
from land.models import PersonalDataRead, SourceDocument
from land.rows import heads

MAX_BYTES = 20_000_000
_PDF = re.compile(rb"%PDF-[12]\.\d")


def add(user: User, parcel: UUID, scan: File[bytes] | None, **values: Any) -> SourceDocument:
    """Write a paper down in the unit of a parcel, with its scan as PDF. Raises NotFound, BadParameter, TooLarge."""
    reach = RULE.reach(scope_of(user), "change")
    unit = heads(reach).filter(uid=parcel).values_list("admin_unit", flat=True).first()
    if unit is None:
        raise NotFound(_("There is no such parcel, or it is not open to you."), field="parcel")
    document = SourceDocument(unit_id=unit, created_by=user, **values)
    if scan is not None:
        _refuse_other_files(scan)
        # The name on the officer's disk may carry a person's name.
        document.file.save(f"{document.uid}.pdf", scan, save=False)
    document.save()
    return document


def read(user: User, uid: UUID) -> SourceDocument:
    """A paper with its scan; the reading is logged first. Raises NotFound."""
    reach = RULE.reach(scope_of(user))
    documents = SourceDocument.objects.filter(uid=uid) if reach.everything else SourceDocument.objects.filter(uid=uid, unit__in=reach.units)
    document = documents.first()
    if document is None or not document.file:
        raise NotFound(_("There is no such paper, or it is not open to you."))
    PersonalDataRead.objects.create(user=user, purpose=f"document {document.uid}")
    return document


def _refuse_other_files(scan: File[bytes]) -> None:
    """By its first bytes, never by its name or by what the browser says."""
    if (scan.size or 0) > MAX_BYTES:
        raise TooLarge(_("A scan may have at most 20 MB."), field="scan")
    head = scan.read(1024)
    scan.seek(0)
    if not _PDF.match(head):
        raise BadParameter(_("A scan is accepted as PDF."), field="scan")
