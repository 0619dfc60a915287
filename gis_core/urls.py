"""The composition root of addresses; other packages appear as strings."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from gis_core.views import health, screens, sign_in, tokens, two_factor
from gis_core.views.api import api

urlpatterns = [
    path("", include("layers.urls")),
    path("ogc/", include("tiles.ogc.urls")),
    path("accounts/login/", sign_in.SignIn.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("accounts/password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("accounts/two-factor/", two_factor.two_factor, name="two_factor"),
    path("accounts/tokens/", tokens.tokens, name="tokens"),
    path("accounts/tokens/<int:pk>/revoke", tokens.revoke, name="revoke_token"),
    path("accounts/screens/", screens.screens, name="screens"),
    path("accounts/screens/<int:pk>/revoke", screens.revoke, name="revoke_screen"),
    path("wall/screen", screens.state, name="screen_state"),
    path("language/", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/", api.urls),
    path("land/", include("land.urls")),
    path("incidents/new/", include("incidents.form.urls")),
    path("incidents/photos/", include("incidents.photos.urls")),
    path("incidents/", include("incidents.urls")),
    path("open311/v2/", include("incidents.open311.urls")),
    path("openrosa/", include("incidents.openrosa.urls")),
    path("admin/", admin.site.urls),
    # Browsers ask for it on pages that name no icon (the administration's).
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}gis_core/icon.svg", permanent=True)),
]
handler400 = "gis_core.http_errors.bad_request"
handler403 = "gis_core.http_errors.forbidden"
handler404 = "gis_core.http_errors.not_found"
handler500 = "gis_core.http_errors.server_error"
