"""Photos are taken in for a report that announced them; tasks are deferred into memory and run by hand."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from procrastinate.contrib.django import procrastinate_app
from procrastinate.testing import InMemoryConnector

from incidents.intake import NewReport, take_in
from incidents.models import Photo
from incidents.photos.darkroom import darkroom
from incidents.photos.take_in import PhotoReceipt, add_photo
from incidents.photos.tasks import develop_photo
from tests.incidents.reports import IN_A, category, report
from tests.world import World


@dataclass
class Announced:
    """A report that was taken in and still misses its photos."""

    report: NewReport

    def send(self, content: bytes, index: int = 0) -> PhotoReceipt:
        """The photo of that number arrives."""
        return add_photo(self.report.uid, self.report.photos[index], content)

    def photo(self, index: int = 0) -> Photo:
        """Its row."""
        return Photo.objects.select_related("incident").get(uid=self.report.photos[index])

    def developed(self, content: bytes, index: int = 0) -> Photo:
        """Sent and drawn anew."""
        self.send(content, index)
        develop_photo(uid=str(self.report.photos[index]))
        return self.photo(index)


@pytest.fixture(scope="session", autouse=True)
def _child_ends() -> Iterator[None]:
    yield
    darkroom.close()


@pytest.fixture
def announced(db: None, world: World) -> Iterator[Announced]:
    """A report with two announced photos."""
    category()
    given = report(photos=(uuid.uuid4(), uuid.uuid4()), device=IN_A)
    take_in(given)
    with procrastinate_app.current_app.replace_connector(InMemoryConnector()):
        yield Announced(given)
