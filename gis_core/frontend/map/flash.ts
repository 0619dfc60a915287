/** A short glow on features that have just changed, so that the eye finds them. */
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap } from "maplibre-gl";

import { reducedMotion } from "../ui/theme.ts";
import type { Change } from "./live.ts";

export const FLASH = "flash";
const COLOR = "#ff7a18";
/** Beyond this an import is under way, and a map that glows all over says nothing. */
const MAX_FEATURES = 200;
/** How long the glow waits for the tiles with the new state before it shows what it has. */
const PATIENCE_MS = 1_500;
const HOLD_MS = 350;
const FADE_MS = 1_400;

/** Opacity property of each overlay layer, and its value at full glow. */
const GLOW = {
  "flash-fill": ["fill-opacity", 0.5],
  "flash-line": ["line-opacity", 0.95],
  "flash-ring": ["circle-stroke-opacity", 1],
} as const;

const area: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
const line: ExpressionSpecification = ["==", ["geometry-type"], "LineString"];
const point: ExpressionSpecification = ["==", ["geometry-type"], "Point"];

/**
 * The overlay: one small source of its own, empty most of the time. (Glow by feature-state on the layers themselves costs a
 * second drawing of every feature on every frame.) Areas have no outline: tiles cut them, and the cuts would show.
 */
export function flashLayers(): LayerSpecification[] {
  return [
    { id: "flash-fill", type: "fill", source: FLASH, filter: area, paint: { "fill-color": COLOR, "fill-antialias": false, "fill-opacity": 0 } },
    { id: "flash-line", type: "line", source: FLASH, filter: line, layout: { "line-cap": "round" }, paint: { "line-color": COLOR, "line-width": 6, "line-opacity": 0 } },
    { id: "flash-ring", type: "circle", source: FLASH, filter: point, paint: { "circle-radius": 15, "circle-opacity": 0, "circle-stroke-color": COLOR, "circle-stroke-width": 4, "circle-stroke-opacity": 0 } },
  ];
}

/** Collects changed features and lets them glow once their new state is on the map. */
export class Flasher {
  private readonly map: MapLibreMap;
  private readonly waiting = new Map<string, Set<number>>();
  private patience = 0;
  private fading = 0;

  constructor(map: MapLibreMap) {
    this.map = map;
    map.on("sourcedata", ({ sourceId, tile }) => {
      if (tile && this.waiting.has(sourceId) && map.isSourceLoaded(sourceId)) this.glow();
    });
  }

  /** Notes what changed; removed features have nothing left to glow. */
  note(changes: Change[]): void {
    for (const { layer, ids, op } of changes) {
      if (!ids || op === "delete" || op === "reload") continue;
      const known = this.waiting.get(layer) ?? new Set<number>();
      ids.forEach((id) => known.add(id));
      this.waiting.set(layer, known);
    }
    if (this.waiting.size > 0) this.patience ||= window.setTimeout(() => this.glow(), PATIENCE_MS);
  }

  private glow(): void {
    clearTimeout(this.patience);
    this.patience = 0;
    const features = [...this.waiting].flatMap(([layer, ids]) => this.find(layer, ids));
    this.waiting.clear();
    if (features.length === 0) return;
    this.map.getSource<GeoJSONSource>(FLASH)?.setData({ type: "FeatureCollection", features });
    this.paint(1, 0);
    clearTimeout(this.fading);
    // With reduced motion the light simply goes out after the same time.
    this.fading = window.setTimeout(() => this.paint(0, reducedMotion() ? 0 : FADE_MS), reducedMotion() ? FADE_MS : HOLD_MS);
  }

  private find(layer: string, ids: Set<number>): GeoJSON.Feature[] {
    if (ids.size > MAX_FEATURES || !this.map.getSource(layer)) return [];
    const found = this.map.querySourceFeatures(layer, { sourceLayer: layer, filter: ["in", ["id"], ["literal", [...ids]]] });
    return found.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry }));
  }

  private paint(share: number, duration: number): void {
    for (const [id, [property, full]] of Object.entries(GLOW)) {
      if (!this.map.getLayer(id)) continue;
      this.map.setPaintProperty(id, `${property}-transition`, { duration, delay: 0 });
      this.map.setPaintProperty(id, property, full * share);
    }
  }
}
