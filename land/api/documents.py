"""Papers behind changes, with their scans."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File, Form

from gis_core.views.signed_in import SignedIn
from land import documents
from land.api.schemas import DocumentOut
from land.holders import RULE
from land.models import SourceDocument

router = Router(auth=SignedIn(RULE.reach))
_ISSUED_ON = Form(None)
_SCAN = File(None, description="PDF, at most 20 MB")
_KIND = Form()
_PARCEL = Form(description="A parcel of the unit that keeps the paper")


@router.post("", response={201: DocumentOut}, summary="Write a paper down, with its scan as PDF")
def add(
    request: HttpRequest,
    parcel: UUID = _PARCEL,
    kind: SourceDocument.Kind = _KIND,
    number: str = Form("", max_length=60),
    issuer: str = Form("", max_length=200),
    issued_on: date | None = _ISSUED_ON,
    scan: UploadedFile | None = _SCAN,
) -> Status[dict[str, Any]]:
    """For officers of the unit. The answer's uid is what changes name under `documents`."""
    values = {"kind": kind, "number": number, "issuer": issuer, "issued_on": issued_on}
    document = documents.add(request.user, parcel, scan, **values)  # type: ignore[arg-type]
    return Status(201, paper_out(document))


@router.get("/{uuid:uid}/scan", response={200: bytes}, summary="The scan of a paper (the reading is logged)")
def scan(request: HttpRequest, uid: UUID) -> FileResponse:
    """For officers and approvers of the unit; to be saved, never shown inside a page of ours."""
    document = documents.read(request.user, uid)  # type: ignore[arg-type]
    headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": "sandbox"}
    return FileResponse(
        document.file.open("rb"), as_attachment=True, filename=f"{uid}.pdf", content_type="application/pdf", headers=headers
    )


def paper_out(document: SourceDocument) -> dict[str, Any]:
    """A paper as the API tells it; its scan has an address of its own."""
    names = ("uid", "kind", "number", "issued_on", "issuer")
    return {**{name: getattr(document, name) for name in names}, "has_scan": bool(document.file)}
