"""Dashboard, alerts and logs speak of figures that exist."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.conftest import DEPLOY
from tests.service import Service

# Prometheus makes this one itself.
_ELSEWHERE = {"up"}
_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)+)\b(?!\s*\()")
_WORDS = {"histogram_quantile", "sum_by", "__rate_interval"}


@pytest.fixture(scope="module")
def names(asgi: Service) -> set[str]:
    """Names of all samples and families."""
    found = set()
    for family in text_string_to_metric_families(asgi.get("/metrics").text):
        found |= {family.name, f"{family.name}_total", f"{family.name}_bucket", f"{family.name}_count", f"{family.name}_sum"}
    return found | _ELSEWHERE


def _asked(expression: str) -> set[str]:
    plain = re.sub(r"\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)", "", expression)
    return {name for name in _NAME.findall(plain) if name not in _WORDS}


def test_every_panel_shows_a_figure_that_exists(names: set[str]) -> None:
    """A renamed metric would leave an empty panel."""
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(expressions) >= 20
    assert {name for expression in expressions for name in _asked(expression)} - names == set()


def test_every_alert_asks_a_figure_that_exists_and_says_what_to_do(names: set[str]) -> None:
    """An alert on nothing never rings."""
    rules = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    assert {name for rule in rules for name in _asked(rule["expr"])} - names == set()
    assert [rule["alert"] for rule in rules if not {"summary", "action"} <= set(rule["annotations"])] == []


def test_nginx_writes_json_lines_with_the_requests_number() -> None:
    """The same twelve digits as the application's lines."""
    text = Path(DEPLOY / "nginx.conf").read_text()
    assert "proxy_set_header X-Request-Id $request_id;" in text
    assert "$args" not in text.partition("log_format")[2].partition(";")[0]
    assert "escape=json" in text
