/** Prepares the style Django serves for one page: absolute addresses, what is shown, the moment, and our overlays. */
import type { LayerSpecification, MapLibreMap, RasterTileSource, StyleSpecification, VectorTileSource } from "maplibre-gl";

import { FLASH, flashLayers } from "./flash.ts";
import { pickedLayers, PICKED } from "./picked.ts";

export interface StyleChoice {
  theme: "light" | "dark";
  /** Names of the layers to show; the others stay in the style, hidden, and fetch nothing. */
  visible: ReadonlySet<string>;
  /** Names of the layers that answer for a moment in the past. */
  timed: ReadonlySet<string>;
  /** The moment (YYYY-MM-DD), or null for now. */
  date: string | null;
  /** How strongly rasters are drawn, by name, where that is not fully. */
  opacity?: ReadonlyMap<string, number>;
  /** The styles in which rasters are drawn, by name, where that is not their owner's. */
  looks?: ReadonlyMap<string, string>;
}

/** Fetches the style in one theme, as it stands on the server. */
export async function fetchStyle(url: string, theme: string): Promise<StyleSpecification> {
  const address = new URL(url, location.href);
  address.searchParams.set("theme", theme);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  return (await answer.json()) as StyleSpecification;
}

/** The layer of the catalogue a style layer draws, or null for the background and our overlays. */
export function layerOf(layer: LayerSpecification): string | null {
  const named = (layer.metadata as { layer?: string } | undefined)?.layer;
  if (named) return named;
  return "source" in layer && layer.source !== PICKED && layer.source !== FLASH ? String(layer.source) : null;
}

/** A copy of the style for this choice. Same choice, same style: a change of theme then only swaps colours. */
export function prepared(style: StyleSpecification, choice: StyleChoice): StyleSpecification {
  const copy = structuredClone(style);
  absoluteFonts(copy);
  for (const [name, source] of Object.entries(copy.sources))
    if ("url" in source && source.url)
      source.url = asking(asking(source.url, "datetime", choice.timed.has(name) ? choice.date : null), "style", choice.looks?.get(name) ?? null);
  for (const layer of copy.layers) {
    const name = layerOf(layer);
    if (name !== null) layer.layout = { ...layer.layout, visibility: choice.visible.has(name) ? "visible" : "none" } as never;
    const share = name === null ? undefined : choice.opacity?.get(name);
    if (layer.type === "raster" && share !== undefined) layer.paint = { ...layer.paint, "raster-opacity": share };
  }
  for (const overlay of [FLASH, PICKED]) copy.sources[overlay] = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  copy.layers.push(...flashLayers(), ...pickedLayers(choice.theme));
  return copy;
}

/** Shows or hides every style layer of one catalogue layer. */
export function setVisible(map: MapLibreMap, name: string, visible: boolean): void {
  for (const layer of map.getStyle().layers)
    if (layerOf(layer) === name) map.setLayoutProperty(layer.id, "visibility", visible ? "visible" : "none");
}

/** Draws a raster more or less strongly. */
export function setOpacity(map: MapLibreMap, name: string, share: number): void {
  for (const layer of map.getStyle().layers)
    if (layer.type === "raster" && layerOf(layer) === name) map.setPaintProperty(layer.id, "raster-opacity", share);
}

/** Draws a raster in another of its styles; "" is its owner's. */
export function setLook(map: MapLibreMap, name: string, look: string): void {
  const source = map.getSource<RasterTileSource>(name);
  if (source?.url) source.setUrl(asking(source.url, "style", look || null));
}

/** Moves the layers that know time to a date (YYYY-MM-DD), or to now. */
export function setDate(map: MapLibreMap, timed: Iterable<string>, date: string | null): void {
  for (const name of timed) {
    const source = map.getSource<VectorTileSource>(name);
    if (source?.url) source.setUrl(asking(source.url, "datetime", date));
  }
}

/** Vertical order of names for a legend or a query: the style draws the first at the bottom. */
export function drawingOrder(style: StyleSpecification): string[] {
  return [...new Set(style.layers.map(layerOf).filter((name): name is string => name !== null))];
}

function asking(url: string, name: "datetime" | "style", value: string | null): string {
  const address = new URL(url, location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  return address.href;
}

/** MapLibre takes only absolute addresses of fonts; behind a proxy only the browser knows the right host. */
function absoluteFonts(style: StyleSpecification): void {
  const faces = style["font-faces"] as Record<string, string | { url: string }[]> | undefined;
  for (const [family, value] of Object.entries(faces ?? {})) {
    if (typeof value === "string") (faces as Record<string, unknown>)[family] = new URL(value, location.href).href;
    else for (const face of value) face.url = new URL(face.url, location.href).href;
  }
}
