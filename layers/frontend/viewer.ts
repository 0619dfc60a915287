/** The viewer at `/`: the map, the catalogue beside it, and the live stream that keeps both right. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./viewer/css/viewer.css";

import { t } from "@core/i18n.ts";
import { planeOf } from "@core/map/crs.ts";
import { hasWebGL2 } from "@core/map/create.ts";
import { Flasher } from "@core/map/flash.ts";
import { LiveConnection, liveUrl, type Change } from "@core/map/live.ts";
import { publishProbe } from "@core/map/probe.ts";
import { bindReadout } from "@core/map/readout.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { liveNames, readPage, type Page } from "@core/page.ts";
import { bindChip } from "@core/ui/chip.ts";
import { need } from "@core/ui/dom.ts";
import { Sheet } from "@core/ui/sheet.ts";

import { Inspector } from "./viewer/inspect.ts";
import { ViewerMap } from "./viewer/map.ts";
import { MomentControl } from "./viewer/moment.ts";
import { Panel } from "./viewer/panel.ts";
import { ViewState } from "./viewer/state.ts";

const page = readPage();
const state = new ViewState(page);
// An address given to a map that is open already: MapLibre follows it to its place, and nobody to its layers.
addEventListener("hashchange", () => {
  if (state.differs()) location.reload();
});
const sheet = new Sheet(need("#viewer"), need("#panel"), need("#grip"));
let viewer: ViewerMap | null = null;
let inspector: Inspector | null = null;
const panel = new Panel(page, state, need("#catalogue"), sheet, () => viewer, () => inspector?.again());
const titles = page.layers.filter(({ time }) => time).map(({ title }) => title);
new MomentControl(need("#moment"), titles, state.date, (date) => {
  viewer?.moveTo(date);
  inspector?.again();
});

if (!hasWebGL2()) complain(t("noWebGL"));
else start(page).catch((error: Error) => complain(t("mapFailed", { reason: error.message })));

async function start({ urls, layers }: Page): Promise<void> {
  viewer = await ViewerMap.create(page, state, need("#map"));
  const { map } = viewer;
  const plane = planeOf(page);
  const refresher = new TileRefresher(map, viewer.requests);
  const flasher = new Flasher(map);
  publishProbe(map, refresher, plane);
  document.addEventListener("restyled", () => panel.drawPreview());
  viewer.addControls(need("#controls"));
  bindReadout(map, need("#readout"), plane);
  inspector = new Inspector(map, need("#inspector"), page, state, plane);
  const link = new LiveConnection(liveUrl(urls.live, liveNames(layers)), {
    change: (changes) => {
      refresher.enqueue(changes);
      const edits = changes.filter(({ op }) => op !== "redraw");
      flasher.note(edits.filter(({ layer }) => state.visible.has(layer)));
      tell(edits);
    },
    resync: () => refresher.all(),
    state: () => drawChip(),
  }, page.seq ?? null);
  const drawChip = bindChip(need("#chip"), () => link);
}

/** Brings the catalogue and an open card up to date with what changed. */
function tell(changes: Change[]): void {
  const now = new Date().toISOString();
  const names = new Set(changes.map(({ layer }) => layer));
  for (const layer of page.layers) if (names.has(layer.name)) layer.last_change = now;
  panel.catalogue.refreshMeta(names);
  inspector?.again();
}

function complain(sentence: string): void {
  const fault = need("#fault");
  fault.textContent = sentence;
  fault.hidden = false;
}
