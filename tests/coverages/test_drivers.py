"""GDAL's drivers are registered before threads read: two threads that register at once end the process."""

import subprocess
import sys

from django.conf import settings

_SCRIPT = """
import logging, threading
from django.conf import settings
settings.DEBUG
import layers.coverages.reading, rasterio

told = []
class Listener(logging.Handler):
    def emit(self, record):
        told.append(record)
logging.getLogger("rasterio").addHandler(Listener())
together = threading.Barrier(4)
def first_use():
    together.wait()
    with rasterio.Env(GDAL_PAM_ENABLED="NO"):
        pass
threads = [threading.Thread(target=first_use) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(told), "VRT" in rasterio.drivers.raster_driver_extensions().values())
"""


def test_threads_that_begin_together_register_nothing() -> None:
    """Whoever registers with the settings' GDAL_SKIP tells of drivers that this build lacks: nobody does any more, and all live."""
    done = subprocess.run([sys.executable, "-c", _SCRIPT], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["0", "False"]), done.stderr[-2_000:]
