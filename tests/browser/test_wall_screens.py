"""Screens and links in a browser: opened without signing in, closed from elsewhere, light on a phone."""

from datetime import timedelta

from django.utils import timezone

from gis_core.auth import screens
from gis_core.models import ScreenPass
from tests.browser.conftest import Visitor
from tests.world import World

WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}
# The first view on a phone, as it goes over the wire uncompressed by the test's server.
_MOST_SCRIPT = 120_000


def _address(world: World, kind: str) -> tuple[ScreenPass, str]:
    user = world.cast["leader"].user
    assert user is not None
    end = timezone.now() + timedelta(days=1) if kind == "link" else None
    one = ScreenPass.objects.create(user=user, name="Phòng trực 24/7", kind=kind, expires_at=end)
    return one, f"/wall/?token={screens.token_of(one.uid)}"


def test_a_screen_shows_the_wall_until_it_is_closed(visit: Visitor, scratch: World) -> None:
    """Then its page says so, by itself, and shows nothing more."""
    one, address = _address(scratch, "screen")
    seen = visit(None, address, viewport=WALL).until_idle()
    assert "token" not in seen.page.url
    assert seen.page.locator("#scope").inner_text() == "Phòng trực 24/7"
    seen.until('() => document.querySelectorAll(\'[data-metric^="parcels"], [data-metric="incidents.open"]\').length > 0')
    seen.is_clean()
    ScreenPass.objects.filter(pk=one.pk).update(revoked_at=timezone.now())
    seen.until("() => document.querySelector('#closed')?.dataset.state === 'revoked'", 40)
    assert "thu hồi" in seen.page.locator("#closed").inner_text()
    assert seen.page.locator("#map").count() == 0
    # Opened again, its address says the same.
    assert seen.page.request.get(seen.origin + "/wall/").status == 401


def test_a_link_opens_light_on_a_phone(visit: Visitor, scratch: World) -> None:
    """Numbers, alerts and reports without the map's engine; nothing is wider than the screen; the map is one touch away."""
    _one, address = _address(scratch, "link")
    seen = visit(None, address, viewport=PHONE)
    seen.until("() => document.querySelectorAll('.metric__value').length > 0 && !document.querySelector('.metric__value.is-loading')")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    script = (
        "() => performance.getEntriesByType('resource').filter(({ name }) => /\\.(js|css)/.test(name))"
        ".reduce((sum, one) => sum + one.decodedBodySize, 0)"
    )
    assert seen.page.evaluate(script) < _MOST_SCRIPT
    assert not seen.tiles
    seen.is_clean()
    seen.page.locator(".open-map").click()
    seen.until_idle()
    seen.is_clean()
