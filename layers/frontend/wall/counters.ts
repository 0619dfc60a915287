/** From far away field reports are counted by commune instead of drawn one by one: a thousand dots say less than a number. */
import type { MapLibreMap } from "maplibre-gl";

import { layerOf } from "@core/map/style.ts";
import type { Change } from "@core/map/live.ts";

import { UNITS } from "./choropleth.ts";
import { visibleTo, type WallPage } from "./page.ts";
import { MetricSource } from "./source.ts";

const LAYER = "incidents";
const METRIC = `${LAYER}.open`;
const CIRCLE = "wall-counters";
/** Below this zoom counters, from it on every report. */
export const DETAIL_ZOOM = 12.5;
const REREAD_MS = 60_000;
const SETTLE_MS = 2_000;

export class Counters {
  private readonly source: MetricSource;
  private readonly exists: boolean;
  private map: MapLibreMap | null = null;
  private timer = 0;
  private isShown = true;

  constructor(page: WallPage) {
    this.source = new MetricSource(page.wall.metrics);
    this.exists = visibleTo(page, [{ metric: METRIC, title: "", period: "now", course: false, filter: "" }]).length > 0;
  }

  on(map: MapLibreMap): void {
    if (!this.exists || !map.getStyle().sources[UNITS]) return;
    this.map = map;
    // The layer asks for no tile where none of its parts is drawn.
    for (const part of map.getStyle().layers) if (layerOf(part) === LAYER) map.setLayerZoomRange(part.id, DETAIL_ZOOM, 24);
    const shown = { source: UNITS, "source-layer": `${UNITS}_label`, maxzoom: DETAIL_ZOOM, filter: ["==", ["get", "level"], "commune"] as never };
    map.addLayer({
      id: CIRCLE, type: "circle", ...shown, layout: { visibility: "none" },
      paint: { "circle-radius": 0, "circle-color": "#0d2a44", "circle-stroke-color": "#ffc857", "circle-stroke-width": 1.8, "circle-opacity": 0.92, "circle-translate": [0, -26] },
    });
    map.addLayer({
      id: `${CIRCLE}-number`, type: "symbol", ...shown,
      layout: { visibility: "none", "text-field": "", "text-size": 13, "text-font": ["Be Vietnam Pro Bold"], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#fff3d6", "text-translate": [0, -26] },
    });
    setInterval(() => void this.read(), REREAD_MS);
    void this.read();
  }

  note(changes: Change[]): void {
    if (changes.some(({ layer }) => layer === LAYER)) this.timer ||= window.setTimeout(() => void this.read(), SETTLE_MS);
  }

  /** Shown with the layer's own points, hidden with them. */
  show(shown: boolean): void {
    this.isShown = shown;
    for (const id of [CIRCLE, `${CIRCLE}-number`]) if (this.map?.getLayer(id)) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  }

  private async read(): Promise<void> {
    this.timer = 0;
    const { map } = this;
    if (!map) return;
    try {
      const answer = await this.source.read([METRIC], { by: "unit", level: "commune" });
      const groups = (answer.get(METRIC)?.groups ?? []).filter(({ key, value }) => typeof key === "object" && key !== null && (value ?? 0) > 0);
      const pairs = <T>(make: (value: number) => T): (T | number)[] => groups.flatMap(({ key, value }) => [(key as { id: number }).id, make(value ?? 0)]);
      const match = (values: unknown[], other: unknown): never => (values.length > 0 ? ["match", ["id"], ...values, other] : other) as never;
      map.setPaintProperty(CIRCLE, "circle-radius", match(pairs((value) => 11 + Math.min(15, Math.sqrt(value) * 1.3)), 0));
      map.setPaintProperty(CIRCLE, "circle-stroke-opacity", match(pairs(() => 1), 0));
      map.setLayoutProperty(`${CIRCLE}-number`, "text-field", match(pairs((value) => String(Math.round(value))), ""));
      this.show(this.isShown);
    } catch {
      // The last counters stay; that the line is down is said above the map.
    }
  }
}
