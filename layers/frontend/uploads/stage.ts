/** The map beside the panel: the shapes of a file that is examined, then the layer as every service draws it. */
import { NavigationControl, ScaleControl, type GeoJSONSource, type LayerSpecification, type MapLibreMap } from "maplibre-gl";

import { createMap } from "@core/map/create.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { publishProbe } from "@core/map/probe.ts";
import { fetchStyle, prepared } from "@core/map/style.ts";
import type { Bounds } from "@core/page.ts";
import { currentTheme } from "@core/ui/theme.ts";

import { page } from "./data.ts";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
/** Layers of the catalogue by which people find their way. */
export const GROUND = ["admin_units", "water", "roads"];
const PREVIEW = "examined";
const PICTURE = "examined-raster";
const RESULT = "result";
const COLOUR = "#d2491f";

export class Stage {
  private readonly container: HTMLElement;
  private ready: Promise<MapLibreMap> | null = null;
  private shapes: GeoJSON.FeatureCollection = EMPTY;

  constructor(container: HTMLElement) {
    this.container = container;
  }

  /** The shapes of an examined file, over a quiet ground. */
  async preview(shapes: GeoJSON.FeatureCollection, bounds: Bounds | null): Promise<void> {
    this.shapes = shapes;
    const map = await this.map(bounds);
    map.getSource<GeoJSONSource>(PREVIEW)?.setData(shapes);
    this.fit(map, bounds);
  }

  /** A raster that is examined, as a picture in its place. */
  async picture(url: string, bounds: Bounds | null): Promise<void> {
    const map = await this.map(bounds);
    if (bounds && !map.getSource(PICTURE)) {
      const [west, south, east, north] = bounds;
      map.addSource(PICTURE, { type: "image", url, coordinates: [[west, north], [east, north], [east, south], [west, south]] });
      map.addLayer({ id: PICTURE, type: "raster", source: PICTURE, paint: { "raster-fade-duration": 0 } });
    }
    this.fit(map, bounds);
  }

  /** The quiet ground alone. */
  async ground(): Promise<void> {
    await this.map(null);
  }

  /** A layer, drawn as its owner chose. */
  async layer(name: string, bounds: Bounds | null): Promise<void> {
    this.shapes = EMPTY;
    const map = await this.map(bounds, name);
    // Another look may need other fields in the tiles: what was loaded before must go.
    map.setStyle(await this.style(name), { diff: false });
    this.fit(map, bounds);
  }

  /** A result that is no layer yet: its tiles, drawn as the layer will be. */
  async tiles(address: string, drawn: Omit<LayerSpecification, "source">[], bounds: Bounds | null): Promise<void> {
    const map = await this.map(bounds);
    const style = await this.style();
    style.sources[RESULT] = { type: "vector", tiles: [new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], maxzoom: 16 };
    const parts = drawn.map((part) => ({ ...part, id: `result-${part.id}`, source: RESULT, "source-layer": RESULT }) as LayerSpecification);
    // Below all names, as the layer will lie; its own names above them.
    const names = style.layers.findIndex(({ type }) => type === "symbol");
    style.layers.splice(names < 0 ? style.layers.length : names, 0, ...parts.filter(({ type }) => type !== "symbol"));
    style.layers.push(...parts.filter(({ type }) => type === "symbol"));
    map.setStyle(style, { diff: false });
    this.fit(map, bounds);
  }

  private async style(name?: string) {
    const served = await fetchStyle(page.urls.style, currentTheme());
    const style = prepared(served, { theme: currentTheme(), visible: new Set(name ? [...GROUND, name] : GROUND), timed: new Set(), date: null });
    style.sources[PREVIEW] = { type: "geojson", data: this.shapes };
    style.layers.push(
      { id: "examined-fill", type: "fill", source: PREVIEW, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": COLOUR, "fill-opacity": 0.35 } },
      { id: "examined-line", type: "line", source: PREVIEW, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": COLOUR, "line-width": 1.6 } },
      { id: "examined-point", type: "circle", source: PREVIEW, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": COLOUR, "circle-radius": 4.5, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.2 } },
    );
    return style;
  }

  private map(bounds: Bounds | null, name?: string): Promise<MapLibreMap> {
    this.ready ??= this.made(bounds, name);
    return this.ready;
  }

  private async made(bounds: Bounds | null, name?: string): Promise<MapLibreMap> {
    const { map, requests } = createMap({ container: this.container, style: await this.style(name), worker: page.urls.worker, bounds: bounds ?? page.bounds });
    publishProbe(map, new TileRefresher(map, requests), null);
    map.addControl(new NavigationControl({ showCompass: false }), "top-left");
    map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
    await new Promise<void>((done) => map.once("load", () => done()));
    return map;
  }

  private fit(map: MapLibreMap, bounds: Bounds | null): void {
    if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: 17, animate: false });
  }
}
