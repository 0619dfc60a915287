/** The whole area in a corner, in the colours of the map, with a frame round what is in sight. Drawn from tiles that are there already. */
import type { MapLibreMap } from "maplibre-gl";

import type { Bounds } from "@core/page.ts";
import { fill, svg } from "@core/ui/dom.ts";

import { type Choropleth, UNITS } from "./choropleth.ts";

const WIDTH = 168;

export class Inset {
  private readonly element: HTMLElement;
  private readonly choropleth: Choropleth;
  private readonly bounds: Bounds;
  private readonly height: number;
  private readonly squeeze: number;
  private readonly shapes = new Map<number, string[]>();
  private map: MapLibreMap | null = null;

  constructor(element: HTMLElement, bounds: Bounds, choropleth: Choropleth) {
    this.element = element;
    this.choropleth = choropleth;
    this.bounds = bounds;
    const [west, south, east, north] = bounds;
    // A degree eastwards is shorter than one northwards.
    this.squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
    this.height = Math.min(190, Math.max(60, (WIDTH * (north - south)) / ((east - west) * this.squeeze)));
  }

  on(map: MapLibreMap): void {
    this.map = map;
    if (!map.getStyle().sources[UNITS]) return;
    map.once("idle", () => this.remember());
    map.on("move", () => this.draw());
  }

  draw(): void {
    const { map } = this;
    this.element.hidden = this.shapes.size === 0 || !map;
    if (!map || this.element.hidden) return;
    const units = [...this.shapes].map(([id, paths]) => svg("path", { d: paths.join(""), fill: this.choropleth.colourOf(id), class: "inset__unit" }));
    const sight = map.getBounds();
    const [left, top] = this.place([sight.getWest(), sight.getNorth()]);
    const [right, bottom] = this.place([sight.getEast(), sight.getSouth()]);
    const frame = svg("rect", { class: "inset__frame", x: clip(left, WIDTH), y: clip(top, this.height), width: Math.max(2, clip(right, WIDTH) - clip(left, WIDTH)), height: Math.max(2, clip(bottom, this.height) - clip(top, this.height)) });
    fill(this.element, svg("svg", { viewBox: `-2 -2 ${WIDTH + 4} ${this.height + 4}`, "aria-hidden": "true" }, ...units, frame));
  }

  /** The outlines of the first picture, which shows everything; parts of one unit on several tiles are drawn as one colour. */
  private remember(): void {
    for (const feature of this.map?.queryRenderedFeatures({ layers: [`${UNITS}-fill`] }) ?? []) {
      const id = Number(feature.id);
      const { geometry } = feature;
      const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
      const paths = polygons.flat().map((ring) => `M${ring.map((point) => this.place(point).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`);
      this.shapes.set(id, [...(this.shapes.get(id) ?? []), ...paths]);
    }
    this.draw();
  }

  private place([lon = 0, lat = 0]: number[]): [number, number] {
    const [west, south, east, north] = this.bounds;
    return [((lon - west) / (east - west)) * WIDTH, ((north - lat) / (north - south)) * this.height];
  }
}

function clip(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
