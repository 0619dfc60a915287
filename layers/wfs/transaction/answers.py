"""What became of a Transaction, in the version of its body."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from layers.editing.contract import Receipt
from layers.wfs.dialect import V100, Dialect
from layers.wfs.envelope import HEAD
from layers.wfs.transaction.reading import Action, Kind

_TOTALS: tuple[tuple[str, Kind], ...] = (
    ("totalInserted", "Insert"),
    ("totalUpdated", "Update"),
    ("totalReplaced", "Replace"),
    ("totalDeleted", "Delete"),
)


@dataclass(frozen=True)
class Done:
    """An action with the receipts of its writes."""

    action: Action
    receipts: Sequence[Receipt]


def answer(done: Sequence[Done], dialect: Dialect) -> str:
    """The document. A feature that is not there yet (it waits for approval) has no id, and the answer says what it waits for."""
    if dialect is V100:
        return _first(done, dialect)
    return _second(done, dialect)


def waiting(done: Sequence[Done]) -> list[str]:
    """What writes that are not on the map yet wait for, each sentence once."""
    return list(dict.fromkeys(receipt.detail for one in done for receipt in one.receipts if not receipt.done and receipt.detail))


def _first(done: Sequence[Done], dialect: Dialect) -> str:
    inserted = "".join(
        f"<wfs:InsertResult{_handle(one)}>{''.join(_fid(one, receipt, dialect) for receipt in one.receipts)}</wfs:InsertResult>"
        for one in done
        if one.action.kind == "Insert"
    )
    told = "".join(f"<wfs:Message>{escape(text)}</wfs:Message>" for text in waiting(done)[:1])
    return (
        f'{HEAD}<wfs:WFS_TransactionResponse version="1.0.0" xmlns:wfs="{dialect.wfs}" xmlns:ogc="{dialect.fes}">{inserted}'
        f"<wfs:TransactionResult><wfs:Status><wfs:SUCCESS/></wfs:Status>{told}</wfs:TransactionResult></wfs:WFS_TransactionResponse>\n"
    )


def _second(done: Sequence[Done], dialect: Dialect) -> str:
    kinds = [(name, kind) for name, kind in _TOTALS if kind != "Replace" or not dialect.is_first]
    totals = "".join(f"<wfs:{name}>{_count(done, kind)}</wfs:{name}>" for name, kind in kinds)
    inserted = _results(done, "Insert", "InsertResults", dialect)
    told = waiting(done)
    results = ""
    if dialect.is_first:
        actions = "".join(
            f"<wfs:Action locator={quoteattr(_locator(done))}><wfs:Message>{escape(text)}</wfs:Message></wfs:Action>" for text in told
        )
        results = f"<wfs:TransactionResults>{actions}</wfs:TransactionResults>" if told else ""
    else:
        inserted += _results(done, "Replace", "ReplaceResults", dialect)
    return (
        f'{HEAD}<wfs:TransactionResponse version="{dialect.version}" xmlns:wfs="{dialect.wfs}" xmlns:{dialect.fes_prefix}="{dialect.fes}">'
        f"<wfs:TransactionSummary>{totals}</wfs:TransactionSummary>{results}{inserted}</wfs:TransactionResponse>\n"
    )


def _locator(done: Sequence[Done]) -> str:
    return next((one.action.handle for one in done if one.action.handle), "Transaction")


def _count(done: Sequence[Done], kind: Kind) -> int:
    return sum(len(one.receipts) for one in done if one.action.kind == kind)


def _results(done: Sequence[Done], kind: Kind, name: str, dialect: Dialect) -> str:
    features = "".join(
        f"<wfs:Feature{_handle(one)}>{_fid(one, receipt, dialect)}</wfs:Feature>"
        for one in done
        if one.action.kind == kind
        for receipt in one.receipts
    )
    return f"<wfs:{name}>{features}</wfs:{name}>" if features else ""


def _fid(one: Done, receipt: Receipt, dialect: Dialect) -> str:
    fid = f"{one.action.layer.name}.{receipt.pk}" if receipt.pk is not None else "none"
    return f'<ogc:FeatureId fid="{fid}"/>' if dialect.is_first else f'<fes:ResourceId rid="{fid}"/>'


def _handle(one: Done) -> str:
    return f" handle={quoteattr(one.action.handle)}" if one.action.handle else ""
