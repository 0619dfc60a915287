"""Handing in what other programs bring in one piece: a report with its photos. Photos are looked at before anything is written."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gis_core.errors import TooLarge
from incidents.intake import NewReport, Receipt, Source, take_in
from incidents.intake.source import keyed
from incidents.photos.take_in import MAX_BYTES, add_photo, looked_at


def source_of_program(program: str, device: str = "") -> Source:
    """The source behind a program: a device that it names has a limit of its own, all without a name share one."""
    own = keyed(f"program {program} {device}") if device else ""
    return Source(own, keyed(f"program {program}"), known=bool(device))


def hand_in(report: NewReport, files: Sequence[tuple[uuid.UUID, UploadedFile[Any]]], source: Source) -> Receipt:
    """Take a report in with those of its photos that are here. Raises what intake raises; a bad photo refuses the whole.

    `report.photos` may announce more than come now; whoever sends the same again loses and doubles nothing.
    """
    contents = [(name, _content(file)) for name, file in files]
    for _name, content in contents:
        looked_at(content)
    receipt = take_in(report, source)
    for name, content in contents:
        if name in receipt.missing:
            add_photo(report.uid, name, content)
    return receipt


def _content(file: UploadedFile[Any]) -> bytes:
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge(_("A photo may have at most %(limit)d MB.") % {"limit": MAX_BYTES // 1_000_000}, field="photo")
    content: bytes = file.read()
    return content
