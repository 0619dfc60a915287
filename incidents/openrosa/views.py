"""Form list, form, manifest and submission under `/openrosa/` and `/openrosa/key/<token>/`.

Devices sign in with an account's name and an access token as the password (Basic), or have the token in the address, as ODK
Central's app users do. A browser's session does not count: what a page of somebody else posts is then nobody's.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from lxml import etree

from gis_core.auth.credentials import TokenCredentials, refused
from gis_core.errors import BadParameter, problem_of
from gis_core.http_errors import log
from gis_core.middleware.identity import user_of
from gis_core.models import User
from incidents.channels import hand_in, source_of_program
from incidents.intake import NewReport
from incidents.models import Channel
from incidents.openrosa.form import FORM_ID, form
from incidents.openrosa.instance import FIELD, MAX_BYTES, Instance, read

MAX_CONTENT = 20_000_000
# Names of a report's photos follow from the report's and the file's, so that a repeated submission brings the same ones.
_NAMESPACE = uuid.UUID("a3b7fbb4-59a0-4c66-9c0b-4d4a7b0a2f35")
_LIST, _MANIFEST, _RESPONSE = (f"http://openrosa.org/{part}" for part in ("xforms/xformsList", "xforms/xformsManifest", "http/response"))
View = Callable[..., HttpResponse]


def _speaks(*methods: str) -> Callable[[View], View]:
    """OpenRosa's headers, its failures, and the account behind the credentials."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, token: str | None = None, **rest: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    response = _told(_("Possible here: %(methods)s.") % {"methods": ", ".join(methods)}, 405)
                    response["Allow"] = ", ".join(methods)
                else:
                    response = view(request, _who(request, token), token, **rest)
            except Exception as error:  # noqa: BLE001  every failure is told as OpenRosa tells it
                response = _failed(request, error)
            response["X-OpenRosa-Version"] = "1.0"
            response["Date"] = http_date()
            response["Cache-Control"] = "private, no-cache"
            return response

        return csrf_exempt(answered)

    return decorate


@_speaks("GET", "HEAD")
def form_list(request: HttpRequest, user: User, token: str | None) -> HttpResponse:
    """The forms that there are: one."""
    published = form()
    root = etree.Element("xforms", nsmap={None: _LIST})
    entry = etree.SubElement(root, "xform")
    values = {
        "formID": FORM_ID,
        "name": published.title,
        "version": published.version,
        "hash": published.digest,
        "descriptionText": _("Report an incident with its place and photos."),
        "downloadUrl": _address(request, token, "form"),
        "manifestUrl": _address(request, token, "manifest"),
    }
    for name, value in values.items():
        etree.SubElement(entry, name).text = value
    return _xml(root)


@_speaks("GET", "HEAD")
def form_xml(request: HttpRequest, user: User, token: str | None) -> HttpResponse:
    """The form."""
    return HttpResponse(form().xml, content_type="text/xml; charset=utf-8")


@_speaks("GET", "HEAD")
def manifest(request: HttpRequest, user: User, token: str | None) -> HttpResponse:
    """The files that the form needs: none, choices are in it."""
    return _xml(etree.Element("manifest", nsmap={None: _MANIFEST}))


@_speaks("HEAD", "POST")
def submission(request: HttpRequest, user: User, token: str | None) -> HttpResponse:
    """HEAD says that one may send, and how much at once; POST brings the form and (some of) its photos."""
    if request.method == "HEAD":
        response = HttpResponse(status=204)
        response["Location"] = _address(request, token, "submission")
        response["X-OpenRosa-Accept-Content-Length"] = str(MAX_CONTENT)
        return response
    sheet = request.FILES.get(FIELD)
    if sheet is None or (sheet.size or 0) > MAX_BYTES:
        raise BadParameter(_("The part %(name)s is missing or too long.") % {"name": FIELD}, field=FIELD)
    receipt = _take_in(read(sheet.read()), request, user)
    sentence = _("Received. Tracking code: %(code)s") % {"code": receipt.tracking_code}
    response = _told(sentence, 201)
    response["Location"] = _address(request, token, "submission")
    return response


def _take_in(filled: Instance, request: HttpRequest, user: User) -> Any:
    """A submission may come in several requests that share the form and bring some of its files each."""
    names = {name: uuid.uuid5(_NAMESPACE, f"{filled.uid}/{name}") for name in filled.photos}
    files: list[tuple[uuid.UUID, Any]] = [(names[part], file) for part, file in request.FILES.items() if part != FIELD and part in names]
    if strange := [part for part in request.FILES if part != FIELD and part not in names]:
        raise BadParameter(_("The form names no file “%(name)s”.") % {"name": strange[0][:60]}, field=strange[0][:60])
    report = NewReport(
        uid=filled.uid,
        category=filled.category,
        pin=filled.place,
        device=filled.place,
        description=filled.description,
        channel=Channel.ODK,
        made_at=filled.made_at,
        sent_at=timezone.now() if filled.made_at else None,
        photos=tuple(names.values()),
        user_id=user.pk,
        attributes=filled.attributes,
    )
    return hand_in(report, files, source_of_program("openrosa", f"user {user.pk}"))


def _who(request: HttpRequest, token: str | None) -> User:
    """Raises NotSignedIn with a challenge, to which Collect answers with its name and password."""
    if token is not None:
        return user_of(TokenCredentials(token, None))
    if request.headers.get("Authorization") and isinstance(request.user, User):
        return request.user
    raise refused()


def _address(request: HttpRequest, token: str | None, name: str) -> str:
    path = reverse(f"openrosa:key_{name}", args=[token]) if token else reverse(f"openrosa:{name}")
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _told(sentence: str, status: int) -> HttpResponse:
    root = etree.Element("OpenRosaResponse", nsmap={None: _RESPONSE})
    etree.SubElement(root, "message").text = sentence
    return _xml(root, status)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = _told(problem.detail, problem.status)
    for name, value in problem.headers:
        response[name] = value
    return response


def _xml(root: Any, status: int = 200) -> HttpResponse:
    body = bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")
