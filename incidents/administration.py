"""Administration of what other programs and people outside hear: Open311 keys, webhooks, the outbox, questions of categories."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_core.models.access_token import digest_of
from incidents.models import CategoryAttribute, Notice, Open311Key, Webhook
from incidents.notify.signing import secret_of, shown


@admin.register(CategoryAttribute)
class CategoryAttributeAdmin(admin.ModelAdmin[CategoryAttribute]):
    """Questions of categories, for Open311 and ODK Collect."""

    list_display = ("question", "category", "code", "kind", "required", "position")
    list_filter = ("category", "kind")


@admin.register(Open311Key)
class Open311KeyAdmin(admin.ModelAdmin[Open311Key]):
    """Keys of applications. The secret is shown once, when a key is made."""

    list_display = ("name", "contact", "is_active", "created_at")
    list_filter = ("is_active",)

    def save_model(self, request: HttpRequest, obj: Open311Key, form: Any, change: bool) -> None:
        """A new key gets its secret here, and here alone is it told."""
        if not change:
            made, secret = Open311Key.objects.issue(obj.name, contact=obj.contact)
            obj.pk, obj.digest = made.pk, digest_of(secret)
            self.message_user(request, _("api_key, shown this once: %(secret)s") % {"secret": secret}, messages.WARNING)
            return
        super().save_model(request, obj, form, change)


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin[Webhook]):
    """Other systems that hear of incidents. Their hosts stand in OUTBOUND_HOSTS."""

    list_display = ("name", "url", "public_only", "hears_alerts", "is_active")
    readonly_fields = ("secret", "created_at")

    @admin.display(description=_("signing secret"))
    def secret(self, hook: Webhook) -> str:
        """As the receiver's library (standardwebhooks.com) takes it."""
        return shown(secret_of(hook.uid, hook.generation)) if hook.pk else "–"


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin[Notice]):
    """The outbox: what was told, what waits, what perhaps went out. Addresses are not in it."""

    list_display = ("created_at", "event", "channel", "state", "attempts", "error")
    list_filter = ("state", "channel")
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Notices are written by what they tell."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        """Read only."""
        return False

    @admin.action(description=_("Send again what failed or is uncertain"))
    def send_again(self, request: HttpRequest, rows: "QuerySet[Notice]") -> None:
        """For a person who knows that it did not arrive."""
        again = rows.filter(state__in=[Notice.State.FAILED, Notice.State.UNCERTAIN])
        count = again.update(state=Notice.State.WAITING, attempts=0, next_at=timezone.now())
        self.message_user(request, _("%(count)d will be sent within a minute.") % {"count": count})
