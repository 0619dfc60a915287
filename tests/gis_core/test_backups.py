"""How old backups are, and whether rows have their files."""

import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from prometheus_client import REGISTRY

from gis_core.serving import backups
from layers.models import Upload
from tests import factories


def test_without_a_backup_its_age_is_infinite(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert backups.age("backup") == float("inf")
    assert REGISTRY.get_sample_value("backup_age_seconds") == float("inf")


def test_the_age_counts_from_what_the_script_wrote_down(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "backup").mkdir()
    for what in ("backup", "drill"):
        (tmp_path / "backup" / f"last_{what}").write_text(f"{int(time.time()) - 3600}\n")
    assert backups.age("backup") == pytest.approx(3600, abs=60)
    assert REGISTRY.get_sample_value("restore_test_age_seconds") == pytest.approx(3600, abs=60)


@pytest.mark.django_db
def test_a_missing_file_is_named(world: object) -> None:
    said = StringIO()
    call_command("check_files", stdout=said)
    assert "Every row has its files." in said.getvalue()
    job = Upload(author=factories.user(), name="a.geojson", size=1)
    job.file.save("a.geojson", ContentFile(b"x"))
    name = str(job.file.name)
    job.file.storage.delete(name)
    complaint = StringIO()
    with pytest.raises(CommandError, match="1 files are missing"):
        call_command("check_files", stderr=complaint)
    assert name in complaint.getvalue()
