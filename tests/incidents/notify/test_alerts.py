"""Alerts in the outbox: who is told, what, and what is not told."""

from collections.abc import Iterator

import orjson
import pytest
from django.core import mail

from gis_core.outbound import client
from incidents.models import Notice, Webhook
from incidents.notify import delivery
from incidents.notify.payload import payload
from layers.alerts.evaluate import escalate, evaluate
from layers.models import Alert, AlertRule
from tests.sql import execute
from tests.world import World

pytestmark = pytest.mark.django_db


def _raised(world: World, **values: object) -> AlertRule:
    execute("UPDATE layers_station SET latest_result = NULL")
    execute("UPDATE layers_station SET latest_result = 3 WHERE id = %s", world.row("stations", "A").pk)
    usual = {"name": "Nước cao", "kind": "threshold", "layer": "stations", "measure": "latest_result", "limit": 2.0}
    rule = AlertRule.objects.create(**{**usual, **values})
    evaluate(rule)
    return rule


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    """What went to webhooks."""
    sent: list[dict[str, object]] = []

    def post(_url: str, body: bytes, _headers: object) -> client.Answer:
        sent.append(orjson.loads(body))
        return client.Answer(204, b"")

    monkeypatch.setattr(delivery, "post", post)
    yield sent


def test_an_alert_is_written_to_the_rules_addresses(world: World) -> None:
    """One mail each, in the transaction of the alert; the addresses themselves stand in the rule alone."""
    _raised(world, recipients="truc@example.vn\nban@example.vn")
    notices = list(Notice.objects.filter(channel="alert"))
    assert len(notices) == 2
    assert not any("@" in notice.recipient for notice in notices)
    for notice in notices:
        assert delivery.deliver(notice.uid) == "sent"
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ban@example.vn", "truc@example.vn"]
    assert "Nước cao" in mail.outbox[0].subject
    assert Alert.objects.get().title in mail.outbox[0].body


def test_an_address_that_was_taken_out_gets_nothing(world: World) -> None:
    rule = _raised(world, recipients="truc@example.vn")
    AlertRule.objects.filter(pk=rule.pk).update(recipients="")
    assert delivery.deliver(Notice.objects.get(channel="alert").uid) == "dropped"


def test_those_above_hear_of_what_nobody_acknowledged(world: World) -> None:
    _raised(world, escalate_minutes=0, escalate_to="lanh-dao@example.vn")
    assert escalate() == 1
    delivery.deliver(Notice.objects.get(channel="alert").uid)
    assert mail.outbox[0].to == ["lanh-dao@example.vn"]


def test_webhooks_that_want_to_hear_of_alerts_do(world: World, posted: list[dict[str, object]]) -> None:
    """Raised and over, each once."""
    Webhook.objects.create(name="kín", url="https://example.vn/1")
    Webhook.objects.create(name="nghe", url="https://example.vn/2", hears_alerts=True)
    rule = _raised(world)
    execute("UPDATE layers_station SET latest_result = 1")
    evaluate(rule)
    for notice in Notice.objects.filter(channel="webhook").order_by("pk"):
        assert delivery.deliver(notice.uid) == "sent"
    assert [message["type"] for message in posted] == ["alert.raised", "alert.cleared"]
    data = posted[0]["data"]
    assert isinstance(data, dict)
    assert data["value"] == 3


def test_of_what_is_not_open_the_words_stay_inside(world: World) -> None:
    """A hook that hears of public things alone hears nothing at all; another one that there is something."""
    for public_only in (True, False):
        Webhook.objects.create(name=str(public_only), url="https://example.vn/", hears_alerts=True, public_only=public_only)
    rule = AlertRule.objects.create(
        name="Trong vùng", kind="geofence", layer="incidents", unit=world.units["A"], filter="is_public = false"
    )
    evaluate(rule)
    notices = Notice.objects.filter(channel="webhook", alert__isnull=False)
    assert notices
    for notice in notices.select_related("alert__rule", "webhook"):
        assert notice.alert is not None
        if notice.webhook is not None and notice.webhook.public_only:
            assert delivery.deliver(notice.uid) == "dropped"
        else:
            assert "title" not in orjson.loads(payload(notice))["data"]
