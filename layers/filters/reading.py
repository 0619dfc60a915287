"""Reading CQL2: text or JSON into the tree of CQL2-JSON, within limits. What names and types mean comes later.

The parser is the library `cql2`. It descends by recursion: 2,500 nested brackets in 5 kB end the process by a segmentation
fault, so brackets are counted before it sees the text.
"""

import json
import re
from typing import Any

import cql2
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter

FIELD = "filter"
MAX_BYTES = 16_384
MAX_OPERATORS = 256
MAX_DEPTH = 32
# A multipolygon opens four brackets more than the expression around it.
_MAX_BRACKETS = MAX_DEPTH + 4
LANGUAGES = ("cql2-text", "cql2-json")
# Whatever quotes may hide, the parser is never given more; it bears 1,000.
_HARD_LIMIT = 300
# Quoted text and names, in which brackets are no brackets. A quote inside is doubled, which reads as two texts in a row.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')

Node = Any


def read(text: str, language: str = LANGUAGES[0]) -> Node:
    """The tree of an expression. Raises BadParameter that says what is wrong."""
    if len(text.encode()) > MAX_BYTES:
        raise BadParameter(_("filter is longer than %(limit)d bytes.") % {"limit": MAX_BYTES}, field=FIELD)
    if not text.strip():
        raise BadParameter(_("filter is empty; leave the parameter out to select everything."), field=FIELD)
    _refuse_deep(text, _HARD_LIMIT)
    is_json = language == "cql2-json"
    _refuse_deep((_JSON_TEXT if is_json else _QUOTED).sub("", text), 3 * _MAX_BRACKETS if is_json else _MAX_BRACKETS)
    try:
        node = (cql2.parse_json if is_json else cql2.parse_text)(text).to_json()
    except (cql2.ParseError, cql2.ValidationError) as error:
        raise _unreadable(text, language, str(error)) from None
    if not isinstance(node, dict | bool):
        raise _unreadable(text, language, _("no condition"))
    _measure(node, MAX_DEPTH, [MAX_OPERATORS])
    return node


def _refuse_deep(text: str, limit: int) -> None:
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", text):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    if deepest > limit:
        raise _too_deep()


def _measure(node: Node, depth: int, budget: list[int]) -> None:
    """Raises BadParameter when the tree is deeper or has more operators than allowed. Shapes and times are leaves."""
    if isinstance(node, list):
        for part in node:
            _measure(part, depth, budget)
    if not isinstance(node, dict) or "op" not in node:
        return
    budget[0] -= 1
    if budget[0] < 0:
        raise BadParameter(_("filter has more than %(limit)d operators.") % {"limit": MAX_OPERATORS}, field=FIELD)
    if depth == 0:
        raise _too_deep()
    for part in node.get("args", ()):
        _measure(part, depth - 1, budget)


def _too_deep() -> BadParameter:
    return BadParameter(_("filter is nested deeper than %(limit)d levels.") % {"limit": MAX_DEPTH}, field=FIELD)


def _unreadable(text: str, language: str, said: str) -> BadParameter:
    """With the place, where the parser or JSON tells it."""
    if language == "cql2-json":
        try:
            json.loads(text)
        except ValueError as error:
            said = str(error)
        sentence = _("filter is no CQL2-JSON (%(said)s); write for instance %(example)s.")
        example = '{"op": "=", "args": [{"property": "status"}, "new"]}'
    else:
        sentence = _("filter is no CQL2 text (%(said)s); write for instance %(example)s.")
        example = "status = 'new' AND severity > 2"
    place = re.search(r"-->\s*(\d+):(\d+)", said)
    said = _("line %(line)s, column %(column)s") % {"line": place[1], "column": place[2]} if place else " ".join(said.split())[:120]
    return BadParameter(sentence % {"said": said, "example": example}, field=FIELD)
