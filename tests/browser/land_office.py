"""A land office at its screens: three parcels side by side, and what a hand does on the board."""

from dataclasses import dataclass, field

import shapely

from gis_core.models import User
from land.models import Parcel
from land.topology import dividing
from tests.browser.conftest import Visit, Visitor
from tests.cast import Person, sign_in
from tests.land.desk import Desk, shape_of
from tests.land.ground import slanted
from tests.world import World

DEGREES = 17.0
READY = "Boolean(window.land && window.land.idle > 0 && window.land.parcels.length >= {least})"
KEPT = "document.querySelector('#panel [data-violations]')?.dataset.violations === '0'"


@dataclass
class Office:
    """An officer and an approver of unit A with parcels 1, 2, 3 of sheet 900, from west to east."""

    desk: Desk
    visit: Visitor
    officer: Person
    approver: Person
    parcels: list[Parcel] = field(default_factory=list)

    @classmethod
    def open(cls, world: World, visit: Visitor) -> "Office":
        """Committed, to be put back by `scratch`."""
        desk = Desk.open(world.units["A"])
        office = cls(desk, visit, _person(desk.officer), _person(desk.approver))
        pieces = dividing.by_areas(slanted(90, 40, DEGREES), [1200.0, 1200.0], 270 - DEGREES)
        office.parcels = [desk.parcel(piece, number) for number, piece in enumerate(pieces, 1)]
        return office

    def at_parcel(self, index: int, who: Person | None = None, **options: object) -> "Screen":
        """The page of a parcel, with its surroundings on the board."""
        seen = self.visit(who or self.officer, f"/land/parcels/{self.parcels[index].uid}/", **options)
        seen.until(READY.format(least=3))
        return Screen(seen)

    def at_change(self, who: Person, uid: str) -> "Screen":
        """A change, found in the work list."""
        seen = self.visit(who, "/land/")
        seen.until(f"Boolean(document.querySelector('[data-change=\"{uid}\"]'))")
        seen.page.click(f'[data-change="{uid}"]')
        return Screen(seen).in_state("checked")

    def shape(self, index: int) -> shapely.Polygon:
        """The outline as the test laid it out."""
        return shape_of(self.parcels[index])

    def publish(self, uid: str) -> "Screen":
        """The approver's two clicks."""
        screen = self.at_change(self.approver, uid)
        screen.press("Phê duyệt").in_state("approved")
        return screen.press("Công bố").in_state("published")


@dataclass
class Screen:
    """One of the workspace's pages under somebody's hands."""

    seen: Visit

    def pixel(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where a position on the VN-2000 plane stands on the page."""
        box = self.seen.page.locator("#map").bounding_box()
        assert box
        x, y = self.seen.page.evaluate("(place) => window.land.pixel(place)", list(place))
        return box["x"] + x, box["y"] + y

    def click(self, place: tuple[float, float], *, twice: bool = False) -> "Screen":
        """The pointer comes near, snaps and clicks."""
        x, y = self.pixel(place)
        mouse = self.seen.page.mouse
        mouse.move(x + 6, y + 6)
        mouse.move(x + 1, y + 1)
        self.seen.page.wait_for_timeout(60)
        mouse.click(x + 1, y + 1, click_count=2 if twice else 1)
        # A second click within the time of a double click would be taken for one.
        self.seen.page.wait_for_timeout(400)
        return self

    def zoom_out(self) -> "Screen":
        """One step, until the board stands still."""
        self.seen.page.click(".ol-zoom-out")
        self.seen.page.wait_for_timeout(600)
        return self

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> "Screen":
        """Hold, move, let go."""
        mouse = self.seen.page.mouse
        mouse.move(*self.pixel(start))
        mouse.down()
        mouse.move(*self.pixel(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)), steps=4)
        mouse.move(*self.pixel(end), steps=4)
        mouse.up()
        return self

    def tool(self, kind: str) -> "Screen":
        """Take a tool in hand."""
        self.seen.page.click(f'[data-tool="{kind}"]')
        return self

    def form(self, kind: str) -> "Screen":
        """The form of a change that is not drawn, from the menu."""
        self.seen.page.click('[data-tool="more"]')
        self.seen.page.click(f'[data-form="{kind}"]')
        return self

    def fill(self, **values: str) -> "Screen":
        """Fields of the form by their names."""
        for name, value in values.items():
            self.seen.page.fill(f'#panel [name="{name}"]', value)
        return self

    def press(self, text: str) -> "Screen":
        """A button of the panel by its words."""
        self.seen.page.locator("#panel").get_by_role("button", name=text, exact=True).click()
        return self

    def rules_kept(self) -> "Screen":
        """The trial of what is drawn broke no rule."""
        self.seen.until(KEPT)
        return self

    def submitted(self, reason: str = "Đơn số 12") -> str:
        """Hand it in; the change's uid."""
        self.seen.page.fill("#reason", reason)
        self.press("Trình duyệt").in_state("checked")
        return self.seen.page.url.rpartition("#change=")[2]

    def in_state(self, state: str) -> "Screen":
        """Wait for the panel of a change in this state."""
        self.seen.until(f"Boolean(document.querySelector('#panel .panel-title + p .state[data-state=\"{state}\"]'))")
        return self

    def paste(self, cell: str, text: str) -> "Screen":
        """Ctrl+V into a cell of the table of corners, with text from a spreadsheet."""
        script = """([cell, text]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const target = document.querySelector(`[data-cell="${cell}"]`);
            target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
        self.seen.page.evaluate(script, [cell, text])
        return self

    def table(self) -> list[list[str]]:
        """X and Y of the table of corners, as shown."""
        rows = self.seen.page.locator(".vertices__table tbody tr").all()
        return [[cell.input_value() for cell in row.locator("input").all()] for row in rows]

    def text(self) -> str:
        """What the panel says."""
        return self.seen.page.locator("#panel").inner_text()


def _person(user: User) -> Person:
    return Person(user.username, user, cookies=sign_in(user))
