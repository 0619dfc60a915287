"""The administration site with this project's titles, its sign-in, and its second factor."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_core.auth import second_factor
from gis_core.views.sign_in import sign_in


class Site(AdminSite):
    """Administration of accounts, jurisdictions, units and layers."""

    site_header = _("IOC map administration")
    site_title = _("IOC map")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff; with a second factor where the service asks for one (ADMIN_TWO_FACTOR)."""
        return super().has_permission(request) and (not settings.ADMIN_TWO_FACTOR or second_factor.used(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The service's own sign-in; staff without a second factor first get one."""
        if request.method == "GET":
            if self.has_permission(request):
                return redirect(reverse("admin:index", current_app=self.name))
            if super().has_permission(request) and not second_factor.has_one(request.user):
                return redirect("two_factor")
        return sign_in(request, reverse("admin:index", current_app=self.name))
