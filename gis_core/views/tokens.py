"""A person's access tokens: list, create, revoke."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.errors import NotFound
from gis_core.models import AccessToken, User

MAX_TOKENS = 50
SHOWN_ONCE = "new_token"


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The page; POST `name` creates a token, whose secret the next page shows once."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:80]
        if not name:
            messages.error(request, _("Give the token a name, for instance the program that will use it."))
        elif user.access_tokens.count() >= MAX_TOKENS:
            messages.error(request, _("You have %(limit)d tokens already; revoke one first.") % {"limit": MAX_TOKENS})
        else:
            _token, request.session[SHOWN_ONCE] = AccessToken.objects.issue(user, name)
        return redirect("tokens")
    context = {"tokens": user.access_tokens.order_by("-created_at"), "new_token": request.session.pop(SHOWN_ONCE, None)}
    response = render(request, "gis_core/tokens.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the own tokens."""
    user = request.user
    assert isinstance(user, User)
    deleted, _rows = user.access_tokens.filter(pk=pk).delete()
    if not deleted:
        raise NotFound(_("There is no such token."))
    messages.success(request, _("The token is revoked."))
    return redirect("tokens")
