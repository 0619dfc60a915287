/** Plane coordinates in the browser, by the very definition the server gives: never a parameter of its own. */
import proj4 from "proj4";

import type { Page } from "../page.ts";

export interface Plane {
  /** Authority code, such as "EPSG:5899". */
  code: string;
  /** Longitude and latitude in degrees (EPSG:4326) to easting and northing in metres. */
  forward(lon: number, lat: number): [number, number];
  /** Easting and northing in metres to longitude and latitude in degrees. */
  inverse(easting: number, northing: number): [number, number];
}

/** The cadastral plane of this page, or null when the server named none. */
export function planeOf(page: Page): Plane | null {
  const code = page.cadastral_crs ?? Object.keys(page.crs ?? {})[0];
  const definition = code && page.crs?.[code];
  if (!definition) return null;
  const converter = proj4("WGS84", definition);
  return {
    code,
    forward: (lon, lat) => pair(converter.forward([lon, lat])),
    inverse: (easting, northing) => pair(converter.inverse([easting, northing])),
  };
}

function pair(values: number[]): [number, number] {
  return [values[0] ?? Number.NaN, values[1] ?? Number.NaN];
}
