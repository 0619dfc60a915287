"""What the writing of a plan left behind, as verbs need it to settle rights."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Child:
    """A new parcel: its key, and the keys of its parents."""

    pk: int
    parents: tuple[int, ...]


@dataclass
class Written:
    """[uid, version] pairs before and after, as the change records them, and the new parcels."""

    before: list[list[object]] = field(default_factory=list)
    after: list[list[object]] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
