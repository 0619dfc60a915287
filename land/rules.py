"""The rules of the cadastre: what a plan would break, each named with its place."""

from collections.abc import Iterator, Sequence

import shapely

from gis_core.models import AdminUnit
from land.models import LandUseCode, LotRule, Parcel, Restriction
from land.state import Held, Plan, Scene, shared_out
from land.topology import coverage, knots
from land.verbs.base import Verb
from land.violations import Violation, broken

AREA_M2 = 0.01
"""Ground may get lost or be won by rounding up to this."""


def before_planning(verb: Verb, scene: Scene, unit: int) -> list[Violation]:
    """What forbids the change whatever its plan is."""
    found = [broken("unit-differs", held.geom, parcel=held.label) for held in scene.targets if held.unit != unit]
    found += [
        broken("date-too-early", held.geom, parcel=held.label, day=held.valid_from.strftime("%d/%m/%Y"))
        for held in scene.targets
        if held.valid_from > scene.on
    ]
    if verb.respects_restrictions:
        found += [broken("retired", held.geom, parcel=held.label) for held in scene.targets if not held.live]
        found += _restrictions(scene.targets)
    return [*found, *verb.faults(scene)]


def _restrictions(targets: Sequence[Held]) -> Iterator[Violation]:
    live = {held.pk: held for held in targets}
    found = Restriction.objects.filter(parcel__in=list(live), valid_to__isnull=True)
    named = set()
    for restriction in found:
        held = live[restriction.parcel_id]
        named.add(held.pk)
        yield broken(
            "restricted", held.geom, parcel=held.label, restriction=restriction.get_kind_display(), reference=restriction.reference
        )
    for held in targets:
        # Old registers know a status without a paper for it.
        if held.pk not in named and held.status in (Parcel.Status.DISPUTED, Parcel.Status.BLOCKED):
            yield broken("status", held.geom, parcel=held.label, status=Parcel.Status(held.status).label)


def of_plan(verb: Verb, scene: Scene, plan: Plan, unit: AdminUnit) -> list[Violation]:
    """What the plan itself breaks."""
    found: list[Violation] = []
    held = scene.everyone()
    found += [broken("unit-differs", held[pk].geom, parcel=held[pk].label) for pk in plan.reshaped if held[pk].unit != unit.pk]
    if plan.moves_ground():
        found += _ground(scene, plan, keeps_area=verb.keeps_area)
    if verb.makes_lots:
        found += _lots(scene, plan, unit)
    found += _uses(scene, plan)
    return found


def _ground(scene: Scene, plan: Plan, *, keeps_area: bool) -> Iterator[Violation]:
    held = scene.everyone()
    after = shapes_after(scene, plan)
    changed = [*plan.reshaped.values(), *(was.geom for was in plan.restored.values() if was.live), *(born.geom for born in plan.born)]
    for shape in changed:
        if not shapely.is_valid(shape):
            yield broken("invalid-shape", shape, reason=shapely.is_valid_reason(shape).split("[")[0])
            return
    others = [shape for pk, shape in after.items() if pk not in plan.reshaped and pk not in plan.restored]
    names = [held[pk].label for pk in after if pk not in plan.reshaped and pk not in plan.restored]
    for common in coverage.overlaps([*changed, *others], len(changed)):
        yield broken("overlap", area=common, size=f"{common.area:.2f}")
    known = _faults_before(scene)
    for fault in coverage.unmatched([*changed, *others]):
        if fault.index < len(changed) and not any(shapely.distance(fault.line, old) < knots.TOLERANCE_M for old in known):
            near = [name for name, shape in zip(names, others, strict=True) if shapely.distance(shape, fault.line) < 0.01]
            yield broken("gap", area=fault.line, parcels=", ".join(near[:4]))
    if keeps_area:
        yield from _conserved(scene, plan, changed)


def shapes_after(scene: Scene, plan: Plan) -> dict[int, shapely.Polygon]:
    """The outlines of the living parcels that were there before, as the plan leaves them."""
    gone = {*plan.retired, *(pk for pk, was in plan.restored.items() if not was.live)}
    shapes = {pk: held.geom for pk, held in scene.everyone().items() if held.live and pk not in gone}
    restored = {pk: was.geom for pk, was in plan.restored.items() if was.live}
    return shapes | plan.knotted | plan.reshaped | restored


def _faults_before(scene: Scene) -> list[shapely.Geometry]:
    """Old data may hold faults already; a change is not to blame for those that it leaves."""
    shapes = [held.geom for held in scene.everyone().values() if held.live]
    return [fault.line for fault in coverage.unmatched(shapes)]


def _conserved(scene: Scene, plan: Plan, changed: Sequence[shapely.Polygon]) -> Iterator[Violation]:
    held = scene.everyone()
    sources = {*plan.retired, *plan.reshaped, *plan.restored}
    before = sum(held[pk].geom.area for pk in sources if held[pk].live)
    after = sum(shape.area for shape in changed)
    if abs(before - after) > AREA_M2:
        yield broken("area-lost", changed[0] if changed else None, before=f"{before:.2f}", after=f"{after:.2f}")


def _lots(scene: Scene, plan: Plan, unit: AdminUnit) -> Iterator[Violation]:
    rules = sorted(LotRule.objects.in_force(scene.on).select_related("unit"), key=lambda rule: -len(rule.unit.path if rule.unit else ""))
    held = scene.everyone()
    for born in plan.born:
        use = (born.uses or shared_out([held[pk] for pk in born.parents], born.geom))[0].code
        rule = next((rule for rule in rules if rule.covers(use, unit.path)), None)
        if rule is None:
            continue
        if born.geom.area < rule.area_m2 - AREA_M2:
            least = {"least": f"{rule.area_m2:g}", "use": use, "basis": rule.legal_basis}
            yield broken("lot-too-small", area=born.geom, size=f"{born.geom.area:.1f}", **least)
        width = short_side(born.geom)
        if width < rule.width_m - 0.005:
            yield broken("lot-too-narrow", area=born.geom, width=f"{width:.2f}", least=f"{rule.width_m:g}", use=use, basis=rule.legal_basis)


def short_side(shape: shapely.Polygon) -> float:
    """The shorter side of the smallest enclosing rectangle, in metres."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    return float(min(shapely.Point(corners[i]).distance(shapely.Point(corners[i + 1])) for i in (0, 1)))


def _uses(scene: Scene, plan: Plan) -> Iterator[Violation]:
    held = scene.everyone()
    codes = {use.code for uses in plan.uses.values() for use in uses}
    known = {code.code for code in LandUseCode.objects.filter(code__in=codes) if _in_force(code, scene)}
    for code in sorted(codes - known):
        yield broken("unknown-use", use=code)
    for pk, uses in plan.uses.items():
        total, area = sum(use.area_m2 for use in uses), held[pk].geom.area
        if abs(total - area) > 0.06:  # registers give 0.1 m²
            yield broken("uses-do-not-add-up", held[pk].geom, sum=f"{total:.2f}", size=f"{area:.2f}")


def _in_force(code: LandUseCode, scene: Scene) -> bool:
    return (code.valid_from is None or code.valid_from <= scene.on) and (code.valid_to is None or scene.on < code.valid_to)
