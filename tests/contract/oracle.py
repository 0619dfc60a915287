"""Who may see which row: written from DESIGN section 3 and the issue's words, never from the production rules."""

from dataclasses import dataclass

from tests.cast import Person
from tests.world import Row, World

# The units that lie in a unit of today. An abolished unit lies in none of them, a row without unit in nobody's.
_INSIDE = {"A": {"A"}, "B": {"B"}, "C": {"C"}, "outside": {"outside"}, "đà nẵng": {"A", "B", "C"}}
_PRESENT_UNITS = {"đà nẵng", "A", "B", "C", "quảng ngãi", "outside"}


@dataclass(frozen=True)
class Policy:
    """Everybody sees all rows, or the published ones; `own` roles see their units' rows, `every` roles see all."""

    everybody: bool = False
    published: bool = False
    own: frozenset[str] = frozenset()
    every: frozenset[str] = frozenset()


_LEADING = frozenset({"operator", "leader", "administrator"})
_OPEN = Policy(everybody=True)
_OFFICES = Policy(own=frozenset({"analyst"}), every=_LEADING)
POLICIES = {
    "admin_units": _OPEN,
    "roads": _OPEN,
    "tourism_places": _OPEN,
    "facilities": _OPEN,
    "water": _OPEN,
    "stations": _OPEN,
    "indicators": _OPEN,
    "dossiers": _OPEN,
    "road_events": _OPEN,
    "black_spots": _OPEN,
    "tourism_visits": _OPEN,
    "service_areas": _OPEN,
    "crop_areas": _OPEN,
    "commerce": _OPEN,
    "parcels": Policy(own=frozenset({"land_officer", "approver", "field_staff", "analyst"}), every=_LEADING),
    "incidents": Policy(published=True, own=frozenset({"dispatcher", "field_staff", "analyst"}), every=_LEADING),
    # Between the centre and its units: the public sees nothing, a unit's analyst its own.
    "reports": _OFFICES,
    "focal_contacts": _OFFICES,
    "milestones": _OFFICES,
    "mentions": _OFFICES,
    "cameras": Policy(own=frozenset({"dispatcher"}), every=_LEADING),
    # Nobody of the cast has clearance: the whole contract proves that it is nowhere. tests/themes/test_security.py has a person who has,
    # and in random histories (tests/permissions/) anybody may get it.
    "security_events": Policy(own=frozenset({"security"})),
    "instructions": Policy(own=frozenset({"dispatcher", "field_staff"}), every=_LEADING),
}


def policy(layer: str) -> Policy:
    """A layer's policy. A new layer that is not open to everybody has to be written down here, by hand."""
    assert layer in POLICIES, f"tests/contract/oracle.py: say in POLICIES, in words of your own, who may see the rows of {layer!r}."
    return POLICIES[layer]


def exists_for(person: Person, layer: str) -> bool:
    """Whether the layer is there at all for this person."""
    rule = policy(layer)
    return rule.everybody or rule.published or bool((rule.own | rule.every) & set(person.work))


def sees(person: Person, layer: str, row: Row) -> bool:
    """Whether this person may see this row."""
    rule = policy(layer)
    if rule.everybody or (rule.published and row.public) or rule.every & set(person.work):
        return True
    return any(role in rule.own and row.home in _INSIDE[unit] for role, unit in person.work.items())


def expected(world: World, person: Person, layer: str) -> list[Row]:
    """The rows of a layer that this person sees today."""
    rows = world.rows[layer]
    present = [row for row in rows if layer != "admin_units" or row.home in _PRESENT_UNITS]
    return [row for row in present if sees(person, layer, row)] if exists_for(person, layer) else []


def hidden(world: World, person: Person, layer: str) -> list[Row]:
    """The rows that must leave no trace."""
    return [row for row in world.rows[layer] if not (exists_for(person, layer) and sees(person, layer, row))]
