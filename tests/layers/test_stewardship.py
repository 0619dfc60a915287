"""Who answers for a layer's data, and whether they are late; and the administration in which that is said."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from layers.models import LayerSetting
from tests import factories
from tests.contract.reader import Reader
from tests.service import Service
from tests.world import World, declared_layers

ROADS = next(layer for layer in declared_layers() if layer.name == "roads")


@pytest.mark.parametrize(
    ("cadence", "in_time", "late"),
    [
        ("live", timedelta(minutes=59), timedelta(minutes=61)),
        ("daily", timedelta(hours=30), timedelta(hours=37)),
        ("weekly", timedelta(days=7, hours=6), timedelta(days=9)),
        ("monthly", timedelta(days=33), timedelta(days=36)),
        ("quarterly", timedelta(days=95), timedelta(days=101)),
        ("yearly", timedelta(days=370), timedelta(days=381)),
    ],
)
def test_late_means_older_than_the_cadence(cadence: str, in_time: timedelta, late: timedelta) -> None:
    """With a little grace; data that never came are late too."""
    setting = LayerSetting(layer="roads", cadence=cadence)
    assert not setting.is_overdue(timezone.now() - in_time)
    assert setting.is_overdue(timezone.now() - late)
    assert setting.is_overdue(None)


def test_as_needed_is_never_late() -> None:
    """However old."""
    setting = LayerSetting(layer="roads", cadence="as_needed")
    assert not setting.is_overdue(None)
    assert not setting.is_overdue(timezone.now() - timedelta(days=9999))


def test_the_catalogue_page_says_who_answers(asgi: Service, scratch: World) -> None:
    """Owner, contact, cadence, licence."""
    LayerSetting.objects.update_or_create(
        layer="roads",
        defaults={
            "owner": "Sở Xây dựng", "contact_name": "Nguyễn Văn Ánh", "contact_phone": "0235 000 000",
            "contact_email": "anh@example.vn", "cadence": "live", "licence": "Dữ liệu mở",
        },
    )  # fmt: skip
    entry = Reader(asgi, scratch.cast["anonymous"], ROADS, scratch).page_entry("/")
    assert (entry["owner"], entry["licence"], entry["overdue"]) == ("Sở Xây dựng", "Dữ liệu mở", False)
    assert entry["contact"] == {"name": "Nguyễn Văn Ánh", "phone": "0235 000 000", "email": "anh@example.vn"}
    assert entry["last_change"] is not None


def test_the_page_has_what_its_script_reads(asgi: Service, world: World) -> None:
    """The contract between page_data and gis_core/frontend/page.ts."""
    reader = Reader(asgi, world.cast["officer"], ROADS, world)
    page = reader.page("/")
    assert {"urls", "bounds", "user", "language", "layers", "crs", "cadastral_crs", "seq"} <= set(page)
    assert page["language"] == "vi"
    assert page["user"]["name"] == "officer.world"
    assert any("Phường Tam Kỳ" in role for role in page["user"]["roles"])
    for entry in page["layers"]:
        assert entry["geometry"] in ("point", "line", "polygon")
        assert entry["legend"], entry["name"]
        assert all(set(item) == {"label", "color", "kind"} for item in entry["legend"])
        assert {"tilejson", "tiles", "items", "collection"} <= set(entry["connections"])
    west, south, east, north = page["bounds"]
    assert west < east
    assert south < north


def test_the_address_of_the_script_data_is_never_markup(asgi: Service, scratch: World) -> None:
    """A name with a closing tag in it stays text."""
    LayerSetting.objects.update_or_create(layer="roads", defaults={"owner": "</script><script>alert(1)</script>"})
    text = asgi.get("/", headers={"Accept": "text/html"}).text
    assert "<script>alert(1)" not in text


@pytest.mark.django_db
class TestAdministration:
    """`/admin/`: for administrators alone."""

    @pytest.fixture
    def administrator(self, client: Client) -> Client:
        """A superuser."""
        client.force_login(factories.superuser("quản trị"))
        return client

    @pytest.mark.parametrize(
        "path",
        [
            "", "gis_core/user/", "gis_core/adminunit/", "gis_core/accesstoken/", "gis_core/changelog/",
            "layers/layersetting/", "layers/layersetting/add/", "layers/facility/", "layers/roadsegment/", "layers/tourismplace/",
        ],
    )  # fmt: skip
    def test_every_list_opens(self, administrator: Client, world: World, path: str) -> None:
        """With the world's rows in it."""
        assert administrator.get(f"/admin/{path}").status_code == 200

    @pytest.mark.parametrize("name", ["officer", "leader", "anonymous"])
    def test_nobody_else_gets_in(self, world: World, name: str) -> None:
        """A leader reads everything and administers nothing."""
        answer = world.cast[name].client().get("/admin/layers/layersetting/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")

    def test_a_setting_is_saved(self, administrator: Client, world: World) -> None:
        """With a style that MapLibre can draw."""
        data = {
            "layer": "roads", "published": "on", "position": "5", "visible": "on", "on_wall": "on", "min_zoom": "9", "max_zoom": "18",
            "style": '[{"type": "line", "paint": {"line-color": "#000000"}}]', "owner": "Sở Xây dựng", "cadence": "daily",
        }  # fmt: skip
        assert administrator.post("/admin/layers/layersetting/add/", data).status_code == 302
        assert LayerSetting.objects.get(layer="roads").min_zoom == 9

    @pytest.mark.parametrize(
        ("field", "value"),
        [("layer", "nowhere"), ("style", '{"type": "line"}'), ("style", '[{"type": "video"}]'), ("min_zoom", "19"), ("max_zoom", "25")],
    )
    def test_a_wrong_setting_is_refused_beside_its_field(self, administrator: Client, world: World, field: str, value: str) -> None:
        """On the same page, with a sentence."""
        data = {"layer": "roads", "position": "5", "cadence": "daily", "max_zoom": "18", field: value}
        answer = administrator.post("/admin/layers/layersetting/add/", data)
        assert answer.status_code == 200
        assert field in answer.context["adminform"].form.errors
