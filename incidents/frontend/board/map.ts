/** The board's map: clusters or heat far out, single reports close by, filtered as the list is; overdue ones pulse. */
import { NavigationControl, type GeoJSONSource, type MapLibreMap, type VectorTileSource } from "maplibre-gl";

import { createMap } from "@core/map/create.ts";
import { fetchStyle, layerOf, prepared } from "@core/map/style.ts";
import { liveNames } from "@core/page.ts";
import { currentTheme } from "@core/ui/theme.ts";

import { get, type Query } from "./api.ts";
import { board, page, type Row } from "./page.ts";

const NONE: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
/** From here on a report is drawn by itself. */
const SINGLE_ZOOM = 13;
const PULSE_MS = 900;
const SETTLE_MS = 150;

export class BoardMap {
  readonly map: MapLibreMap;
  readonly requests: () => number;
  private query: Query = {};
  private heat = false;
  private timer = 0;
  private asking: AbortController | null = null;

  private constructor(map: MapLibreMap, requests: () => number, open: (id: number) => void) {
    this.map = map;
    this.requests = requests;
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.on("moveend", () => this.refresh());
    map.on("click", (event) => {
      const [single] = map.queryRenderedFeatures(event.point, { layers: this.own() });
      const [cluster] = map.queryRenderedFeatures(event.point, { layers: ["board-clusters"] });
      if (single?.id !== undefined) open(Number(single.id));
      else if (cluster) map.easeTo({ center: event.lngLat, zoom: Math.min(map.getZoom() + 2.5, SINGLE_ZOOM + 0.5) });
    });
    for (const layer of ["board-clusters", ...this.own()]) {
      map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
    }
    this.pulse();
  }

  static async create(container: HTMLElement, open: (id: number) => void): Promise<BoardMap> {
    const served = await fetchStyle(page.urls.style, currentTheme());
    const shown = new Set(liveNames(page.layers));
    const style = prepared(served, { theme: currentTheme(), visible: shown, timed: new Set(), date: null });
    for (const layer of style.layers) if (layerOf(layer) === "incidents") layer.minzoom = Math.max(layer.minzoom ?? 0, SINGLE_ZOOM);
    style.sources["board"] = { type: "geojson", data: NONE };
    style.sources["board-picked"] = { type: "geojson", data: NONE };
    const root: unknown[] = ["sqrt", ["get", "n"]];
    const tone = ["case", [">", ["get", "late"], 0], "#a3123a", [">", ["get", "critical"], 0], "#e5484d", "#0a7285"];
    style.layers.push(
      { id: "board-heat", type: "heatmap", source: "board", layout: { visibility: "none" }, paint: {
        "heatmap-weight": ["interpolate", ["linear"], root, 0, 0, 20, 1] as never, "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 8, 14, 14, 34],
        "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 8, 1, 14, 2.4], "heatmap-opacity": 0.82 } },
      { id: "board-clusters", type: "circle", source: "board", maxzoom: SINGLE_ZOOM, paint: {
        "circle-radius": ["interpolate", ["linear"], root, 1, 9, 10, 17, 60, 30, 300, 46] as never, "circle-color": tone as never,
        "circle-opacity": 0.86, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.8 } },
      { id: "board-numbers", type: "symbol", source: "board", maxzoom: SINGLE_ZOOM, layout: {
        "text-field": ["number-format", ["get", "n"], { locale: "vi" }] as never, "text-font": ["Be Vietnam Pro Bold"], "text-size": 12, "text-allow-overlap": true },
        paint: { "text-color": "#ffffff" } },
      { id: "board-pulse", type: "circle", source: "incidents", "source-layer": "incidents", minzoom: SINGLE_ZOOM, filter: ["==", ["get", "is_overdue"], true],
        paint: { "circle-radius": 12, "circle-radius-transition": { duration: PULSE_MS }, "circle-opacity": 0, "circle-stroke-color": "#e5484d", "circle-stroke-width": 2.5,
          "circle-stroke-opacity": 0.9, "circle-stroke-opacity-transition": { duration: PULSE_MS } } },
      { id: "board-picked", type: "circle", source: "board-picked", paint: { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-color": "#0a7285", "circle-stroke-width": 4 } },
    );
    const { map, requests } = createMap({ container, style, worker: page.urls.worker, bounds: page.bounds, hash: "map" });
    await map.once("load");
    return new BoardMap(map, requests, open);
  }

  /** The list's filter: as CQL2 for the tiles, as parameters for the clusters. */
  filter(query: Query, cql: string): void {
    this.query = query;
    const url = new URL(board.tilejson, location.href);
    if (cql) url.searchParams.set("filter", cql);
    const source = this.map.getSource<VectorTileSource>("incidents");
    if (source && source.url !== url.href) source.setUrl(url.href);
    this.refresh();
  }

  /** Asks for the clusters of what is on screen; soon, so that a burst of changes is one question. */
  refresh(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), SETTLE_MS);
  }

  toggleHeat(): boolean {
    this.heat = !this.heat;
    const shown = (on: boolean): "visible" | "none" => (on ? "visible" : "none");
    this.map.setLayoutProperty("board-heat", "visibility", shown(this.heat));
    for (const id of ["board-clusters", "board-numbers"]) this.map.setLayoutProperty(id, "visibility", shown(!this.heat));
    this.refresh();
    return this.heat;
  }

  pick(row: Row | null, move = true): void {
    const features: GeoJSON.Feature[] = row ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [row.lon, row.lat] } }] : [];
    this.map.getSource<GeoJSONSource>("board-picked")?.setData({ type: "FeatureCollection", features });
    if (row && move) this.map.easeTo({ center: [row.lon, row.lat], zoom: Math.max(this.map.getZoom(), 15) });
  }

  /** West, south, east, north of the screen. */
  get bbox(): string {
    return this.map.getBounds().toArray().flat().map((value) => value.toFixed(6)).join(",");
  }

  private own(): string[] {
    return this.map.getStyle().layers.filter((layer) => layerOf(layer) === "incidents" && layer.id !== "board-pulse").map(({ id }) => id);
  }

  private async read(): Promise<void> {
    const zoom = Math.floor(this.map.getZoom());
    if (zoom >= SINGLE_ZOOM && !this.heat) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const { order: _order, ...query } = this.query;
    try {
      const asked = { ...query, bbox: query["bbox"] ?? this.bbox, zoom: String(zoom), pixels: this.heat ? "16" : "64" };
      this.map.getSource<GeoJSONSource>("board")?.setData(await get<GeoJSON.FeatureCollection>("/clusters", asked, this.asking.signal));
    } catch {
      // The last clusters stay; the list says what went wrong.
    }
  }

  private pulse(): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    let wide = false;
    setInterval(() => {
      if (document.hidden || this.map.getZoom() < SINGLE_ZOOM || !this.map.getLayer("board-pulse")) return;
      wide = !wide;
      this.map.setPaintProperty("board-pulse", "circle-radius", wide ? 24 : 11);
      this.map.setPaintProperty("board-pulse", "circle-stroke-opacity", wide ? 0 : 0.9);
    }, PULSE_MS);
  }
}
