"""Demo alert rules: one of each kind, so that the wall shows how they look."""

from gis_core.models import AdminUnit
from gis_core.pilot.steps import Run, pilot_step
from layers.models import Alert, AlertRule

_RULES: tuple[dict[str, object], ...] = (
    {
        "name": "Mực nước vượt báo động",
        "severity": "critical",
        "kind": "threshold",
        "measure": "latest_result",
        "sounds": True,
        "layer": "stations",
        "limit": 2.0,
        "filter": "observed_property='water_level' AND state='alarm'",
        "escalate_minutes": 15,
    },
    {
        "name": "Mưa lớn trong một giờ",
        "severity": "high",
        "kind": "threshold",
        "measure": "latest_result",
        "layer": "stations",
        "limit": 30.0,
        "filter": "observed_property='rain'",
    },
    {
        "name": "Mực nước lên nhanh",
        "severity": "high",
        "kind": "rate",
        "measure": "water_level",
        "layer": "stations",
        "limit": 0.5,
        "minutes": 180,
    },
    {
        "name": "Đoạn đường cấm",
        "severity": "medium",
        "kind": "geofence",
        "layer": "roads",
        "filter": "traffic_state='closed'",
        "in_province": True,
    },
    {
        "name": "Phản ánh nghiêm trọng quá hạn",
        "severity": "high",
        "kind": "overdue",
        "measure": "due_at",
        "layer": "incidents",
        "filter": "severity='critical' AND is_overdue=TRUE",
    },
)


def _clear() -> None:
    """Delete the demo rules with what they raised."""
    Alert.objects.filter(rule__is_demo=True).delete()
    AlertRule.objects.filter(is_demo=True).delete()


@pilot_step("alert_rules", clear=_clear, after=("admin_units", "stations"))
def load_alert_rules(run: Run, _part: str) -> int:
    """Evaluated once the service runs."""
    province = AdminUnit.objects.as_of(run.day).filter(level=AdminUnit.Level.PROVINCE).first()
    for row in _RULES:
        values = {name: value for name, value in row.items() if name != "in_province"}
        AlertRule.objects.create(**values, unit=province if row.get("in_province") else None, is_demo=True)
    run.progress.advance(len(_RULES))
    return len(_RULES)
