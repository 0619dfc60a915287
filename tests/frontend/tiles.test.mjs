/** Which tiles a change touches: too few leave a stale picture, too many are wasted requests. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { column, row, tilesOf, union } from "../../gis_core/frontend/map/tiles.ts";

const TAM_KY = [108.474, 15.5736];
const names = (tiles) => tiles.map(({ z, x, y }) => `${z}/${x}/${y}`).sort();

test("the grid agrees with the web's: zoom 0 is one tile, zoom 1 splits at the equator and Greenwich", () => {
  assert.deepEqual(names(tilesOf([-180, -85, 180, 85], 0)), ["0/0/0"]);
  assert.equal(column(0, 1), 1);
  assert.equal(row(0, 1), 1);
});

test("a point inside a tile touches that tile alone", () => {
  const [lon, lat] = TAM_KY;
  assert.deepEqual(names(tilesOf([lon, lat, lon, lat], 14)), ["14/13128/7474"]);
});

test("a point within the drawing buffer touches the neighbour too", () => {
  const edge = (13129 / 2 ** 14) * 360 - 180;
  const tiles = names(tilesOf([edge - 1e-5, 15.5736, edge - 1e-5, 15.5736], 14));
  assert.deepEqual(tiles, ["14/13128/7474", "14/13129/7474"]);
});

test("a wide change is limited to the tiles of the screen", () => {
  const [lon, lat] = TAM_KY;
  const screen = [lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01];
  assert.deepEqual(names(tilesOf([100, 8, 115, 24], 14, screen)), names(tilesOf(screen, 14)));
});

test("a change off the screen touches none of its tiles", () => {
  assert.deepEqual(tilesOf([100, 10, 100.1, 10.1], 14, [108.4, 15.5, 108.5, 15.6]), []);
});

test("boxes beyond the grid are clamped, never out of range", () => {
  for (const { x, y } of tilesOf([-181, -90, 181, 90], 2)) assert.ok(x >= 0 && x < 4 && y >= 0 && y < 4);
});

test("the union of no boxes is none", () => {
  assert.equal(union([]), null);
  assert.deepEqual(union([[1, 2, 3, 4], [0, 3, 2, 9]]), [0, 2, 3, 9]);
});
