"""MapServer (OSGeo) from Debian: its MVT driver by FastCGI behind nginx."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.peers.look import look, rgb
from bench.peers.peer import BUFFER, NAME, TABLE, folder, parts
from bench.processes import Server, await_answer, nginx, running
from tiles.matrix import Tile

_WORKERS = 2
_MAPFILE = """
MAP
  NAME "bench" EXTENT -20037508.34 -20037508.34 20037508.34 20037508.34 SIZE 256 256 UNITS METERS
  PROJECTION "init=epsg:3857" END
  WEB METADATA "ows_enable_request" "*" "ows_title" "bench" "ows_onlineresource" "http://localhost/" "ows_srs" "EPSG:3857" END END
  OUTPUTFORMAT NAME "mvt" DRIVER MVT EXTENSION "pbf" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER={buffer}" END
  LAYER
    NAME "{name}" TYPE POLYGON STATUS ON
    CONNECTIONTYPE POSTGIS CONNECTION "host='{host}' port='{port}' user='{user}' password='{password}' dbname='{dbname}'"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom FROM (SELECT id, land_use, status, parcel_no, geom FROM {table}) AS t USING UNIQUE id USING SRID=3857"
    PROJECTION "init=epsg:3857" END
    METADATA "gml_include_items" "all" "ows_include_items" "all" "gml_featureid" "id" "ows_title" "{name}" END
  END
  OUTPUTFORMAT
    NAME "png8" DRIVER "AGG/PNG8" MIMETYPE "image/png; mode=8bit" FORMATOPTION "QUANTIZE_FORCE=ON" FORMATOPTION "QUANTIZE_COLORS=256"
  END
  LAYER
    NAME "drawn" TYPE POLYGON STATUS ON
    CONNECTIONTYPE POSTGIS CONNECTION "host='{host}' port='{port}' user='{user}' password='{password}' dbname='{dbname}'"
    PROCESSING "CLOSE_CONNECTION=DEFER"
    DATA "geom FROM (SELECT id, land_use, geom FROM {table}) AS t USING UNIQUE id USING SRID=3857"
    PROJECTION "init=epsg:3857" END
    METADATA "ows_title" "drawn" END
    CLASSITEM "land_use"
{classes}
  END
END
"""
# What a class is drawn with.
_CLASS = """    CLASS EXPRESSION "{value}"
      STYLE COLOR {fill} OPACITY {opacity} END
      STYLE OUTLINECOLOR {outline} WIDTH {width} END
    END"""
_CONFIGURATION = 'CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n'
_SERVER = """
  gzip on; gzip_comp_level 1; gzip_types application/vnd.mapbox-vector-tile application/x-protobuf;
  location / {{
    fastcgi_pass unix:{socket}; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET;
    fastcgi_param MS_MAPFILE {mapfile}; fastcgi_read_timeout 300; fastcgi_param SCRIPT_NAME /; fastcgi_buffers 64 64k;
  }}
"""


class MapServer:
    """Two FastCGI processes, which keep their connections."""

    name, target, optional = "MapServer", 12.0, False
    notes = f"{_WORKERS} FastCGI processes behind nginx, gzip 1, connections kept; geometry stored in EPSG:3857 with GiST; no cache"

    def version(self) -> str | None:
        """See Peer."""
        program = shutil.which("mapserv")
        if program is None or shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
            return None
        said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        return said.split(" ")[2] if said.startswith("MapServer version") else None

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """See Peer."""
        place = folder(self.name)
        mapfile, address = place / "bench.map", place / "fastcgi.socket"
        mapfile.write_text(_MAPFILE.format(name=NAME, table=TABLE, buffer=BUFFER, classes=_classes(), **parts()), encoding="utf-8")
        configuration = place / "mapserver.conf"
        configuration.write_text(_CONFIGURATION, encoding="ascii")
        environment = {"MS_MAPFILE": str(mapfile), "MAPSERVER_CONFIG_FILE": str(configuration)}
        address.unlink(missing_ok=True)
        with ExitStack() as stack, socket.socket(socket.AF_UNIX) as door:
            door.bind(str(address))
            door.listen(128)
            address.chmod(0o777)
            for number in range(_WORKERS):
                # FastCGI's way to start a process: the listening socket is its standard input.
                stack.enter_context(running(f"mapserv{number}", ["mapserv"], environment, stdin=door.fileno()))
            url = stack.enter_context(nginx("mapserver-nginx", _SERVER.format(socket=address, mapfile=mapfile)))
            server = Server(self.name, url, {"Accept-Encoding": "gzip"})
            await_answer(url + self.path(Tile(14, 0, 0)))
            yield server

    def path(self, tile: Tile) -> str:
        """See Peer."""
        return f"/?layers={NAME}&mode=tile&tilemode=gmap&tile={tile.x}+{tile.y}+{tile.z}&map.imagetype=mvt"


def _classes() -> str:
    drawn = look()
    shared = {"opacity": round(drawn.opacity * 100), "outline": _spaced(drawn.outline), "width": f"{drawn.width:.2f}"}
    return "\n".join(_CLASS.format(value=value, fill=_spaced(fill), **shared) for value, fill in drawn.fills.items())


def _spaced(colour: str) -> str:
    return " ".join(map(str, rgb(colour)))
