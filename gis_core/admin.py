"""Administration of accounts, jurisdictions, units and tokens."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models import (
    AccessToken,
    AdminGeneration,
    AdminUnit,
    AdminUnitSuccession,
    AuditEntry,
    ChangeLog,
    Jurisdiction,
    ScreenPass,
    User,
)


class ReadOnly(admin.ModelAdmin[Any]):
    """Looked at, never edited: these rows come from imports or from the database itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Never."""
        return False


class JurisdictionInline(admin.TabularInline[Jurisdiction, User]):
    """A user's roles and places."""

    model = Jurisdiction
    autocomplete_fields = ("unit",)
    extra = 1


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """Accounts with their jurisdictions."""

    inlines = (JurisdictionInline,)
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff", "is_demo")
    list_filter = ("is_active", "is_staff", "is_demo", "jurisdictions__role")


@admin.register(AdminUnit)
class AdminUnitAdmin(ReadOnly):
    """Units on every date; they change through `import_admin_units`."""

    list_display = ("name", "code", "level", "valid_from", "valid_to", "path", "is_demo")
    list_filter = ("level", "valid_from", "is_demo")
    search_fields = ("name", "code")
    exclude = ("geom",)


@admin.register(AdminUnitSuccession)
class AdminUnitSuccessionAdmin(ReadOnly):
    """What became of which unit."""

    list_display = ("old", "new", "extent", "legal_basis")
    list_select_related = ("old", "new")


@admin.register(AdminGeneration)
class AdminGenerationAdmin(ReadOnly):
    """The reforms."""

    list_display = ("title", "valid_from", "legal_basis")


@admin.register(AccessToken)
class AccessTokenAdmin(admin.ModelAdmin[AccessToken]):
    """Tokens can be revoked here; their secrets are nowhere."""

    list_display = ("name", "user", "created_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    readonly_fields = ("user", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People make their own tokens, because only they may see the secret."""
        return False


@admin.register(ChangeLog)
class ChangeLogAdmin(ReadOnly):
    """The change log."""

    list_display = ("seq", "at", "table_name", "op", "fid")
    list_filter = ("op",)
    show_full_result_count = False
    fields = ("seq", "at", "table_name", "op", "fid", "units", "is_public")
    verbose_name = _("change")


@admin.register(ScreenPass)
class ScreenPassAdmin(ReadOnly):
    """Everybody's screens and links; their makers see their own on the page «Screens and links»."""

    list_display = ("name", "kind", "user", "created_at", "opened_at", "expires_at", "revoked_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    actions = ("revoke",)

    @admin.action(description=_("Revoke at once"))
    def revoke(self, request: HttpRequest, rows: Any) -> None:
        """The screens say so within seconds."""
        count = rows.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
        self.message_user(request, _("%(count)d revoked.") % {"count": count})


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """The audit log; `manage verify_audit` proves it."""

    list_display = ("id", "at", "actor", "action", "object", "source", "request")
    list_filter = ("action",)
    search_fields = ("actor", "object", "request")
    ordering = ("-id",)
    show_full_result_count = False
