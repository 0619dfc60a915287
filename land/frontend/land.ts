/** The workspace of the land office at `/land/`: the board, the panel beside it, and the stream that keeps both right. */
import "ol/ol.css";
import "./workspace/css/workspace.css";

import type OlMap from "ol/Map.js";

import { LiveConnection, liveUrl, type Change } from "@core/map/live.ts";
import { bindChip } from "@core/ui/chip.ts";
import { need } from "@core/ui/dom.ts";
import { metres } from "@core/ui/format.ts";

import { Desk } from "./workspace/desk.ts";
import { bindKeys } from "./workspace/keys.ts";
import { Board } from "./workspace/map/board.ts";
import { page, t, type Position } from "./workspace/page.ts";
import { Search } from "./workspace/panels/search.ts";

declare global {
  interface Window {
    /** What browser tests, and a person at the console, may ask about the board. */
    land?: { map: OlMap; pixel(place: Position): number[] | null; readonly idle: number; readonly parcels: string[] };
  }
}

const board = new Board(need("#map"));
const desk = new Desk(board);
const search = new Search(need("#search"), (uid) => void desk.openParcel(uid));
bindKeys(desk, search);

board.map.on("singleclick", ({ coordinate }) => void desk.click(coordinate as Position));
const readout = need("#readout");
board.map.on("pointermove", ({ coordinate: [east, north] }) => {
  readout.textContent = `${t("xNorth")} ${metres(north ?? 0)}  ${t("yEast")} ${metres(east ?? 0)}`;
});

let idle = 0;
board.map.on("rendercomplete", () => (idle += 1));
window.land = {
  map: board.map,
  pixel: (place) => board.map.getPixelFromCoordinate(place),
  get idle() {
    return idle;
  },
  get parcels() {
    return [...board.known.keys()];
  },
};

const link = new LiveConnection(liveUrl(page.urls.live, ["parcels"]), {
  change: (changes) => void desk.heard(idsOf(changes)),
  resync: () => void desk.heard(null),
  state: () => drawChip(),
}, page.seq ?? null);
const drawChip = bindChip(need("#chip"), () => link);

/** Which features changed; null where the stream no longer names them. */
function idsOf(changes: Change[]): ReadonlySet<number> | null {
  return changes.some(({ ids }) => ids === null) ? null : new Set(changes.flatMap(({ ids }) => ids ?? []));
}

void desk.follow();
