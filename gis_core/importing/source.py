"""The parent's side of reading: a file as a stream of checked rows."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from gis_core.importing import formats, sandbox
from gis_core.importing.child import asked
from gis_core.importing.faults import Fault, FileFault, RowFault
from gis_core.importing.messages import Description, Options, Remarks, Request
from gis_core.importing.text import as_utf8, checked_encoding

_BLOCK = 1 << 20
# Files that stand beside a shapefile and belong to it.
_SIDECARS = (".dbf", ".shx", ".prj", ".cpg")
LIMITS = sandbox.Limits()


@dataclass
class Batch:
    """Some rows in the order of the file: `table` (Arrow) holds the sound ones with columns row, geometry, c0, c1, …"""

    table: Any
    faults: list[RowFault]
    size: int


@dataclass
class Source:
    """An open file; `remarks` is complete when the batches are read."""

    description: Description
    batches: Iterator[Batch]
    remarks: Remarks = field(default_factory=Remarks)


@contextlib.contextmanager
def opened(path: Path, options: Options, limits: sandbox.Limits = LIMITS) -> Iterator[Source]:
    """Read a file in a child process. Raises FileFault, here and while batches are read."""
    path = path.resolve()
    if not path.is_file():
        raise FileFault("no-file", path=path.name)
    kind = formats.recognise(path)
    if kind is formats.GEOTIFF:
        raise FileFault("raster-not-features", path=path.name)
    encoding = checked_encoding(options.encoding) if options.encoding else None
    with contextlib.ExitStack() as stack:
        text = stack.enter_context(as_utf8(path, encoding)) if kind.is_text else path
        request = Request(str(text), kind.key, options, limits.memory, limits.cpu_seconds, limits.seconds)
        stdout, ended = stack.enter_context(
            asked("gis_core.importing.reader", request.as_dict(), limits, formats.skipped_drivers(kind.driver))
        )
        try:
            stream = pa.ipc.open_stream(stdout)
        except (pa.ArrowException, OSError, EOFError):
            ended()
            raise FileFault("failed", detail="no answer") from None
        source = Source(Description.from_dict(json.loads(stream.schema.metadata[b"source"])), iter(()))
        source.batches = _batches(stream, source, ended)
        yield source


def _batches(stream: Any, source: Source, ended: Callable[[], None]) -> Iterator[Batch]:
    while True:
        try:
            batch, metadata = stream.read_next_batch_with_custom_metadata()
            batch.validate(full=True)
        except StopIteration:
            break
        except (pa.ArrowException, OSError, EOFError):
            ended()
            raise FileFault("failed", detail="broken stream") from None
        if metadata and b"remarks" in metadata:
            source.remarks = Remarks(**json.loads(metadata[b"remarks"]))
        yield _split(batch)
    # A stream that ends is whole only when the child says so too.
    ended()


def _split(batch: Any) -> Batch:
    texts = batch.column("fault")
    if texts.null_count == batch.num_rows:
        return Batch(batch.drop_columns(["fault"]), [], batch.num_rows)
    numbers = batch.column("row").to_pylist()
    faults = [RowFault(numbers[index], Fault(**json.loads(text))) for index, text in enumerate(texts.to_pylist()) if text is not None]
    return Batch(batch.filter(texts.is_null()).drop_columns(["fault"]), faults, batch.num_rows)


def digest(path: Path) -> str:
    """SHA-256 of a file and, for a shapefile, of what belongs to it."""
    total = hashlib.sha256()
    for part in (path, *(path.with_suffix(suffix) for suffix in _SIDECARS if path.suffix.lower() == ".shp")):
        if part.is_file():
            with part.open("rb") as file:
                while block := file.read(_BLOCK):
                    total.update(block)
    return total.hexdigest()
