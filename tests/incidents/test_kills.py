"""The server is killed at every point of intake: no half report, no orphan file, no lost photo, no task twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.incidents.reports import category
from tests.server import database_url
from tests.world import World

# INTAKE_KILLS=250 looks longer; each kill costs a quarter of a second.
KILLS = int(os.environ.get("INTAKE_KILLS", "24"))


def test_a_killed_intake_leaves_nothing_half(scratch: World, tmp_path: Path) -> None:
    category()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "REPORTS_PER_ADDRESS": "100000",
        # Files of tests that ran before this one have no rows any more: they are not what it looks for.
        "TESTS_DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "tests.incidents.kills", str(KILLS), os.environ.get("INTAKE_SEED", "1")]
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    said = json.loads(run.stdout.splitlines()[-1])
    assert said["broken"] == []
    assert said["killed"] == KILLS
    assert said["steps"] > 60
