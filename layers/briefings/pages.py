"""`/briefings/`: a page to ask for reports and to hand them on, the report itself, and what a link opens."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import BadParameter
from gis_core.models import AdminUnit, User
from layers.analysis.rules import checked
from layers.briefings import office
from layers.briefings.api import office_answer
from layers.briefings.contract import kinds
from layers.briefings.jobs import FORMATS
from layers.models import BriefingSchedule
from layers.page import page_data

_ANY = UUID(int=0)


@require_safe
@login_required
def reports(request: HttpRequest) -> HttpResponse:
    """The kinds, a form, the own reports and schedules. Raises NotFound for those who may not analyse."""
    checked(cast(User, request.user))
    data: dict[str, Any] = page_data(request)
    units = AdminUnit.objects.current().exclude(level="district").order_by("-level", "name")
    data["reports"] = {
        "api": f"{reverse('api:api-root')}briefings",
        "one": reverse("briefings:one", args=[_ANY]).replace(str(_ANY), "{uid}"),
        "kinds": [kind.described() for kind in kinds().values()],
        "units": [[unit.code, unit.name] for unit in units],
        "every": [[value, str(words)] for value, words in BriefingSchedule.Every.choices],
        "words": _words(),
    }
    response = render(request, "layers/briefings.html", {"page": data})
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@login_required
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The report as a page. Raises NotFound."""
    return office_answer(office.one(cast(User, request.user), uid), "html")


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link opens, in any of the formats (`?f=pdf`). Raises NotFound, BadParameter."""
    form = request.GET.get("f", "html")
    if form not in FORMATS:
        sentence = _("%(field)s knows no value “%(value)s”; accepted are: %(accepted)s.")
        raise BadParameter(sentence % {"field": "f", "value": form[:20], "accepted": ", ".join(FORMATS)}, field="f")
    answer = office_answer(office.opened(token), form)
    # The address is the key: it must not leave by a link, nor stay in a search engine.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _words() -> dict[str, str]:
    """The page's sentences."""
    return {
        "title": _("Briefings"),
        "lead": _("Made in the background from what you may see: a page that opens without a network, a PDF, and the data beside it."),
        "make": _("Make the report"),
        "schedule": _("Make it again and again"),
        "once": _("once"),
        "yours": _("Your reports"),
        "schedules": _("Schedules"),
        "none": _("Nothing yet."),
        "all": _("everywhere"),
        "nothing": _("none"),
        "making": _("is being made …"),
        "open": _("Open"),
        "share": _("Link to hand on"),
        "days": _("valid for days"),
        "revoke": _("Revoke"),
        "revoked": _("revoked"),
        "until": _("until {date} · opened {n} times"),
        "copied": _("The link was copied."),
        "end": _("End"),
        "next": _("next on {date}"),
        "planned": _("The report is made {every}."),
        "noAnswer": _("The service does not answer. Try again."),
    }
