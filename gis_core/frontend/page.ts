/** What Django hands to a page: the JSON in `<script id="page">`. Scripts know no address and no layer but these. */

/** West, south, east, north in degrees (EPSG:4326). */
export type Bounds = [number, number, number, number];

export interface LegendEntry {
  label: string;
  color: string;
  kind: "fill" | "line" | "circle";
}

/** A field as a person reads it: its label, its unit, and the words behind stored codes. */
export interface FieldInfo {
  name: string;
  label: string;
  unit?: string | null;
  choices?: Record<string, string> | null;
}

export interface LayerInfo {
  name: string;
  title: string;
  abstract: string;
  group: string;
  group_title: string;
  geometry: "point" | "line" | "polygon" | "raster";
  min_zoom: number;
  max_zoom: number;
  visible: boolean;
  on_wall: boolean;
  count: number | null;
  bounds: Bounds | null;
  owner: string | null;
  contact: { name: string; phone: string; email: string } | null;
  cadence: string | null;
  licence: string | null;
  /** ISO 8601, or null when no row was ever written. */
  last_change: string | null;
  overdue: boolean;
  demo: boolean;
  legend: LegendEntry[];
  time: boolean;
  /** Fields with the beginning and the end of a feature, for playback; null where the layer knows none. */
  moments?: [string, string | null] | null;
  fields?: FieldInfo[];
  raster?: RasterInfo;
  connections: { tilejson: string; tiles: string; items?: string; collection?: string; ogc?: string; wms?: string; wmts?: string; value?: string; zonal?: string; qgis?: string; qgis_page?: string };
}

/** What a raster is, beside what every layer is. */
export interface RasterInfo {
  unit: string | null;
  bands: string[];
  /** First and last day of its scenes. */
  days: [string, string] | null;
  /** Whether its values are heights, of which a profile makes sense. */
  heights: boolean;
  /** The ways in which it may be drawn, its owner's first (of the name ""); empty where there is no other. */
  looks: { name: string; title: string; legend: LegendEntry[] }[];
  /** Address of values along a line. */
  profile: string;
}

/** Names of the layers whose rows can change: what a stream tells of. */
export function liveNames(layers: LayerInfo[]): string[] {
  return layers.filter(({ geometry }) => geometry !== "raster").map(({ name }) => name);
}

export interface Urls {
  style: string;
  live: string;
  at_point: string;
  worker: string;
  login: string;
  logout: string;
  /** Rows by layer as JSON, for the wall. */
  counts?: string;
  wall?: string;
  /** One box over all layers. */
  search?: string;
  /** OGC items of one layer, `{layer}` to be replaced. */
  items?: string;
}

export interface Page {
  urls: Urls;
  bounds: Bounds;
  user: { name: string; roles: string[] } | null;
  language: string;
  layers: LayerInfo[];
  /** proj4 definitions by authority code; the server's pinned transformation, so that both agree to the millimetre. */
  crs?: Record<string, string>;
  /** The one of them in which parcels are measured. */
  cadastral_crs?: string;
  /** Change sequence the page was rendered at: what happened between page and stream is then fetched again. */
  seq?: number;
}

/** Reads the page's data; a page without it is a programming error and says so. */
export function readPage(): Page {
  const element = document.getElementById("page");
  if (!element?.textContent) throw new Error("This page has no <script id=\"page\"> with its data.");
  return JSON.parse(element.textContent) as Page;
}

/** An absolute address for a link that leaves the page: clipboard, QGIS. Keeps the braces of URL templates. */
export function absolute(url: string): string {
  return new URL(url, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}
