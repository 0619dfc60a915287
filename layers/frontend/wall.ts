/** The map wall at `/wall/`: full screen, untouched for months; everything on it says how old it is. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./wall/css/wall.css";

import { t } from "@core/i18n.ts";
import { planeOf } from "@core/map/crs.ts";
import { hasWebGL2 } from "@core/map/create.ts";
import { Flasher } from "@core/map/flash.ts";
import { labelIslands } from "@core/map/islands.ts";
import { type Change, LiveConnection, liveUrl } from "@core/map/live.ts";
import { publishProbe } from "@core/map/probe.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { liveNames, readPage } from "@core/page.ts";
import { bindChip } from "@core/ui/chip.ts";
import { need } from "@core/ui/dom.ts";
import { currentTheme, reducedMotion } from "@core/ui/theme.ts";

import { Alerts } from "./wall/alerts.ts";
import { Area } from "./wall/area.ts";
import { Cameras } from "./wall/cameras.ts";
import { Choropleth } from "./wall/choropleth.ts";
import { runClock, showAge } from "./wall/clock.ts";
import { Counters } from "./wall/counters.ts";
import { Drill } from "./wall/drill.ts";
import { Feed } from "./wall/feed.ts";
import { drawHours } from "./wall/hours_panel.ts";
import { Incidents } from "./wall/incidents.ts";
import { Inset } from "./wall/inset.ts";
import { bindKeys } from "./wall/keys.ts";
import { drawLegend } from "./wall/legend.ts";
import { createWallMap } from "./wall/map.ts";
import { Metrics } from "./wall/metrics.ts";
import type { WallPage } from "./wall/page.ts";
import { Playback } from "./wall/playback.ts";
import { Pulses } from "./wall/pulses.ts";
import { Rings } from "./wall/rings.ts";
import { Scenes, shownIn } from "./wall/scenes.ts";
import { watchScreen } from "./wall/screen.ts";
import { Search } from "./wall/search.ts";
import { Sound } from "./wall/sound.ts";
import { bindTheme, chooseTheme, switchTheme } from "./wall/theme.ts";
import { Twin } from "./wall/twin.ts";
import { keepAlive } from "./wall/watchdog.ts";

chooseTheme();

const page = readPage() as WallPage;
const area = new Area();
const metrics = new Metrics(need("#metrics"), page, area);
const choropleth = new Choropleth(page, area);
const drill = new Drill(page, area, choropleth);
const scenes = new Scenes(page, choropleth, () => drill.up());
const counters = new Counters(page);
const playback = new Playback(page, (isPaused) => {
  scenes.rest(isPaused);
  if (isPaused) counters.show(false);
});
metrics.onHours = (today, before) => {
  drawHours(today, before);
  playback.showHours(today);
};
scenes.onShow = (shown) => {
  drawLegend(page.layers, shown);
  counters.show(shown.has("incidents") && !document.body.dataset["playback"]);
};
const twin = new Twin(page, area);
const search = new Search(page.urls.search ?? "");
search.onUnit = (id, name) => area.choose({ id, name });
let showPlace: ((position: [number, number]) => void) | null = null;
const alerts = new Alerts(page, new Sound(), (position) => showPlace?.(position));
const feed = new Feed(need("#feed"), page);
const incidents = new Incidents(page, alerts);
const cameras = new Cameras(page);
const askScreen = watchScreen(page);
bindTheme();
bindKeys({
  colour: (index) => choropleth.chooseNumber(index), next: () => scenes.next(), hold: () => need("#scene").click(),
  up: () => (document.body.dataset["playback"] ? playback.live() : drill.up()), play: () => void playback.toggle(), search: () => search.focus(),
  table: () => twin.toggle(), theme: switchTheme,
});
need("#scope").textContent = page.wall.screen?.name ?? (page.user?.roles.join(" · ") || t("everybody"));
drawLegend(page.layers, shownIn(page, page.wall.scenes[0]));
runClock(need("#clock"), need("#today"));

let refreshMap: (() => void) | null = null;
let tellMap: ((changes: Change[]) => void) | null = null;
const link = new LiveConnection(liveUrl(page.urls.live, liveNames(page.layers)), {
  change: (changes) => {
    tellMap?.(changes);
    const edits = changes.filter(({ op }) => op !== "redraw");
    metrics.note(edits);
    choropleth.note(edits);
    counters.note(edits);
    feed.note(edits);
    if (edits.length > 0) alerts.reload();
    if (changes.some(({ layer }) => incidents.listens(layer))) incidents.reload();
  },
  resync: () => {
    refreshMap?.();
    metrics.reload();
    incidents.reload();
    alerts.reload();
    void choropleth.read();
  },
  state: (state) => {
    document.body.dataset["link"] = state;
    if (state !== "live") askScreen();
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
  const pulses = new Pulses(map);
  const rings = new Rings(map);
  refreshMap = () => refresher.all();
  tellMap = (changes) => {
    pulses.note(changes);
    refresher.enqueue(changes);
    flasher.note(changes);
  };
  showPlace = (position) => void map.flyTo({ center: position, zoom: Math.max(14.5, map.getZoom()), animate: !reducedMotion(), duration: 900 });
  publishProbe(map, refresher, planeOf(page));
  incidents.onDraw = (critical) => rings.draw(critical);
  rings.draw(incidents.critical);
  const inset = new Inset(need("#inset"), page.bounds, choropleth);
  choropleth.onDraw = () => inset.draw();
  // Layers can be coloured and outlined once the style stands.
  map.once("load", () => {
    inset.on(map);
    choropleth.showOn(map);
    labelIslands(map, currentTheme());
    counters.on(map);
    drill.on(map, home);
    scenes.on(map);
    playback.on(map);
    search.on(map);
    cameras.on(map);
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
