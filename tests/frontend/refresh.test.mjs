/** Refreshing tiles: each of MapLibre's traps (loading tiles skipped, answers out of order) has its test here. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { TileRefresher } from "../../gis_core/frontend/map/refresh.ts";

const PARCEL = { layer: "parcels", bbox: [108.474, 15.5736, 108.4741, 15.5737], ids: [1], op: "update" };

class FakeMap {
  handlers = {};
  calls = [];
  loaded = true;
  requests = 0;

  on(name, handle) {
    this.handlers[name] = handle;
  }

  getSource(id) {
    return id === "parcels" ? { minzoom: 13, maxzoom: 16 } : undefined;
  }

  getStyle() {
    return { sources: { parcels: { type: "vector" }, picked: { type: "geojson" } } };
  }

  isSourceLoaded() {
    return this.loaded;
  }

  getZoom() {
    return 18.4;
  }

  getBounds() {
    return { getWest: () => 108.47, getSouth: () => 15.57, getEast: () => 108.48, getNorth: () => 15.58 };
  }

  refreshTiles(id, tiles) {
    this.calls.push({ id, tiles });
    this.requests += 1;
    this.loaded = false;
  }

  finish() {
    this.loaded = true;
    this.handlers.sourcedata({ sourceId: "parcels" });
  }
}

let map;
let refresher;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.window = globalThis;
  map = new FakeMap();
  refresher = new TileRefresher(map, () => map.requests);
});
afterEach(() => mock.timers.reset());

test("a change refreshes the tiles of its box at the zooms its source has", () => {
  refresher.enqueue([PARCEL]);
  mock.timers.tick(50);
  assert.equal(map.calls.length, 1);
  assert.deepEqual([...new Set(map.calls[0].tiles.map(({ z }) => z))], [13, 14, 15, 16]);
  assert.equal(refresher.refetched, 1);
});

test("a burst is one refresh", () => {
  for (let count = 0; count < 5; count++) refresher.enqueue([PARCEL]);
  mock.timers.tick(50);
  assert.equal(map.calls.length, 1);
});

test("a change during a refresh waits for it: answers never overtake each other", () => {
  refresher.enqueue([PARCEL]);
  mock.timers.tick(50);
  refresher.enqueue([PARCEL]);
  mock.timers.tick(50);
  assert.equal(map.calls.length, 1);
  map.finish();
  assert.equal(map.calls.length, 2);
});

test("tiles that never come to rest are refreshed all the same, and once more when they do", () => {
  map.loaded = false;
  refresher.enqueue([PARCEL]);
  mock.timers.tick(1_100);
  assert.equal(map.calls.length, 1);
  map.finish();
  assert.equal(map.calls.length, 2);
});

test("a layer that is not on the map costs nothing", () => {
  refresher.enqueue([{ ...PARCEL, layer: "unknown" }]);
  mock.timers.tick(2_000);
  assert.equal(map.calls.length, 0);
});

test("a change off the screen costs nothing", () => {
  refresher.enqueue([{ ...PARCEL, bbox: [100, 10, 100.1, 10.1] }]);
  mock.timers.tick(50);
  assert.equal(map.calls.length, 0);
});

test("a change without a box refreshes its whole source; resync refreshes every tiled source", () => {
  refresher.enqueue([{ ...PARCEL, bbox: null }]);
  mock.timers.tick(50);
  assert.deepEqual(map.calls, [{ id: "parcels", tiles: undefined }]);
  map.finish();
  refresher.all();
  mock.timers.tick(50);
  assert.deepEqual(map.calls.map(({ id }) => id), ["parcels", "parcels"]);
});
