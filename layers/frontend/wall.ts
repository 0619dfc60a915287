/** The map wall at `/wall/`: dark, full screen, untouched for months; everything on it says how old it is. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./wall/css/wall.css";

import { t } from "@core/i18n.ts";
import { planeOf } from "@core/map/crs.ts";
import { hasWebGL2 } from "@core/map/create.ts";
import { Flasher } from "@core/map/flash.ts";
import { LiveConnection, liveUrl } from "@core/map/live.ts";
import { publishProbe } from "@core/map/probe.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { readPage } from "@core/page.ts";
import { bindChip } from "@core/ui/chip.ts";
import { fill, need } from "@core/ui/dom.ts";

import { Area } from "./wall/area.ts";
import { Choropleth } from "./wall/choropleth.ts";
import { runClock, showAge } from "./wall/clock.ts";
import { Drill } from "./wall/drill.ts";
import { Feed } from "./wall/feed.ts";
import { drawHours } from "./wall/hours_panel.ts";
import { Incidents } from "./wall/incidents.ts";
import { Inset } from "./wall/inset.ts";
import { bindKeys } from "./wall/keys.ts";
import { wallLegend } from "./wall/legend.ts";
import { createWallMap } from "./wall/map.ts";
import { Metrics } from "./wall/metrics.ts";
import type { WallPage } from "./wall/page.ts";
import { Scenes, shownIn } from "./wall/scenes.ts";
import { keepAlive } from "./wall/watchdog.ts";

// Before anything is drawn: a wall is dark whatever this browser chose for the viewer.
document.documentElement.dataset["theme"] = "dark";

const page = readPage() as WallPage;
const area = new Area();
const metrics = new Metrics(need("#metrics"), page, area);
metrics.onHours = drawHours;
const choropleth = new Choropleth(page, area);
const drill = new Drill(page, area, choropleth);
const scenes = new Scenes(page, choropleth, () => drill.up());
bindKeys({ colour: (index) => choropleth.chooseNumber(index), next: () => scenes.next(), hold: () => need("#scene").click(), up: () => drill.up() });
const feed = new Feed(need("#feed"), page);
const incidents = new Incidents(page);
need("#scope").textContent = page.user?.roles.join(" · ") || t("everybody");
fill(need("#legend"), ...wallLegend(page.layers));
runClock(need("#clock"), need("#today"));

let refreshMap: (() => void) | null = null;
let tellMap: ((changes: Parameters<Flasher["note"]>[0]) => void) | null = null;
const link = new LiveConnection(liveUrl(page.urls.live, page.layers.map(({ name }) => name)), {
  change: (changes) => {
    tellMap?.(changes);
    const edits = changes.filter(({ op }) => op !== "redraw");
    metrics.note(edits);
    choropleth.note(edits);
    feed.note(edits);
    if (changes.some(({ layer }) => incidents.listens(layer))) incidents.reload();
  },
  resync: () => {
    refreshMap?.();
    metrics.reload();
    incidents.reload();
    void choropleth.read();
  },
  state: (state) => {
    document.body.dataset["link"] = state;
    drawChip();
  },
}, page.seq ?? null);
const drawChip = bindChip(need("#chip"), () => link);
showAge(need("#age"), link);

if (!hasWebGL2()) complain(t("noWebGL"));
else start().catch((error: Error) => complain(t("mapFailed", { reason: error.message })));

async function start(): Promise<void> {
  const { map, requests, home } = await createWallMap(page, need("#map"), need(".foot"), shownIn(page, page.wall.scenes[0]));
  const refresher = new TileRefresher(map, requests);
  const flasher = new Flasher(map);
  refreshMap = () => refresher.all();
  tellMap = (changes) => {
    refresher.enqueue(changes);
    flasher.note(changes);
  };
  publishProbe(map, refresher, planeOf(page));
  incidents.pulseOn(map);
  const inset = new Inset(need("#inset"), page.bounds, choropleth);
  choropleth.onDraw = () => inset.draw();
  // Layers can be coloured and outlined once the style stands.
  map.once("load", () => {
    inset.on(map);
    choropleth.showOn(map);
    drill.on(map, home);
    scenes.on(map);
  });
  keepAlive(map);
}

/** Says what is wrong, and tries again by itself: nobody stands at a wall with a keyboard. */
function complain(sentence: string): void {
  const fault = need("#fault");
  fault.textContent = sentence;
  fault.hidden = false;
  setTimeout(() => location.reload(), 60_000);
}
