"""The one guarded parser of XML that strangers send (DESIGN section 10): no DOCTYPE, no entities, no network, bounded depth."""

from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from lxml import etree

from gis_core.errors import BadParameter, TooLarge

# lxml publishes no types.
Element: TypeAlias = Any
MAX_BYTES = 2_500_000
MAX_DEPTH = 80
# "<!DOCTYPE" without its blanks and zero bytes: so it is found in UTF-16 and UTF-32 too.
_DOCTYPE = b"<!DOCTYPE"


def parse_xml(data: bytes, field: str = "body", *, limit: int = MAX_BYTES) -> Element:
    """The root element of a document.

    Raises TooLarge, and BadParameter for what is no well-formed XML, brings a DOCTYPE or is nested too deeply.
    """
    if len(data) > limit:
        raise TooLarge(_("%(field)s is longer than %(limit)d bytes.") % {"field": field, "limit": limit}, field=field)
    if _DOCTYPE in data.replace(b"\x00", b"").upper():
        raise _with_doctype(field)
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        said = str(getattr(error, "msg", None) or error)[:160]
        raise BadParameter(_("%(field)s is no well-formed XML: %(said)s.") % {"field": field, "said": said}, field=field) from None
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(field)
    _refuse_deep(root, field)
    return root


def _parser() -> etree.XMLParser:
    """A parser a document: one that failed keeps state. libxml2's own limits (depth 256, growth of entities) stay on."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )


def _with_doctype(field: str) -> BadParameter:
    return BadParameter(_("%(field)s must not bring a DOCTYPE or entities of its own.") % {"field": field}, field=field)


def _refuse_deep(root: Element, field: str) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise BadParameter(_("%(field)s is nested deeper than %(limit)d levels.") % {"field": field, "limit": MAX_DEPTH}, field=field)
