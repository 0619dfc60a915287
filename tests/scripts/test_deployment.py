"""The production shape: what compose.yaml mounts and names exists, and secrets never stand in it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.scripts.run import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_services_of_the_design() -> None:
    """And the one that prepares."""
    assert set(SERVICES) == {"nginx", "prepare", "web", "tiles", "worker", "db", "replica"}
    assert [name for name, service in SERVICES.items() if service.get("profiles") == ["replica"]] == ["replica"]


def test_every_mounted_file_is_in_the_repository() -> None:
    """Else Docker would make an empty folder of that name."""
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [mount.split(":")[0] for mount in mounts if mount.startswith("./")]
    assert files
    assert [path for path in files if not (ROOT / path).is_file()] == []


def test_secrets_are_files_that_one_script_makes(tmp_path: Path) -> None:
    """Closed to others, different from each other, and the same after a second run."""
    script = tmp_path / "docs" / "deploy" / "make-secrets"
    script.parent.mkdir(parents=True)
    script.write_bytes((ROOT / "docs" / "deploy" / "make-secrets").read_bytes())
    contents = []
    for _ in range(2):
        subprocess.run(["/bin/bash", script], check=True, capture_output=True)
        contents.append({Path(secret["file"]).name: (tmp_path / secret["file"]).read_text() for secret in COMPOSE["secrets"].values()})
    assert contents[0] == contents[1]
    assert len(set(contents[0].values())) == len(COMPOSE["secrets"])
    assert oct((tmp_path / "secrets").stat().st_mode & 0o777) == "0o700"


def test_passwords_come_from_files() -> None:
    """No variable that holds one."""
    names = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert {name for name in names if re.search(r"PASSWORD|SECRET|DATABASE_URL", name)} == {
        "DATABASE_URL_FILE",
        "LOADER_DATABASE_URL_FILE",
        "SECRET_KEY_FILE",
        "POSTGRES_PASSWORD_FILE",
    }


def test_every_variable_is_explained() -> None:
    """In .env.example, with a value that would do."""
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == explained


def test_the_image_and_the_scripts_pin_the_same_uv() -> None:
    """One version everywhere."""
    pinned = re.search(r"uv==(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert pinned is not None
    assert f"UV_VERSION={pinned[1]}\n" in (ROOT / "bin" / "lib" / "python.sh").read_text(encoding="utf-8")
