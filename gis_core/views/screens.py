"""Screens and links: made and revoked by a person, opened by a browser, which then looks through that person's account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.auth import screens as signed
from gis_core.auth.watch import closed, watch
from gis_core.errors import BadParameter, NotFound
from gis_core.models import ScreenPass, User

MOST = 50
LONGEST_DAYS = 90
_DAYS = (1, 7, 30, LONGEST_DAYS)


@login_required
@require_http_methods(["GET", "POST"])
def screens(request: HttpRequest) -> HttpResponse:
    """The page; POST `name`, `kind` and for a link `days` makes one."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        try:
            _make(user, request.POST)
        except BadParameter as error:
            messages.error(request, error.detail)
        return redirect("screens")
    passes = [{"pass": one, "address": _address(request, one)} for one in user.screen_passes.select_related("user")]
    context = {"passes": passes, "days": _DAYS, "kinds": ScreenPass.Kind, "may": not user.is_superuser}
    response = render(request, "gis_core/screens.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own ones; its browsers say so within seconds."""
    assert request.user.pk is not None
    changed = ScreenPass.objects.filter(pk=pk, user_id=request.user.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if not changed:
        raise NotFound(_("There is no such screen or link."))
    messages.success(request, _("It is closed: nothing is shown there any more."))
    return redirect("screens")


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """`/wall/screen`: {state} of this browser's screen or link: open, revoked, over, elsewhere, or none without one."""
    shown = signed.unseal(request.COOKIES.get(signed.COOKIE, ""))
    found = ScreenPass.objects.select_related("user").filter(uid=shown.uid).first() if shown else None
    told = "none" if found is None else found.state
    if told == "open" and found is not None and shown is not None and found.device != signed.digest_of(shown.device):
        told = "elsewhere"
    return JsonResponse({"state": told}, headers={"Cache-Control": "no-store"})


def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open `/wall/?token=…`: leave the cookie, bind a screen to this browser, and go on without the token in the address.

    Raises ScreenClosed, alike for what was never made.
    """
    uid = signed.uid_of(token)
    found = ScreenPass.objects.valid().filter(uid=uid).first() if uid else None
    if found is None:
        raise closed()
    device = _bound(request, found)
    watch.await_screen(found.uid.hex, signed.digest_of(device))
    response = redirect("wall")
    response.set_cookie(
        signed.COOKIE,
        signed.Shown(found.uid.hex, device).sealed(),
        max_age=signed.COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _bound(request: HttpRequest, found: ScreenPass) -> str:
    """What this browser keeps; a screen belongs to the first browser that opens it."""
    now = timezone.now()
    if found.kind == ScreenPass.Kind.LINK:
        ScreenPass.objects.filter(pk=found.pk, opened_at__isnull=True).update(opened_at=now)
        return ""
    held = signed.unseal(request.COOKIES.get(signed.COOKIE, ""))
    if held and held.uid == found.uid.hex and signed.digest_of(held.device) == found.device:
        return held.device
    device = signed.new_device()
    # Of two browsers that open it at once, one gets it.
    if not ScreenPass.objects.filter(pk=found.pk, device="").update(device=signed.digest_of(device), opened_at=now):
        raise closed()
    return device


def _make(user: User, asked: Any) -> None:
    name, kind, days = asked.get("name", "").strip()[:80], asked.get("kind", ""), asked.get("days", "")
    if not name:
        raise BadParameter(_("Give it a name: where it hangs, or whose phone it is for."), field="name")
    if kind not in ScreenPass.Kind.values:
        raise BadParameter(_("Choose a screen or a link."), field="kind")
    if user.is_superuser:
        raise BadParameter(
            _("An administrator's account is not looked through: make an account for the room, or for the person."), field="kind"
        )
    if kind == ScreenPass.Kind.LINK and not (days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST_DAYS):
        raise BadParameter(_("A link lasts from 1 to %(days)d days.") % {"days": LONGEST_DAYS}, field="days")
    if user.screen_passes.filter(revoked_at__isnull=True).count() >= MOST:
        raise BadParameter(_("You have %(limit)d already; close one first.") % {"limit": MOST}, field="name")
    end = timezone.now() + timedelta(days=int(days)) if kind == ScreenPass.Kind.LINK else None
    ScreenPass.objects.create(user=user, name=name, kind=kind, expires_at=end)


def _address(request: HttpRequest, one: ScreenPass) -> str:
    """Where it opens; "" once it is closed, and for a screen that has its browser."""
    if one.state != "open" or one.device:
        return ""
    root = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{root}{reverse('wall')}?token={signed.token_of(one.uid)}"
