/** `window.ioc`: what browser tests, and a person at the console, may ask a page about its map. */
import type { MapLibreMap } from "maplibre-gl";

import type { Plane } from "./crs.ts";
import type { TileRefresher } from "./refresh.ts";

export interface Probe {
  map: MapLibreMap;
  /** How often the map has come to rest with everything drawn. */
  readonly mapIdle: number;
  /** Messages of the map's errors, oldest first. */
  readonly mapErrors: string[];
  /** Tiles fetched again because of changes. */
  readonly tilesRefetched: number;
  /** Degrees (EPSG:4326) to easting and northing of the cadastral plane, in metres. */
  project(lon: number, lat: number): [number, number] | null;
}

declare global {
  interface Window {
    ioc?: Probe;
  }
}

/** Counts from now on and publishes the counts. */
export function publishProbe(map: MapLibreMap, refresher: TileRefresher, plane: Plane | null): Probe {
  let idle = 0;
  const errors: string[] = [];
  map.on("idle", () => (idle += 1));
  map.on("error", ({ error }) => errors.push(error.message));
  window.ioc = {
    map,
    get mapIdle() {
      return idle;
    },
    mapErrors: errors,
    get tilesRefetched() {
      return refresher.refetched;
    },
    project: (lon, lat) => plane?.forward(lon, lat) ?? null,
  };
  return window.ioc;
}
