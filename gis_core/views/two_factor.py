"""A person's second factor: begin, confirm, new recovery codes, end."""

import base64

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.audit.record import record
from gis_core.auth import second_factor
from gis_core.models import User


@login_required
@require_http_methods(["GET", "POST"])
def two_factor(request: HttpRequest) -> HttpResponse:
    """The page; POST `code` confirms the authenticator or, with `action` remove or recovery, changes what is there."""
    user = request.user
    assert isinstance(user, User)
    codes: list[str] = []
    if request.method == "POST":
        done = _change(request, user) if second_factor.has_one(user) else _begin(request, user)
        if done is None:
            return redirect("two_factor")
        codes = done
    return _page(request, user, codes)


def _begin(request: HttpRequest, user: User) -> list[str] | None:
    """Recovery codes once the first code was right."""
    device = second_factor.prepare(user)
    if not second_factor.confirm(device, request.POST.get("code", "")):
        messages.error(request, _("This code is not right. Check the clock of the phone, wait for the next code and enter that."))
        return None
    second_factor.mark(request, device.persistent_id)
    record("second-factor.begun", actor=user.pk, about=str(user.pk), request=request)
    return second_factor.recovery_codes(user)


def _change(request: HttpRequest, user: User) -> list[str] | None:
    if not second_factor.accept(user, request.POST.get("code", "")):
        messages.error(request, _("This code is not right. Check the clock of the phone, wait for the next code and enter that."))
        return None
    if request.POST.get("action") == "remove":
        second_factor.remove(user)
        record("second-factor.ended", actor=user.pk, about=str(user.pk), request=request)
        messages.success(request, _("Your account signs in with the password alone from now on."))
        return None
    record("second-factor.recovery-codes", actor=user.pk, about=str(user.pk), request=request)
    return second_factor.recovery_codes(user)


def _page(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    context: dict[str, object] = {"confirmed": second_factor.has_one(user), "codes": codes}
    if not context["confirmed"]:
        device = second_factor.prepare(user)
        picture = segno.make(device.config_url, error="m").svg_inline(scale=5, border=2, light="#fff")
        context |= {"picture": picture, "key": _base32(device.key)}
    response = render(request, "gis_core/two_factor.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _base32(key: str) -> str:
    """The secret as people type it: base32 in groups of four."""
    text = base64.b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
