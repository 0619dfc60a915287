"""Carrying a Transaction out: all of it or nothing, through the layers' editors, in the person's name."""

import hashlib
from collections.abc import Sequence
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gis_core.access import scope_of
from gis_core.errors import BadParameter, NotSignedIn
from gis_core.models import User
from layers.editing.contract import Operation, Receipt, Write
from layers.editing.door import editor_of
from layers.layer import FeatureLayer
from layers.wfs.dialect import WfsError
from layers.wfs.exceptions import XML
from layers.wfs.requests import Transaction
from layers.wfs.transaction.answers import Done, answer, waiting
from layers.wfs.transaction.door import refuse_foreign_page
from layers.wfs.transaction.reading import Action, read_actions
from layers.wfs.transaction.repeats import Answered, earlier, keep, serialise

_OPERATIONS: dict[str, Operation] = {"Insert": "create", "Update": "update", "Replace": "replace", "Delete": "delete"}
_MAX_KEY = 80


def transact(request: HttpRequest, asked: Transaction) -> HttpResponse:
    """The answer to a Transaction. Raises WfsError, BadParameter, and whatever the layers' editors raise; then nothing is written."""
    refuse_foreign_page(request)
    if not isinstance(request.user, User):
        raise NotSignedIn(_("Sign in to change features."), headers={"WWW-Authenticate": 'Basic realm="IOC map", charset="UTF-8"'})
    user = request.user
    key, digest = _key(request), hashlib.sha256(asked.body).hexdigest()
    with transaction.atomic():
        serialise(user, digest)
        found = earlier(user, key, digest)
        if found is None:
            done = _carry_out(asked, user, _note(request, asked))
            found = keep(user, key, digest, Answered.of(done, answer(done, asked.dialect), waiting(done)))
    headers = {"X-Change-Seq": str(found.seq)} if found.seq is not None else {}
    if found.link:
        headers["Link"] = f'<{found.link}>; rel="status"'
    return HttpResponse(found.text, content_type=XML, headers=headers)


def _carry_out(asked: Transaction, user: User, note: str) -> list[Done]:
    actions = read_actions(asked.root, asked.dialect, scope_of(user))
    if not any(action.writes for action in actions):
        return [Done(action, []) for action in actions]
    layers = list(dict.fromkeys(action.layer for action in actions))
    receipts: dict[int, list[Receipt]] = {}
    for layer in layers:
        own = [action for action in actions if action.layer is layer and action.writes]
        if own:
            receipts |= _of_layer(layer, own, user, note)
    return [Done(action, receipts.get(id(action), [])) for action in actions]


def _of_layer(layer: FeatureLayer, actions: Sequence[Action], user: User, note: str) -> dict[int, list[Receipt]]:
    """Everything to one layer at once: what belongs together (a split) is seen together. Receipts by action."""
    for operation in dict.fromkeys(_OPERATIONS[action.kind] for action in actions):
        handle = next((action.handle for action in actions if action.handle), "")
        editor = editor_of(layer, user, operation, handle or note)
    writes: list[Write] = [write for action in actions for write in action.writes]
    try:
        given = list(editor.apply(writes))
    except BadParameter as error:
        raise WfsError("InvalidParameterValue", error.detail, error.field) from None
    found: dict[int, list[Receipt]] = {}
    for action in actions:
        found[id(action)], given = given[: len(action.writes)], given[len(action.writes) :]
    return found


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > _MAX_KEY:
        sentence = _("%(field)s is longer than %(limit)d characters.")
        raise WfsError("InvalidParameterValue", sentence % {"field": "Idempotency-Key", "limit": _MAX_KEY}, "Idempotency-Key")
    return key


def _note(request: HttpRequest, asked: Transaction) -> str:
    """Why, for the log: the client's own word, or its name."""
    said = cast(str, asked.root.get("handle") or "") or request.headers.get("User-Agent", "")
    return said.strip()[:200]
