"""Scope, rule and reach: what a person may do where, and which rows follow from it."""

import itertools
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from gis_core.access import ANONYMOUS, PUBLIC, AccessRule, Reach, Scope, scope_of
from gis_core.models import Role, User
from incidents.models import Incident
from land.models import Parcel
from layers.models import Facility
from tests import factories
from tests.world import World, cells

_RULE = AccessRule(
    public="flagged", view=frozenset({Role.FIELD_STAFF}), view_all=frozenset({Role.LEADER}), change=frozenset({Role.DISPATCHER})
)


def _scope(**roles: set[int]) -> Scope:
    return Scope(frozenset((role, frozenset(units)) for role, units in roles.items()), authenticated=True)


def test_a_role_acts_in_its_own_units_alone() -> None:
    """Being field staff in 1 and dispatcher in 2 does not make one a dispatcher in 1."""
    scope = _scope(field_staff={1}, dispatcher={2})
    assert _RULE.reach(scope) == Reach(units=frozenset({1, 2}), public=True)
    assert _RULE.reach(scope, "change") == Reach(units=frozenset({2}))


def test_seeing_everything_is_not_changing_anything() -> None:
    """A leader reads all and writes nothing."""
    assert _RULE.reach(_scope(leader={1})) == Reach(everything=True)
    assert not _RULE.reach(_scope(leader={1}), "change")


def test_visitors_see_what_is_public() -> None:
    """All rows, the flagged ones, or none; never a change."""
    assert PUBLIC.reach(ANONYMOUS) == Reach(everything=True)
    assert _RULE.reach(ANONYMOUS) == Reach(public=True)
    assert not AccessRule().reach(ANONYMOUS)
    assert not PUBLIC.reach(ANONYMOUS, "change")


def test_a_superuser_reaches_everything() -> None:
    """Even without a rule."""
    assert AccessRule().reach(Scope(authenticated=True, superuser=True), "change") == Reach(everything=True)


def test_keys_differ_whenever_reaches_differ() -> None:
    """A key stands in caches and ETags: two reaches with one key would share bytes."""
    reaches = [Reach(everything=True)] + [
        Reach(units=frozenset(units), public=public)
        for units in itertools.chain.from_iterable(itertools.combinations((1, 2, 12, 3), size) for size in range(4))
        for public in (False, True)
    ]
    assert len({reach.key for reach in reaches}) == len(set(reaches)) == len(reaches)


def test_scope_keys_do_not_depend_on_order() -> None:
    """Equal scopes, equal keys, in every process."""
    first = _scope(leader={1, 2}, analyst={3})
    second = _scope(analyst={3}, leader={2, 1})
    assert first == second
    assert first.key == second.key
    assert first.key != _scope(leader={1}, analyst={3, 2}).key


@pytest.mark.parametrize(
    ("reach", "units", "public", "hears"),
    [
        (Reach(everything=True), None, False, True),
        (Reach(units=frozenset({1})), (1,), False, True),
        (Reach(units=frozenset({1})), (2, 1), False, True),
        (Reach(units=frozenset({1})), (2,), True, False),
        (Reach(units=frozenset({1})), None, False, False),
        (Reach(units=frozenset({1}), public=True), (2,), True, True),
        (Reach(public=True), (1,), False, False),
    ],
)
def test_who_hears_of_a_change(reach: Reach, units: tuple[int, ...] | None, public: bool, hears: bool) -> None:
    """The rows of one's units, before or after, and public ones where those are part of the reach."""
    assert reach.hears(units, is_public=public) is hears


@pytest.mark.django_db
class TestScopeOfUser:
    """From jurisdictions to a scope."""

    def test_the_subtree_is_closed(self, world: World) -> None:
        """Officer of 48/20341/ does not reach 48/203410/."""
        scope = scope_of(world.cast["officer"].user)
        assert scope.units(["land_officer"]) == {world.units["A"].pk}

    def test_a_province_brings_what_lies_below_in_its_own_time(self, world: World) -> None:
        """The analyst of Đà Nẵng: the three communes since July 2025, none of Quảng Nam's."""
        scope = scope_of(world.cast["analyst"].user)
        assert scope.units(["analyst"]) == {world.units[key].pk for key in ("đà nẵng", "A", "B", "C")}

    def test_an_abolished_unit_reaches_nothing_of_today(self, world: World) -> None:
        """Paths and codes are reused by reforms; a jurisdiction belongs to one unit in one time."""
        reborn = factories.unit("49/502/20341/", cells(1, 0), code="20341x", valid_from=date(2026, 1, 1))
        user = factories.user()
        factories.jurisdiction(user, Role.ANALYST, world.units["an mỹ"])
        assert scope_of(user).units(["analyst"]) == {world.units["an mỹ"].pk}
        assert reborn.pk not in scope_of(user).units(["analyst"])

    def test_a_second_jurisdiction_adds_units(self, world: World) -> None:
        """One role in two units is one grant."""
        user = factories.user()
        factories.jurisdiction(user, Role.ANALYST, world.units["A"])
        factories.jurisdiction(user, Role.ANALYST, world.units["C"])
        assert scope_of(user).grants == {("analyst", frozenset({world.units["A"].pk, world.units["C"].pk}))}

    def test_a_deactivated_account_is_a_visitor(self, world: World) -> None:
        """Whatever it held before."""
        user = User.objects.get(pk=world.cast["officer"].user.pk)  # type: ignore[union-attr]
        user.is_active = False
        user.save()
        assert scope_of(user) == ANONYMOUS
        assert scope_of(AnonymousUser()) == ANONYMOUS

    def test_people_with_the_same_work_have_the_same_scope(self, world: World) -> None:
        """It keys shared caches."""
        colleague = factories.user()
        for role in (Role.LAND_OFFICER, Role.DISPATCHER):
            factories.jurisdiction(colleague, role, world.units["A"])
        assert scope_of(colleague) == scope_of(world.cast["officer"].user)


@pytest.mark.django_db
class TestRestrict:
    """The one door to rows."""

    def test_view_and_change_differ(self, world: World) -> None:
        """An analyst reads parcels and changes none."""
        analyst, officer = world.cast["analyst"].user, world.cast["officer"].user
        assert analyst is not None
        assert officer is not None
        assert Parcel.objects.restrict(analyst).count() == 6
        assert Parcel.objects.restrict(analyst, "change").count() == 0
        assert Parcel.objects.restrict(officer, "change").count() == 2

    def test_public_rows_cannot_be_changed_by_visitors(self, world: World) -> None:
        """Public means readable."""
        assert Facility.objects.restrict(AnonymousUser()).count() == len(world.rows["facilities"])
        assert Facility.objects.restrict(AnonymousUser(), "change").count() == 0

    def test_an_empty_reach_has_no_rows(self, world: World) -> None:
        """Never, by mistake, all of them."""
        assert Parcel.objects.within(Reach()).count() == 0
        assert Incident.objects.within(Reach()).count() == 0
        assert Incident.objects.within(Reach(public=True)).count() == 6
