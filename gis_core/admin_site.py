"""The administration site with this project's titles."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Site(AdminSite):
    """Administration of accounts, jurisdictions, units and layers."""

    site_header = _("IOC map administration")
    site_title = _("IOC map")
    index_title = _("Administration")
