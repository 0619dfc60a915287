"""QGIS Server from Debian by FastCGI behind nginx, over a project that headless QGIS makes for it."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.data import PEER_SCHEMA
from bench.peers.look import look
from bench.peers.peer import NAME, folder, parts
from bench.processes import Server, await_answer, nginx, running

_PROGRAM, _PYTHON = Path("/usr/lib/cgi-bin/qgis_mapserv.fcgi"), "/usr/bin/python3"
_WORKERS = 2
_SERVER = """
  location / {{
    fastcgi_pass unix:{socket}; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET; fastcgi_param SCRIPT_NAME /;
    fastcgi_param SERVER_NAME localhost; fastcgi_param SERVER_PORT 80; fastcgi_param REQUEST_URI $request_uri;
    fastcgi_read_timeout 300; fastcgi_buffers 64 64k;
  }}
"""
# Run by Debian's Python, whose packages have QGIS; arguments: this layer's source, its look, the project to write.
_MAKE = """
import json, sys
from qgis.core import *
application = QgsApplication([], False)
application.initQgis()
source, look, path = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
layer = QgsVectorLayer(source, "parcels", "postgres")
assert layer.isValid()
line = {"outline_color": look["outline"], "outline_width": str(look["width"]), "outline_width_unit": "Pixel"}
def symbol(colour):
    red, green, blue = (int(colour[place:place + 2], 16) for place in (1, 3, 5))
    return QgsFillSymbol.createSimple({"color": f"{red},{green},{blue},{round(look['opacity'] * 255)}", **line})
found = [QgsRendererCategory(value, symbol(colour), value) for value, colour in look["fills"].items()]
layer.setRenderer(QgsCategorizedSymbolRenderer("land_use", found))
project = QgsProject.instance()
project.setCrs(layer.crs())
project.addMapLayer(layer)
project.writeEntry("WFSLayers", "/", [layer.id()])
project.writeEntry("WMSCrsList", "/", ["EPSG:3857"])
assert project.write(path)
"""


class QgisServer:
    """Two FastCGI processes."""

    name = "QGIS Server"
    notes = f"{_WORKERS} FastCGI processes behind nginx; geometry stored in EPSG:3857 with GiST; no cache"

    def version(self) -> str | None:
        """Its version; None when it is not installed."""
        if not _PROGRAM.exists() or shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
            return None
        query = ["dpkg-query", "--showformat=${Version}", "--show", "qgis-server-bin"]
        said = subprocess.run(query, capture_output=True, text=True, check=False).stdout  # noqa: S603
        return said.partition("+")[0] or None

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """Run it over the peers' table."""
        place = folder("qgis-server")
        project, address = place / "bench.qgs", place / "fastcgi.socket"
        environment = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(place), "HOME": str(place), "QGIS_PROJECT_FILE": str(project)}
        made = [_PYTHON, "-c", _MAKE, _source(), json.dumps(asdict(look())), str(project)]
        subprocess.run(made, env={**os.environ, **environment}, check=True, capture_output=True)  # noqa: S603
        address.unlink(missing_ok=True)
        with ExitStack() as stack, socket.socket(socket.AF_UNIX) as door:
            door.bind(str(address))
            door.listen(128)
            address.chmod(0o777)
            for number in range(_WORKERS):
                stack.enter_context(running(f"qgis-server{number}", [_PROGRAM], environment, stdin=door.fileno()))
            url = stack.enter_context(nginx("qgis-server-nginx", _SERVER.format(socket=address)))
            await_answer(f"{url}/?SERVICE=WMS&REQUEST=GetCapabilities", holds=NAME)
            yield Server(self.name, url)


def _source() -> str:
    database = parts()
    named = " ".join(f"{key}='{database[key]}'" for key in ("dbname", "host", "port", "user", "password"))
    return f'{named} sslmode=disable key=\'id\' srid=3857 type=Polygon table="{PEER_SCHEMA}"."{NAME}" (geom)'
