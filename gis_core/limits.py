"""Limits on what a request may bring (DESIGN section 10), each with its sentence."""

from django.utils.translation import gettext as _

from gis_core.errors import BadParameter, TooLong

MAX_QUERY_BYTES = 16_384
MAX_PATH_BYTES = 2_048
MAX_PARAMETERS = 50


def refuse_long_address(query: str | bytes, path: str) -> None:
    """Raises TooLong for a query over 16 kB or a path over 2 kB, BadParameter for more than 50 parameters.

    This stands before everything that reads the query: Django refuses many parameters only where somebody looks at them.
    """
    if len(query) > MAX_QUERY_BYTES:
        raise TooLong(_("The query string is longer than %(limit)d bytes.") % {"limit": MAX_QUERY_BYTES})
    if len(path) > MAX_PATH_BYTES:
        raise TooLong(_("The path is longer than %(limit)d bytes.") % {"limit": MAX_PATH_BYTES})
    separators = query.count(b"&") if isinstance(query, bytes) else query.count("&")
    if separators >= MAX_PARAMETERS:
        raise BadParameter(_("The query has more than %(limit)d parameters.") % {"limit": MAX_PARAMETERS})
