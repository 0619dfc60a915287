"""Real processes: the worker's child makes a report, ends when it is cancelled, and dies without harm."""

from typing import Any

import pytest

from gis_core.models import Role
from gis_core.models.job import Job
from gis_core.work.jobs import store
from layers.briefings import jobs, office
from layers.models import BriefingJob
from tests import factories
from tests.server import database_url
from tests.world import World


@pytest.fixture
def waiting(scratch: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> BriefingJob:
    """A leader's report that nobody has begun, and the environment of children over the test database."""
    monkeypatch.setattr("layers.briefings.office.queue_briefing", lambda uid: None)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    monkeypatch.setenv("DATABASE_URL", database_url())
    settings.LOADER_DATABASE_URL = database_url()
    user = factories.user()
    factories.jurisdiction(user, Role.LEADER, scratch.units["đà nẵng"])
    return office.ask(user, "situation", {"unit": "20341"})


def test_a_report_is_made_in_a_process_of_its_own(waiting: BriefingJob) -> None:
    """From the question to its files."""
    jobs.run(waiting.uid)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.failure) == ("done", None)
    assert {"html", "pdf", "xlsx"} <= set(waiting.files)
    assert waiting.title


def test_a_running_process_is_killed_when_its_author_cancels(waiting: BriefingJob) -> None:
    """While it starts."""
    store(waiting, state=Job.State.WORKING)
    office.cancel(waiting.author, waiting.uid)
    jobs.run(waiting.uid)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.files) == ("cancelled", {})


def test_a_process_that_dies_is_told(waiting: BriefingJob, settings: Any) -> None:
    """In a sentence without the operators' secrets."""
    settings.LOADER_DATABASE_URL = "postgis://nobody:nothing@127.0.0.1:9/nowhere"
    jobs.run(waiting.uid)
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert waiting.failure is not None and "127.0.0.1" not in waiting.failure["detail"]
