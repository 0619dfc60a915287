"""OpenRosa as ODK Collect speaks it: challenge, form list, form, manifest, HEAD, multipart submissions, repeated and in parts."""

import base64
import io
import uuid
from typing import Any

import pytest
from django.test import Client
from lxml import etree
from PIL import Image

from gis_core.models import User
from incidents.models import CategoryAttribute, Incident, Photo
from incidents.rows import EVERYBODY, incidents
from tests import factories
from tests.incidents.post import HERE, Post

XF = {"x": "http://openrosa.org/xforms/xformsList", "r": "http://openrosa.org/http/response"}


class Collect:
    """A device with an account's name and an access token, as Collect is set up."""

    def __init__(self, user: User, secret: str) -> None:
        pair = base64.b64encode(f"{user.username}:{secret}".encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}", "X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2025.4"}
        self.client = Client(enforce_csrf_checks=True)

    def get(self, path: str) -> Any:
        """A GET under /openrosa."""
        return self.client.get(f"/openrosa{path}", headers=self.headers)

    def head(self) -> Any:
        """What Collect sends before a submission."""
        return self.client.head("/openrosa/submission?deviceID=collect:1", headers=self.headers)

    def submit(self, xml: bytes, **files: bytes) -> Any:
        """The multipart body as OkHttp writes it: the form first, then the files under their names."""
        boundary = f"--{uuid.uuid4()}"
        parts = [("xml_submission_file", "incident.xml", "text/xml", xml)]
        parts += [(name.replace("_", "."), name.replace("_", "."), "image/jpeg", content) for name, content in files.items()]
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n'
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, file, kind, content in parts
        )
        body += f"--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self.client.generic("POST", "/openrosa/submission?deviceID=collect:1", body, kind, headers=self.headers)


@pytest.fixture
def collect(post: Post) -> Collect:
    """The crew's telephone."""
    post.incident()
    return Collect(post.crew, factories.token(post.crew))


def filled(uid: uuid.UUID, *photos: str, place: str = f"{HERE[1]} {HERE[0]} 0 12.5", category: str = "o-ga", extra: str = "") -> bytes:
    """A filled-in form as Collect writes it."""
    pictures = "".join(f"<photo{number}>{name}</photo{number}>" for number, name in enumerate(photos, 1))
    return (
        '<?xml version=\'1.0\' ?><data id="incident" version="1" xmlns:orx="http://openrosa.org/xforms">'
        f"<made_at>2026-11-20T07:00:00.000+07:00</made_at><place>{place}</place><category>{category}</category>{extra}"
        f"<description>Ổ gà lớn</description>{pictures}<orx:meta><orx:instanceID>uuid:{uid}</orx:instanceID></orx:meta></data>"
    ).encode()


def photo(shade: int) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (shade, 80, 10)).save(out, "JPEG")
    return out.getvalue()


def found(uid: uuid.UUID) -> Incident:
    """The report of an instance."""
    return incidents(EVERYBODY).get(uid=uid)


def message(answer: Any) -> str:
    """What Collect shows."""
    text: str | None = etree.fromstring(answer.content).findtext("r:message", namespaces=XF)
    assert text
    return text


def test_without_credentials_there_is_a_challenge(db: None) -> None:
    """Collect answers it with its name and password; a browser's session does not count."""
    for path in ("/formList", "/forms/incident.xml", "/forms/incident/manifest"):
        answer = Client().get(f"/openrosa{path}")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert Client().post("/openrosa/submission").status_code == 401


def test_sessions_do_not_count(post: Post) -> None:
    """What a foreign page posts is nobody's."""
    client = Client()
    client.force_login(post.crew)
    assert client.get("/openrosa/formList").status_code == 401


def test_the_form_list_leads_to_the_form(collect: Collect) -> None:
    """With a hash that fits, and a version that changes when a question does."""
    answer = collect.get("/formList")
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    entry = etree.fromstring(answer.content).find("x:xform", namespaces=XF)
    told = {etree.QName(child).localname: child.text or "" for child in entry}
    assert set(told) == {"formID", "name", "version", "hash", "descriptionText", "downloadUrl", "manifestUrl"}
    form = collect.client.get(told["downloadUrl"], headers=collect.headers)
    import hashlib

    assert told["hash"] == f"md5:{hashlib.md5(form.content, usedforsecurity=False).hexdigest()}"
    root = etree.fromstring(form.content)
    assert root.xpath("//*[local-name()='instance']/*[@id='incident']/@version") == [told["version"]]
    assert "o-ga" in form.content.decode()
    manifest = collect.client.get(told["manifestUrl"], headers=collect.headers)
    assert etree.QName(etree.fromstring(manifest.content)).localname == "manifest"
    CategoryAttribute.objects.create(category_id="o-ga", code="depth", kind="number", question="Sâu bao nhiêu?")
    later = etree.fromstring(collect.get("/formList").content).findtext("x:xform/x:version", namespaces=XF)
    assert later != told["version"]


def test_head_says_that_one_may_send(collect: Collect) -> None:
    """204 with the place and the limit."""
    answer = collect.head()
    assert answer.status_code == 204
    assert answer.headers["Location"].endswith("/openrosa/submission")
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) >= 10_000_000


def test_a_submission_with_photos(collect: Collect, post: Post) -> None:
    """One report of the account, located, with all photos; the answer names the code."""
    uid = uuid.uuid4()
    answer = collect.submit(filled(uid, "1.jpg", "2.jpg"), **{"1_jpg": photo(1), "2_jpg": photo(2)})
    assert answer.status_code == 201
    incident = found(uid)
    assert incident.tracking_code in message(answer)
    assert (incident.channel, incident.category_id, incident.description) == ("odk", "o-ga", "Ổ gà lớn")
    assert (round(incident.geom.x, 6), round(incident.geom.y, 6), incident.accuracy_m) == (*HERE, 12.5)
    assert Photo.objects.filter(incident=incident, state="stored").count() == 2
    assert incident.reporter.user == post.crew


def test_repeated_and_in_parts(collect: Collect) -> None:
    """Collect splits what is too long for one request, and repeats what got no answer."""
    uid = uuid.uuid4()
    sheet = filled(uid, "1.jpg", "2.jpg")
    for files in ({"1_jpg": photo(1)}, {"1_jpg": photo(1)}, {"2_jpg": photo(2)}, {"1_jpg": photo(1), "2_jpg": photo(2)}):
        assert collect.submit(sheet, **files).status_code == 201
    incident = found(uid)
    assert (incident.photos_expected, incident.photos_received) == (2, 2)
    assert Photo.objects.filter(incident=incident).count() == 2


def test_answers_to_the_questions_of_a_category(collect: Collect) -> None:
    """By their group; a wrong one refuses the whole."""
    CategoryAttribute.objects.create(category_id="o-ga", code="size", kind="multivaluelist", question="Cỡ", values="s: nhỏ\nl: lớn")
    uid = uuid.uuid4()
    assert collect.submit(filled(uid, extra="<c_o_ga><q_size>l s</q_size></c_o_ga>")).status_code == 201
    assert found(uid).attributes == {"size": ["l", "s"]}
    assert collect.submit(filled(uuid.uuid4(), extra="<c_o_ga><q_size>xxl</q_size></c_o_ga>")).status_code == 400


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<data",
        b"<other id='incident'/>",
        b"<data id='other'/>",
        b"<data id='incident'/>",
        b'<!DOCTYPE data [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="incident"><description>&x;</description></data>',
        b'<!DOCTYPE data SYSTEM "http://169.254.169.254/x.dtd"><data id="incident"/>',
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><data id="incident">&b;</data>',
        b"<data id='incident'>" + b"<a>" * 20_000,
        filled(uuid.uuid4(), place="x"),
        filled(uuid.uuid4(), place="91 0"),
        filled(uuid.uuid4(), place="nan nan 0 1"),
        filled(uuid.uuid4(), category="nowhere"),
        filled(uuid.uuid4()).replace(b"uuid:", b"uuid:x"),
        filled(uuid.uuid4()).replace(b"Collect", b"").replace("Ổ gà lớn".encode(), b"\xff\xfe"),
    ],
    ids=range(15),
)
def test_attacks_and_nonsense(collect: Collect, xml: bytes) -> None:
    """400 with a message as OpenRosa has it, quickly, and nothing is written."""
    before = incidents(EVERYBODY).count()
    answer = collect.submit(xml)
    assert answer.status_code == 400, answer.content
    assert message(answer)
    assert b"root:" not in answer.content
    assert incidents(EVERYBODY).count() == before


def test_foreign_files_are_refused(collect: Collect) -> None:
    """A file that the form does not name, and one that is no picture."""
    before = incidents(EVERYBODY).count()
    assert collect.submit(filled(uuid.uuid4()), **{"3_jpg": photo(1)}).status_code == 400
    assert collect.submit(filled(uuid.uuid4(), "1.jpg"), **{"1_jpg": b"<?php evil();"}).status_code in (400, 415)
    assert incidents(EVERYBODY).count() == before


def test_a_token_in_the_address(post: Post) -> None:
    """As ODK Central's app users have it; a wrong one opens nothing."""
    post.incident()
    secret = factories.token(post.crew)
    answer = Client().get(f"/openrosa/key/{secret}/formList")
    assert answer.status_code == 200
    assert f"/openrosa/key/{secret}/submission" in Client().head(f"/openrosa/key/{secret}/submission").headers["Location"]
    assert Client().get("/openrosa/key/x/formList").status_code == 401
