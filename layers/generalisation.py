"""What a layer shows where single features would be too many: counters, then blocks (docs/adr/0009)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from django.utils.functional import Promise

# The group of values that no group names.
OTHER = "other"
# Tables of what stands for features at low zooms: a change there means that generalised layers are to be drawn anew.
DERIVED_TABLES: set[str] = set()


@dataclass(frozen=True)
class Group:
    """Values of the grouping field that are drawn as one; `key` stands in tiles, `title` in the legend.

    A group of `lines` (roads, ditches) has surfaces too narrow for the coarse blocks: they are closed over.
    """

    key: str
    title: "str | Promise"
    values: Sequence[str]
    colour: str
    lines: bool = False


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """How features are counted together: by groups of the values of the tile field `field` ("": all are one group)."""

    field: str = ""
    groups: Sequence[Group] = ()
    # A number of every feature that is added up, in `unit`; "": features are counted, nothing else.
    measure: str = ""
    unit: str = ""
    parts: int = 1
    detail_zoom: int

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of all groups, the one of everything else last."""
        return (*(group.key for group in self.groups), OTHER)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """The number of a value's group, by value."""
        return MappingProxyType({value: number for number, group in enumerate(self.groups) for value in group.values})

    def group_of(self, value: object) -> str:
        """The key of the group that `value` is in."""
        return self.keys[self.number(value)]

    def number(self, value: object) -> int:
        """The number of the group that `value` is in."""
        return self.number_of.get(str(value), len(self.groups))


@dataclass(frozen=True, kw_only=True)
class Generalisation(Grouping):
    """Counters up to `counter_zoom`, dissolved blocks up to the zoom before `detail_zoom`, every feature from there on.

    `measure` is counted in whole parts, `parts` to the unit, so that sums are the same in every order of adding.
    """

    field: str
    measure: str
    unit: str
    groups: Sequence[Group]
    parts: int = 10
    counter_zoom: int = 10
    detail_zoom: int = 14


@dataclass(frozen=True, kw_only=True)
class Crowding(Grouping):
    """Every feature at every zoom, but in a tile below `detail_zoom` that would hold more than `most` squares that count them.

    For layers that are sparse as a rule and may be crowded: reports of a year over a town, a file of a million points. `colour`
    is that of features outside of all groups.
    """

    most: int = 20_000
    detail_zoom: int = 17
    colour: str = "#d8d4cc"
