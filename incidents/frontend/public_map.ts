/** The map of public reports: states in the legend, a click tells what it is and leads to its page. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./public/css/map.css";

import { NavigationControl } from "maplibre-gl";

import { createMap, hasWebGL2 } from "@core/map/create.ts";
import { loadFields } from "@core/map/field_words.ts";
import { LiveConnection, liveUrl } from "@core/map/live.ts";
import { publishProbe } from "@core/map/probe.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { fetchStyle, layerOf, prepared } from "@core/map/style.ts";
import { liveNames, readPage } from "@core/page.ts";
import { bindChip } from "@core/ui/chip.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { propertyList, titleOf } from "@core/ui/fields.ts";
import { currentTheme } from "@core/ui/theme.ts";

const LAYER = "incidents";
const page = readPage();
const info = page.layers.find(({ name }) => name === LAYER);
if (info && hasWebGL2()) void start();

async function start(): Promise<void> {
  if (!info) return;
  fill(need("#legend"), h("ul", { class: "legend" }, ...info.legend.map(({ label, color }) => {
    const swatch = h("i", { class: "swatch swatch--circle" });
    swatch.style.setProperty("--swatch", color);
    return h("li", {}, swatch, label);
  })));
  const served = await fetchStyle(page.urls.style, currentTheme());
  const style = prepared(served, { theme: currentTheme(), visible: new Set(liveNames(page.layers)), timed: new Set(), date: null });
  const { map, requests } = createMap({ container: need("#map"), style, worker: page.urls.worker, bounds: info.bounds ?? page.bounds, hash: "map" });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const refresher = new TileRefresher(map, requests);
  publishProbe(map, refresher, null);
  const link = new LiveConnection(liveUrl(page.urls.live, [LAYER]), { change: (changes) => refresher.enqueue(changes), resync: () => refresher.all(), state: () => draw() }, page.seq ?? null);
  const draw = bindChip(need("#chip"), () => link);
  const own = style.layers.filter((layer) => layerOf(layer) === LAYER).map(({ id }) => id);
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: own });
    if (found?.id !== undefined) void tell(Number(found.id));
  });
}

async function tell(id: number): Promise<void> {
  if (!info) return;
  const [answer] = await Promise.all([fetch(`${info.connections.items}/${id}`, { headers: { Accept: "application/geo+json" } }), loadFields(info)]);
  if (!answer.ok) return;
  const feature = (await answer.json()) as GeoJSON.Feature;
  const skip = ["title", "is_public", "is_demo", "handling_unit", "admin_unit_code", "is_overdue"];
  fill(need("#picked"), h("article", { class: "sheet" }, h("h2", {}, titleOf(feature, info)), propertyList(feature, info, skip),
    h("p", {}, h("a", { class: "button", href: `../at/${id}/` }, "→"))));
}
