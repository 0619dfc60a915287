"""Options: help for who asks, one sentence for who mistypes, and nothing done in either case."""

import pytest

from tests.scripts.run import ROOT, script


@pytest.mark.parametrize(
    "name", ["up", "test", "manage", "bench", "bare-check", "faults", "replicate", "promote", "hostile", "load", "simulate-day", "reload"]
)
def test_help_says_how_it_is_used(name: str) -> None:
    """From the script's own header."""
    done = script(name, "--help")
    assert done.returncode == 0
    assert f"usage: {'sudo ' if name == 'bare-check' else ''}bin/{name}" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("up", ["--wat"], "bin/up: unknown option --wat: see bin/up --help."),
        ("up", ["--port"], "bin/up: --port needs a value: see bin/up --help."),
        ("up", ["--port", "0"], "bin/up: --port 0: use a number from 1 to 65535."),
        ("up", ["--port", "65536"], "bin/up: --port 65536: use a number from 1 to 65535."),
        ("up", ["--port", "http"], "bin/up: --port http: use a number from 1 to 65535."),
        ("manage", ["--data"], "bin/manage: --data needs a folder."),
        ("promote", ["--wat"], "bin/promote: there is no option --wat: see bin/promote --help."),
        ("replicate", ["--wat"], "bin/replicate: say standby or rejoin: see bin/replicate --help."),
        ("hostile", ["--wat"], "bin/hostile: there is no option --wat; see bin/hostile --help."),
        ("hostile", ["--seed", "x"], "bin/hostile: --seed needs a number."),
        ("reload", ["--wat"], "bin/reload: there is no option --wat: see bin/reload --help."),
        ("reload", ["--port", "x"], "bin/reload: --port needs a number: see bin/reload --help."),
        ("test", ["--lint", "-k", "x"], "bin/test: --lint stands alone: give pytest's arguments without it."),
    ],
)
def test_a_mistake_gets_one_sentence(name: str, arguments: list[str], sentence: str) -> None:
    """On standard error, with 1."""
    done = script(name, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{sentence}\n")


def test_continuous_integration_runs_what_a_developer_runs() -> None:
    """And nothing beside it."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ['exec "$(dirname -- "$0")/../bin/test"']
