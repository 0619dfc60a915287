"""Settings of the tests: the service's own, with what a test run needs to be different."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Linters read these settings without an environment; a test run brings its own DATABASE_URL (bin/test).
os.environ.setdefault("SECRET_KEY", "a key for tests alone, which nobody else should ever use")
os.environ.setdefault("DATABASE_URL", "postgis:///ioc")
# Playwright keeps an event loop in the main thread, which Django takes for a mistake of ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
if "TESTS_DATA_DIR" not in os.environ:
    os.environ["TESTS_DATA_DIR"] = tempfile.mkdtemp(prefix="ioc-tests-")
    atexit.register(shutil.rmtree, os.environ["TESTS_DATA_DIR"], ignore_errors=True)
# Processes of one run (xdist) keep apart; a server started by a test inherits its parent's directory.
os.environ["DATA_DIR"] = str(Path(os.environ["TESTS_DATA_DIR"], os.environ.get("PYTEST_XDIST_WORKER", "main")))
os.environ["DEBUG"] = "0"
# Compiling the tile engine takes half a minute: once a checkout, not once a run.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parent.parent / "var" / "numba"))
os.environ.setdefault("FEATURE_STORE", "1")
Path(os.environ["DATA_DIR"]).mkdir(parents=True, exist_ok=True)

from gis_core.settings import *  # noqa: E402, F403  the real settings come first, then the differences

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names exist only after collectstatic; the browser tests' server finds the sources itself.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# tests/freshness breaks followers and cannot wait as long as operators would.
FOLLOWER_UNREADY_SECONDS = float(os.environ.get("FOLLOWER_UNREADY_SECONDS", "5"))
