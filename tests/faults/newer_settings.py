"""Settings of a version to come, with a migration that no database has seen."""

from tests.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.newer"]  # noqa: F405
