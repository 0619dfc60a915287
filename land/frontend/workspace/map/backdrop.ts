/** The picture behind the work: our own vector tiles, reprojected by OpenLayers. They are looked at and never edited. */
import type { FeatureLike } from "ol/Feature.js";
import MVT from "ol/format/MVT.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import VectorTileSource from "ol/source/VectorTile.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";

import { land, page } from "../page.ts";
import { fillOf } from "./styles.ts";

/** Drawn from below upwards, where the reader may see them. */
const WANTED = ["admin_units", "parcels", "water", "roads"];
const FONT = '"Be Vietnam Pro", sans-serif';

/** Under this resolution (metres a pixel) exact outlines are drawn over the tiles' parcels. */
export const EXACT_BELOW = 0.22;

export class Backdrop {
  readonly layer: VectorTileLayer;
  private readonly source: VectorTileSource | null;

  constructor() {
    const names = WANTED.filter((name) => page.layers.some((layer) => layer.name === name));
    this.source = names.length === 0 ? null : new VectorTileSource({
      format: new MVT(),
      projection: "EPSG:3857",
      url: land.urls.tiles.replace("{layers}", names.join(",")),
      minZoom: 9,
      maxZoom: 17,
      overlaps: false,
    });
    this.layer = new VectorTileLayer({ ...(this.source ? { source: this.source } : {}), style: backdropStyle, renderMode: "vector", declutter: true });
  }

  /** Tiles are fetched again; those that did not change cost a 304. */
  refresh(): void {
    this.source?.refresh();
  }
}

function backdropStyle(feature: FeatureLike, resolution: number): Style | undefined {
  const layer = String(feature.get("layer"));
  const group = land.groups[String(feature.get("group"))];
  // Low zooms show parcels as blocks or squares of a group of uses.
  if (layer.startsWith("parcels_")) return group ? new Style({ fill: new Fill({ color: `${group}a0` }) }) : undefined;
  switch (layer) {
    case "parcels":
      return new Style({ fill: new Fill({ color: `${fillOf(String(feature.get("land_use")))}90` }), ...(resolution < 4 ? { stroke: new Stroke({ color: "#a59b86", width: 0.6 }) } : {}) });
    case "water":
      return new Style({ fill: new Fill({ color: "#bfe3f2" }), stroke: new Stroke({ color: "#8ec8e8", width: 1 }) });
    case "roads":
      return new Style({ stroke: new Stroke({ color: "#b9ad96", width: resolution < 2 ? 1.6 : 0.9 }), ...named(feature, resolution, "line") });
    case "admin_units":
      return new Style({ stroke: new Stroke({ color: "#8a5fb0", width: 1.4, lineDash: [10, 4, 2, 4] }) });
    default:
      return undefined;
  }
}

function named(feature: FeatureLike, resolution: number, placement: "line" | "point"): { text?: Text } {
  const name = feature.get("name");
  if (!name || resolution > 1.5) return {};
  return { text: new Text({ text: String(name), placement, font: `500 11px ${FONT}`, fill: new Fill({ color: "#6b5f47" }), stroke: new Stroke({ color: "#fff", width: 3 }) }) };
}
