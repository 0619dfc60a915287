"""The reading child: `python -m gis_core.importing.reader FD`.

The request comes as JSON on standard input, rows leave as an Arrow stream on standard output, a fault as JSON on the file
descriptor FD. Nothing that reads the file is imported before the process is confined.
"""

import contextlib
import itertools
import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any

from gis_core.importing import sandbox
from gis_core.importing.faults import FileFault
from gis_core.importing.messages import Description, Field, Options, Remarks, Request, Script

if TYPE_CHECKING:
    from gis_core.importing.reading.opening import Opened
    from gis_core.importing.reading.shaping import Shaper

MAX_FIELDS = 300
# The encoding that keeps every byte as a letter, for whoever knows the font.
BYTES = "ISO-8859-1"
SOURCE, REMARKS = b"source", b"remarks"


class _WithoutPandas:
    """pyogrio imports pandas and geopandas where it finds them: a second for nothing."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name in ("pandas", "geopandas"):
            raise ModuleNotFoundError(name=name)


def main(fault_fd: int) -> int:
    """Serve one request; 0 when every row was sent."""
    request = Request.from_dict(json.load(sys.stdin))
    offline = sandbox.confine(sandbox.Limits(request.memory, request.cpu_seconds, request.seconds))
    sys.meta_path.insert(0, _WithoutPandas())
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=1 << 20)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a library that prints must not print into the stream
    try:
        serve(request, offline, output)
    except FileFault as error:
        return _tell(fault_fd, error.fault.code, dict(error.fault.params))
    except MemoryError:
        return _tell(fault_fd, "memory", {"limit": request.memory >> 20})
    except BrokenPipeError:
        return 1  # the parent has lost interest
    except Exception as error:  # noqa: BLE001  whatever a library raises on a strange file is told, not traced
        detail = f"{type(error).__name__}: {error}"[:300]
        return _tell(fault_fd, _memory_or_failed(error), {"detail": detail, "limit": request.memory >> 20})
    return 0


def serve(request: Request, offline: bool, output: IO[bytes]) -> None:
    """Read the file of the request and write its rows. Raises FileFault."""
    import pyarrow as pa

    from gis_core.importing.reading.opening import opened
    from gis_core.importing.reading.reference import identify
    from gis_core.importing.reading.shaping import Shaper

    with opened(request) as source:
        reference = identify(source.crs, request.options.srid)
        batches = iter(source.batches)
        first = next(batches, None)
        script = _script(request.options, first)
        fields, left_out = _fields(source, request.options.fields)
        about = Description(
            request.format,
            source.layer,
            reference.srid,
            reference.name,
            source.geometry_type,
            source.count,
            _named(fields, script),
            left_out,
            offline,
        )
        shaper = Shaper(fields, source.geometry, reference.srid, request.options.zone, script)
        schema = shaper.schema.with_metadata({SOURCE: json.dumps(about.as_dict())})
        with pa.ipc.new_stream(output, schema) as writer:
            for batch in itertools.chain([] if first is None else [first], batches):
                writer.write_batch(shaper.shape(batch), custom_metadata={REMARKS: json.dumps(vars(_remarks(shaper)))})
                output.flush()
        output.close()


def _remarks(shaper: "Shaper") -> Remarks:
    from gis_core.importing.text import legacy_encoding

    shaper.remarks.legacy = legacy_encoding(shaper.texts)
    return shaper.remarks


def _script(options: Options, batch: Any) -> Script:
    """How texts are written: as was said, or what the first rows look like."""
    from gis_core.importing.legacy import recognised
    from gis_core.importing.reading.shaping import texts_of

    if options.script != "auto":
        return options.script
    found = recognised(texts_of(batch)) if batch is not None else "utf8"
    # Bytes that are no UTF-8 and of none of the fonts are those of Windows.
    return "cp1258" if found == "utf8" and options.encoding == BYTES else found


def _named(fields: tuple[Field, ...], script: Script) -> tuple[Field, ...]:
    """The attributes by their names in Unicode; the rows are still found by those of the file."""
    from gis_core.importing.legacy import to_unicode

    return fields if script == "utf8" else tuple(Field(to_unicode(field.name, script), field.type) for field in fields)


def _fields(source: "Opened", wanted: tuple[str, ...]) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The attributes to read, and the names of those whose type no table holds."""
    from gis_core.importing.reading.shaping import column_type

    found = {str(column.name): column.type for column in source.schema if column.name not in (source.geometry, "OGC_FID")}
    types = {name: "timestamp" if name in source.moments else column_type(kind) for name, kind in found.items()}
    for name in wanted:
        if name not in types:
            raise FileFault("unknown-field", field=name[:60], fields=", ".join(types)[:500])
    chosen = {name: kind for name, kind in types.items() if (name in wanted if wanted else name not in source.hidden)}
    if len(chosen) > MAX_FIELDS:
        raise FileFault("too-many-fields", count=len(chosen), limit=MAX_FIELDS)
    kept = tuple(Field(name, kind) for name, kind in chosen.items() if kind is not None)
    return kept, tuple(name for name, kind in chosen.items() if kind is None)


def _memory_or_failed(error: Exception) -> str:
    """Arrow and GDAL have their own ways of saying that memory ran out."""
    return "memory" if "malloc" in str(error) or "memory" in str(error).lower() else "failed"


def _tell(fault_fd: int, code: str, params: dict[str, Any]) -> int:
    with contextlib.suppress(OSError):
        os.write(fault_fd, json.dumps({"code": code, "params": params}).encode())
    return 3


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
