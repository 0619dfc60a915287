"""Preconditions of writes."""

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter


def version_of(if_match: str | None) -> int | None:
    """The version that an If-Match header names (RFC 9110, 13.1.1); `*` and none at all accept any. Raises BadParameter."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadParameter(_("If-Match takes the ETag of what is changed, a number in quotes."), field="If-Match")
    return int(text)
