"""Random histories of rows, moves, publishing, grants, revocations, sign-outs: after every step all channels show the oracle's set.

PERMISSION_EXAMPLES (default 2) says how many histories, PERMISSION_STEPS (default 3) how long they may be; before a release 40 × 8
(docs/security.md). A failing history is printed step by step, and Hypothesis shortens it.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cast import Person
from tests.conftest import Session
from tests.contract import checks, oracle, services
from tests.permissions import channels
from tests.permissions.conftest import fresh
from tests.permissions.history import CHANGED, PEOPLE, ROLES, WORKPLACES, History, Step
from tests.service import Service, Stream
from tests.world import HOMES, World

EXAMPLES = int(os.environ.get("PERMISSION_EXAMPLES", "2"))
STEPS = int(os.environ.get("PERMISSION_STEPS", "3"))
DRAWN = 13

_number = st.integers(0, 40)
_layer = st.sampled_from(CHANGED)
_name = st.sampled_from(PEOPLE)
STEP = st.one_of(
    st.builds(lambda *given: lambda history: history.move(*given), _layer, _number, _number),
    st.builds(lambda *given: lambda history: history.publish(*given), _number),
    st.builds(lambda *given: lambda history: history.insert(*given), _layer, _number),
    st.builds(lambda *given: lambda history: history.delete(*given), _layer, _number),
    st.builds(lambda *given: lambda history: history.grant(*given), _name, st.sampled_from(ROLES), st.sampled_from(WORKPLACES)),
    st.builds(lambda *given: lambda history: history.revoke(*given), _name, _number),
    st.builds(lambda *given: lambda history: history.sign_out(*given), _name),
    st.builds(lambda *given: lambda history: history.switch(*given), st.sampled_from(("stranger", "sibling"))),
)
# After each step: which layer is read if the step touched none, by whom besides whom it touched, and at which zoom besides one at
# which every row is drawn in few tiles. Over many histories these are all of them.
WATCHED = st.tuples(
    STEP,
    st.sampled_from(CHANGED),
    st.lists(st.sampled_from((*PEOPLE, "anonymous")), min_size=1, max_size=2, unique=True),
    st.sampled_from([zoom for zoom in services.ZOOMS if zoom != DRAWN]),
)
Watched = tuple[Step, str, list[str], int]


_PLAYED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="PERMISSION_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink] if EXAMPLES > 10 else [Phase.generate],
)


def test_all_channels_show_what_the_oracle_says(asgi: Service, committed: Session) -> None:
    """Histories, each of them from the world at rest."""

    @_PLAYED
    @given(steps=st.lists(WATCHED, min_size=1, max_size=STEPS))
    def play(steps: list[Watched]) -> None:
        with fresh(committed):
            _play(asgi, History(committed.world), steps)

    play()


def _play(asgi: Service, history: History, steps: list[Watched]) -> None:
    told: list[str] = []
    channels.complete(history.world.rows["incidents"])
    for step, layer, names, zoom in steps:
        told.append(step(history))
        channels.complete(history.world.rows["incidents"])
        touched = [name for name in CHANGED if f" {name} " in told[-1]] or [layer]
        who = dict.fromkeys([*(name for name in PEOPLE if f" {name} " in f"{told[-1]} "), *names])
        if "left" in history.world.cast.people:
            who["left"] = None
        wrong = _wrong(asgi, history.world, touched, list(who), zoom)
        assert wrong == [], "\n".join([*told, *wrong])


def _wrong(asgi: Service, world: World, layers: list[str], names: list[str], zoom: int) -> list[str]:
    found = []
    for name in names:
        for layer in layers:
            person = world.cast[name]
            found += checks.everything(channels.reader_of(asgi, world, person, layer), (DRAWN, zoom))
            found += channels.everything(asgi, world, person, layer)
    return found


def _keys(stream: Stream, wanted: int) -> set[int]:
    """Keys told until `wanted` came, or, for silence, until a mark that everybody hears."""
    keys: set[int] = set()
    while len(keys) < wanted:
        event = stream.event(20)
        assert event is not None, f"heard {keys}, expected {wanted}"
        keys |= {key for change in event.data["changes"] for key in change["ids"] or ()}
    return keys


@pytest.mark.parametrize("layer", ["parcels", "incidents", "instructions"])
def test_a_moving_row_is_told_to_those_who_saw_it_and_those_who_see_it(asgi: Service, committed: Session, layer: str) -> None:
    """Through the live stream: gone for the one, new for the other, silence for the rest (who hear of the next edit alone)."""
    with fresh(committed):
        history = History(committed.world)
        row = committed.world.row(layer, "A", public=False)
        index = history.world.rows[layer].index(row)
        people = [person for person in history.world.cast if oracle.exists_for(person, layer)]
        for home in ("B", "outside", "A"):
            before = {person.name: oracle.sees(person, layer, history.world.rows[layer][index]) for person in people}
            streams = {person.name: _open(asgi, person, layer) for person in people}
            history.move(layer, index, list(HOMES).index(home))
            now = history.world.rows[layer][index]
            for person in people:
                hears = before[person.name] or oracle.sees(person, layer, now)
                if hears:
                    assert _keys(streams[person.name], 1) == {row.pk}, person.name
                else:
                    assert streams[person.name].event(0.3) is None, person.name
                streams[person.name].close()


def _open(asgi: Service, person: Person, layer: str) -> Stream:
    asgi.settle()
    stream = Stream(asgi, f"/live/?layers={layer}", person.headers())
    hello = stream.event()
    assert hello is not None and hello.kind == "hello"
    return stream
