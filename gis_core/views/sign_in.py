"""Signing in: password, second factor where the account has one, and a limit on trying."""

from typing import Any

from django import forms
from django.contrib.auth import views
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.auth import second_factor, throttle
from gis_core.signals import code_refused


class SignInForm(AuthenticationForm):
    """Name, password, and the code of the second factor (asked of those who have one)."""

    code = forms.CharField(
        label=gettext_lazy("Code of the authenticator (if you have one)"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text"}),
    )
    device: str | None = None

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when password or code is wrong."""
        cleaned: dict[str, Any] = super().clean()
        user: AbstractBaseUser | None = self.get_user()
        if user is not None and second_factor.has_one(user):
            self.device = second_factor.accept(user, cleaned.get("code") or "")
            if self.device is None:
                if cleaned.get("code") and self.request is not None:
                    code_refused(self.request, user)
                raise ValidationError(_("This account signs in with a second factor too: enter the current code of your authenticator."))
        return cleaned


class SignIn(views.LoginView):
    """`/accounts/login/`, also behind `/admin/login/`."""

    authentication_form = SignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        """Raises TooMany."""
        throttle.refuse(request, request.POST.get("username", "")[:150])
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """A new session."""
        response = super().form_valid(form)
        if isinstance(form, SignInForm) and form.device:
            second_factor.mark(self.request, form.device)
        throttle.remember(self.request, response, form.get_user().get_username())
        return response


def sign_in(request: HttpRequest, next_page: str) -> HttpResponse:
    """The page for the administration, whose visitors may be signed in already without being allowed there."""
    answer = SignIn.as_view(redirect_authenticated_user=False, next_page=next_page)(request)
    assert isinstance(answer, HttpResponse)
    return answer
