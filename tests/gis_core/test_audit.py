"""The audit log: what is written down, that it is only ever added to, and that tampering shows."""

import io
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client

from gis_core.audit import chain
from gis_core.models import AccessToken, AuditEntry, Jurisdiction, Role
from tests import factories
from tests.sql import execute
from tests.world import World

pytestmark = pytest.mark.django_db


_before = 0


@pytest.fixture(autouse=True)
def _earlier_entries(db: None) -> None:
    """What other tests did stays in the log, as it must; it is not looked at here."""
    global _before
    _before = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def _entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action, pk__gt=_before).order_by("pk"))


def test_signing_in_and_out_is_written_down(client: Client) -> None:
    """With the account, from where, and in which request."""
    user = factories.user("nguoi.xem")
    answer = client.post("/accounts/login/", {"username": "nguoi.xem", "password": factories.PASSWORD}, REMOTE_ADDR="10.1.2.3")
    assert answer.status_code == 302
    (begun,) = _entries("session.begun")
    assert (begun.actor, begun.source, begun.request) == (user.pk, "10.1.2.3", answer["X-Request-Id"])
    client.post("/accounts/logout/")
    assert [entry.actor for entry in _entries("session.ended")] == [user.pk]


def test_a_refused_sign_in_is_written_down_without_the_name_that_was_typed(client: Client) -> None:
    """People type passwords where the name belongs."""
    client.post("/accounts/login/", {"username": "Mat-khau-dai-1", "password": "x"})
    (refused,) = _entries("session.refused")
    assert "Mat-khau" not in f"{refused.object} {refused.detail}"


def test_a_change_of_permission_names_who_made_it(client: Client, world: World) -> None:
    """Whatever page does it: the trigger reads the request's remark on the statement."""
    boss, user = factories.superuser(), factories.user("moi")
    client.force_login(boss)
    data = {
        "username": "moi",
        "is_active": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        "jurisdictions-TOTAL_FORMS": "1",
        "jurisdictions-INITIAL_FORMS": "0",
        "jurisdictions-0-role": Role.ANALYST,
        "jurisdictions-0-unit": str(world.units["A"].pk),
    }
    answer = client.post(f"/admin/gis_core/user/{user.pk}/change/", data)
    assert answer.status_code == 302, answer.content[-2000:]
    entry = _entries("jurisdiction.insert")[-1]
    assert (entry.actor, entry.request) == (boss.pk, answer["X-Request-Id"])
    assert entry.detail == {"user_id": user.pk, "role": "analyst", "unit_id": world.units["A"].pk}


def test_a_program_beside_the_service_is_named_by_its_role() -> None:
    """psql leaves an entry as well."""
    user = factories.user("phu")
    execute("UPDATE gis_core_user SET is_superuser = true WHERE id = %s", user.pk)
    entry = _entries("account.update")[-1]
    assert (entry.actor, entry.object, entry.detail) == (0, str(user.pk), {"is_superuser": [False, True]})
    assert entry.source.startswith("database:")


def test_secrets_never_reach_the_log() -> None:
    """Neither passwords' hashes nor tokens' digests."""
    user = factories.user("kin")
    token, secret = AccessToken.objects.issue(user, "QGIS")
    user.set_password("Mat-khau-dai-2")
    user.save()
    token.delete()
    told = " ".join(str(entry.detail) for entry in AuditEntry.objects.all())
    assert user.password not in told
    assert token.digest not in told
    assert secret not in told
    assert _entries("account.update")[-1].detail == {"password": "changed"}


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 1", "DELETE FROM audit_entry", "TRUNCATE audit_entry", "DELETE FROM audit_seal"]
)
def test_nothing_is_taken_back(statement: str) -> None:
    """Not even by the tables' owner."""
    factories.user("co")
    with pytest.raises((ProgrammingError, InternalError, psycopg.Error), match="only ever added"), transaction.atomic():
        execute(statement)


def test_a_value_cannot_pretend_to_be_the_remark(client: Client) -> None:
    """The remark counts only before the statement."""
    boss = factories.superuser()
    client.force_login(boss)
    client.post("/accounts/tokens/", {"name": "/*request=aaaaaaaaaaaa user=999*/"})
    assert _entries("token.insert")[-1].actor == boss.pk


def _sealed(number: int) -> None:
    for _each in range(number):
        Jurisdiction.objects.filter(pk=0).delete()
        execute("INSERT INTO audit_entry (action, detail) VALUES ('test', '{\"a\": 1}')")
    chain.seal()


def _past_the_guard(statement: str) -> None:
    """As somebody does who owns the database."""
    execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL; ALTER TABLE audit_seal DISABLE TRIGGER ALL")
    execute(statement)
    execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL; ALTER TABLE audit_seal ENABLE TRIGGER ALL")


def test_an_untouched_log_is_intact() -> None:
    """And says so."""
    _sealed(5)
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert "audit log intact" in said.getvalue()
    assert chain.verify().unsealed == 0


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_entry SET actor = 7 WHERE action = 'test' AND mod(id, 2) = 0", "not what was sealed"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE action = 'test'", "not what was sealed"),
        ("DELETE FROM audit_entry WHERE id = (SELECT max(id) - 2 FROM audit_entry)", "is gone"),
        ("DELETE FROM audit_seal WHERE number = (SELECT max(number) - 2 FROM audit_seal)", "links are missing"),
    ],
)
def test_tampering_shows(statement: str, finding: str) -> None:
    """Who owns the database still does not hold the key."""
    _sealed(6)
    _past_the_guard(statement)
    assert any(finding in found.what for found in chain.verify().findings)
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_audit", stderr=io.StringIO())


def test_cutting_the_end_shows_where_the_newest_link_was_noted() -> None:
    """The hash of each night stands in the log of another machine."""
    _sealed(6)
    noted = chain.verify().newest
    last = "(SELECT max(number) - 3 FROM audit_seal)"
    _past_the_guard(f"DELETE FROM audit_entry e USING audit_seal s WHERE s.entry = e.id AND s.number > {last}")
    _past_the_guard(f"DELETE FROM audit_seal WHERE number > {last}")
    assert chain.verify().findings == ()
    assert [found.what[:17] for found in chain.verify(noted).findings] == ["the expected link"]


def test_another_key_makes_other_links(settings: Any) -> None:
    """So a chain made anew by somebody without the key does not hold."""
    _sealed(3)
    settings.AUDIT_KEY = "another"
    assert len(chain.verify().findings) >= 3


def test_the_service_may_add_and_read_and_no_more() -> None:
    """Where the least-privilege role exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'ioc_app'")
        if not cursor.fetchone()[0]:
            pytest.skip("this database has no role ioc_app")
        cursor.execute(
            "SELECT array_agg(p ORDER BY p) FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) AS p"
            " WHERE has_table_privilege('ioc_app', 'audit_entry', p)"
        )
        assert cursor.fetchone()[0] == ["INSERT", "SELECT"]
