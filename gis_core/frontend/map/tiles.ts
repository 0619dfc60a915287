/** Which tiles of the web grid (EPSG:3857, XYZ) a box touches. Pure: no map, no page. */
import type { Bounds } from "../page.ts";

export interface TileId {
  z: number;
  x: number;
  y: number;
}

/** Tiles are drawn 64 of 4096 units beyond their edge, so a change that close shows in the neighbour too. */
const BUFFER = 64 / 4096;
const MAX_LATITUDE = 85.051129;

/** Column of the grid at zoom `z`, as a fraction. */
export function column(lon: number, z: number): number {
  return ((lon + 180) / 360) * 2 ** z;
}

/** Row of the grid at zoom `z`, counted from the north, as a fraction. */
export function row(lat: number, z: number): number {
  const radians = (Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)) * Math.PI) / 180;
  return ((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** z;
}

interface Range {
  x: [number, number];
  y: [number, number];
}

/** Columns and rows (inclusive) at zoom `z` in which a feature with this box is drawn, the buffer included. */
function rangeOf([west, south, east, north]: Bounds, z: number): Range {
  const last = 2 ** z - 1;
  const clamp = (value: number): number => Math.max(0, Math.min(last, Math.floor(value)));
  return {
    x: [clamp(column(west, z) - BUFFER), clamp(column(east, z) + BUFFER)],
    y: [clamp(row(north, z) - BUFFER), clamp(row(south, z) + BUFFER)],
  };
}

/**
 * Every tile of zoom `z` in which a feature with this box is drawn; with `screen`, only tiles that box touches too.
 * The screen is compared tile by tile: a tile at its edge reaches far beyond it.
 */
export function tilesOf(box: Bounds, z: number, screen?: Bounds): TileId[] {
  const range = rangeOf(box, z);
  const limit = screen ? rangeOf(screen, z) : range;
  const tiles: TileId[] = [];
  for (let x = Math.max(range.x[0], limit.x[0]); x <= Math.min(range.x[1], limit.x[1]); x++)
    for (let y = Math.max(range.y[0], limit.y[0]); y <= Math.min(range.y[1], limit.y[1]); y++) tiles.push({ z, x, y });
  return tiles;
}

/** The smallest box around all, or null for none. */
export function union(boxes: Bounds[]): Bounds | null {
  if (boxes.length === 0) return null;
  return boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
}
