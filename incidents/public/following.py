"""Following by e-mail with double opt-in, leaving by one click, and what a reporter may do with the own report."""

import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.errors import BadParameter, NotFound
from incidents.models import Follow, Incident
from incidents.notify import outbox
from incidents.notify.signing import read_confirm, read_leave
from incidents.rows import PUBLIC, incidents
from incidents.workflow.steps import take_as_reporter

# Mails that ask an address to confirm: more in a day would let strangers flood somebody's mailbox.
MOST_A_DAY = 5
_VERBS = ("reply", "confirm", "reopen")


@require_POST
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Ask to hear of a public incident. The answer is the same whether the address follows already or not."""
    incident = incidents(PUBLIC).filter(tracking_code=code[:20].upper()).first()
    if incident is None:
        raise NotFound(_("There is no such incident, or it is not open to you."))
    email = request.POST.get("email", "").strip()
    try:
        validate_email(email)
    except ValidationError:
        raise BadParameter(_("email must be an e-mail address."), field="email") from None
    with transaction.atomic():
        _ask(incident, email)
    return _page(request, _("Almost done"), _("Open the mail that was sent to %(email)s and confirm.") % {"email": email})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: a page with a button, because programs that check mails open links, too."""
    uid = read_confirm(token)
    found = Follow.objects.select_related("incident").filter(uid=uid).first() if uid else None
    if found is None:
        raise NotFound(_("This link is not valid (any more). Ask again on the page of the report."))
    if request.method != "POST":
        title = _("Follow report %(code)s?") % {"code": found.incident.tracking_code}
        return _page(request, title, _("News will be sent to %(email)s.") % {"email": found.email}, _("Follow"))
    Follow.objects.filter(uid=found.uid, confirmed_at__isnull=True).update(confirmed_at=timezone.now())
    return _page(request, _("Done"), _("You will hear of each step. Every mail has a link that ends it."))


@csrf_exempt  # mail programs post without our cookie (RFC 8058); the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """End a subscription: by button, or by the mail program itself. The address is forgotten."""
    uid = read_leave(token)
    if uid is None:
        raise NotFound(_("This link is not valid."))
    if request.method != "POST":
        return _page(request, _("Hear no more?"), _("No further mail about this report will be sent to you."), _("Unsubscribe"))
    Follow.objects.filter(uid=uid).update(email="", confirmed_at=None)
    return _page(request, _("Done"), _("No further mail will come, and your address was deleted."))


@require_POST
def reply(request: HttpRequest, code: str) -> HttpResponse:
    """The reporter answers a question, confirms the work, or says that it is not done. Raises NotFound, IllegalStep."""
    verb, key = request.POST.get("verb", ""), request.POST.get("key", "")
    if verb not in _VERBS:
        raise BadParameter(_("verb must be one of: %(verbs)s.") % {"verbs": ", ".join(_VERBS)}, field="verb")
    taken = take_as_reporter(code[:20].upper(), key, verb, request.POST.get("text", ""))
    return redirect(f"{reverse('incidents:tracking', args=[taken.incident.tracking_code])}?key={taken.incident.uid}")


def _ask(incident: Incident, email: str) -> None:
    recent = Follow.objects.filter(email__iexact=email, created_at__gt=timezone.now() - timedelta(days=1)).count()
    if recent >= MOST_A_DAY or Follow.objects.filter(incident=incident, email__iexact=email, confirmed_at__isnull=False).exists():
        return
    outbox.ask_to_confirm(Follow.objects.create(uid=uuid.uuid4(), incident=incident, email=email))


def _page(request: HttpRequest, title: str, text: str, button: str = "") -> HttpResponse:
    response = render(request, "incidents/following.html", {"title": title, "text": text, "button": button})
    response.headers["Cache-Control"] = "private, no-store"
    return response
