"""pygeoapi (OSGeo): OGC API - Features in Python, its PostgreSQL provider over the peers' table."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.data import PEER_SCHEMA
from bench.peers.peer import NAME, PROGRAMS, folder, parts
from bench.processes import Server, await_answer, free_port, running

_BIN = PROGRAMS / "pygeoapi" / "bin"
_CONFIGURATION = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: false
  languages: [en-US]
  limits: {{default_items: 10, max_items: 10000, on_exceed: throttle}}
  map: {{url: "http://127.0.0.1/none/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    {{title: bench, description: bench, keywords: [bench], keywords_type: theme, terms_of_service: none, url: http://127.0.0.1/}}
  license: {{name: none, url: http://127.0.0.1/}}
  provider: {{name: bench, url: http://127.0.0.1/}}
  contact: {{name: bench, email: nobody@example.invalid}}
resources:
  {name}:
    type: collection
    title: {name}
    description: {name}
    keywords: [{name}]
    extents: {{spatial: {{bbox: [102, 8, 110, 24], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: "{host}", port: {database_port}, dbname: "{dbname}", user: "{user}", password: "{password}", search_path: [{schema}]}}
        id_field: id
        table: {name}
        geom_field: geom
        storage_crs: http://www.opengis.net/def/crs/EPSG/0/3857
"""


class Pygeoapi:
    """Served by gunicorn with one worker."""

    name = "pygeoapi"
    notes = "gunicorn, 1 worker; PostgreSQL provider; geometry stored in EPSG:3857; no cache"

    def version(self) -> str | None:
        """Its version; None when it is not installed."""
        if not (_BIN / "python").exists():
            return None
        code = "import importlib.metadata as m; print(m.version('pygeoapi'))"
        said = subprocess.run([str(_BIN / "python"), "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
        return said.stdout.strip() or None

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """Run it over the peers' table."""
        port, place, database = free_port(), folder(self.name), parts()
        configuration, document = place / "config.yml", place / "openapi.yml"
        database_port = database.pop("port")
        text = _CONFIGURATION.format(port=port, name=NAME, schema=PEER_SCHEMA, database_port=database_port, **database)
        configuration.write_text(text, encoding="utf-8")
        environment = {"PYGEOAPI_CONFIG": str(configuration), "PYGEOAPI_OPENAPI": str(document)}
        made = [str(_BIN / "pygeoapi"), "openapi", "generate", str(configuration), "--output-file", str(document)]
        subprocess.run(made, env={**os.environ, **environment}, check=True, capture_output=True)  # noqa: S603
        command: list[str | Path] = [_BIN / "gunicorn", "--workers", "1", "--timeout", "300", "--bind", f"127.0.0.1:{port}"]
        with running(self.name, [*command, "pygeoapi.flask_app:APP"], environment):
            server = Server(self.name, f"http://127.0.0.1:{port}")
            await_answer(f"{server.url}/collections/{NAME}")
            yield server
