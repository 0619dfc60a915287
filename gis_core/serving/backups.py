"""How old the last backup and the last restore drill are, for the operators' alarms (bin/manage backup writes down when)."""

import time

from django.conf import settings

from gis_core.metrics import BACKUP_AGE, RESTORE_TEST_AGE


def age(what: str) -> float:
    """Seconds since the last `backup` or `drill`; infinite where there never was one."""
    try:
        done = float((settings.DATA_DIR / "backup" / f"last_{what}").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return float("inf")
    return max(0.0, time.time() - done)


def tell_metrics() -> None:
    """Let /metrics ask whenever it is asked."""
    BACKUP_AGE.set_function(lambda: age("backup"))
    RESTORE_TEST_AGE.set_function(lambda: age("drill"))
