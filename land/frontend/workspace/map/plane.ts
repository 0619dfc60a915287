/** The VN-2000 plane as OpenLayers' own projection, by the server's definition: the view, the data and the edits are all in it. */
import proj4 from "proj4";
import { register } from "ol/proj/proj4.js";
import { get, transformExtent, type Projection } from "ol/proj.js";
import type { Extent } from "ol/extent.js";

import type { Bounds } from "@core/page.ts";

import { page } from "../page.ts";

/** Wide enough for the three-degree zone; without an extent the resolutions of tiles in other projections go wrong. */
const ZONE: Extent = [300_000, 800_000, 700_000, 2_700_000];

export const CODE = page.cadastral_crs ?? "EPSG:5899";

function registered(): Projection {
  const definition = page.crs?.[CODE];
  if (!definition) throw new Error(`The page does not define ${CODE}.`);
  proj4.defs(CODE, definition);
  register(proj4);
  const projection = get(CODE);
  if (!projection) throw new Error(`${CODE} could not be registered.`);
  projection.setExtent(ZONE);
  return projection;
}

export const plane = registered();

/** A box in degrees on the plane. */
export function onPlane(bounds: Bounds): Extent {
  return transformExtent(bounds, "EPSG:4326", plane);
}
