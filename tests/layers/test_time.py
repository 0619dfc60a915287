"""What a layer shows at a moment: validities, events, and layers to which time says nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from gis_core.access import Reach
from incidents.models import Incident
from layers.layer import FeatureLayer
from tests.world import JULY, MARCH, World, declared_layers

pytestmark = pytest.mark.django_db

ALL = Reach(everything=True)
LAYERS = {layer.name: layer for layer in declared_layers()}


def _names(when: object) -> set[str]:
    return set(LAYERS["admin_units"].rows(ALL, when).filter(level="commune").values_list("name", flat=True))  # type: ignore[arg-type]


def test_a_layer_of_validities_shows_the_present_unless_asked(world: World) -> None:
    """Half-open: the last day is the one before `valid_to`."""
    assert _names(None) == {"Phường Tam Kỳ", "Phường Hương Trà", "Phường Bàn Thạch", "Xã Bình Sơn"}
    assert "Phường Phước Hòa" in _names(MARCH - timedelta(days=1))
    assert "Phường Phước Hòa" not in _names(MARCH)
    assert _names(JULY) == _names(None)


def test_an_interval_shows_everything_that_was_in_force_within(world: World) -> None:
    """Open ends are endless."""
    assert _names((MARCH, JULY)) == _names(MARCH) | _names(JULY)
    assert _names((None, None)) == set.union(*(_names(day) for day in (MARCH - timedelta(days=1), MARCH, JULY)))
    assert _names((None, date(2019, 1, 1))) == set()


def test_the_day_begins_in_vietnam(world: World) -> None:
    """17:30 UTC on 30 June is half past midnight on 1 July."""
    assert _names(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)) == _names(date(2025, 6, 30))
    assert _names(datetime(2025, 6, 30, 17, 30, tzinfo=UTC)) == _names(JULY)


def test_events_of_a_day(world: World) -> None:
    """The whole day in Vietnamese time; without a moment, all events."""
    layer, row = LAYERS["incidents"], world.row("incidents", "A")
    incident = Incident.objects.get(pk=row.pk)
    assert isinstance(incident, Incident)
    incident.reported_at = datetime(2026, 3, 1, 16, 59, 59, tzinfo=UTC)
    incident.save()

    def on(when: object) -> bool:
        return layer.rows(ALL, when).filter(pk=row.pk).exists()  # type: ignore[arg-type]

    assert on(None)
    assert on(date(2026, 3, 1))
    assert not on(date(2026, 3, 2))
    assert on((date(2026, 2, 1), date(2026, 3, 1)))
    assert on((date(2026, 3, 1), None))
    assert not on((None, date(2026, 2, 28)))


@pytest.mark.parametrize("layer", [layer for layer in LAYERS.values() if layer.time_fields is None], ids=lambda layer: layer.name)
def test_time_says_nothing_about_other_layers(world: World, layer: FeatureLayer) -> None:
    """A date neither hides nor fails."""
    assert layer.rows(ALL, date(1900, 1, 1)).count() == len(world.rows[layer.name])


def test_today_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long-lived process passes midnight."""
    layer = LAYERS["admin_units"]
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        assert layer.moment(None) == day
    assert LAYERS["roads"].moment(None) is None
