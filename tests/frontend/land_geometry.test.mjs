/** The workspace's plane geometry: areas to 0.01 m² at VN-2000's magnitudes, common boundaries, dividing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { area, clipped, commonBoundary, contains, divide, edges, hull, length } from "../../land/frontend/workspace/geometry.ts";

const E = 579_000;
const N = 1_722_000;
const ring = (...places) => [...places, places[0]].map(([x, y]) => [E + x, N + y]);
const shift = (places) => places.map(([x, y]) => [E + x, N + y]);
// Two neighbours whose common boundary has a corner in it.
const ONE = [ring([0, 0], [10, 0], [10, 4], [10, 10], [0, 10])];
const OTHER = [ring([10, 0], [20, 0], [20, 10], [10, 10], [10, 4])];

test("areas keep their square centimetres far from the origin, and holes are taken off", () => {
  assert.ok(Math.abs(area([ring([0, 0], [10.01, 0], [10.01, 10.01], [0, 10.01])]) - 100.2001) < 1e-6);
  assert.ok(Math.abs(area([ring([0, 0], [10, 0], [10, 10], [0, 10]), ring([2, 2], [2, 4], [4, 4], [4, 2])]) - 96) < 1e-6);
});

test("edges and lengths", () => {
  assert.deepEqual(edges(ONE[0]).map((edge) => edge.length), [10, 4, 6, 10, 10]);
  assert.equal(length(shift([[0, 0], [3, 4]])), 5);
});

test("the common boundary of two neighbours is one line with all its corners", () => {
  assert.deepEqual(commonBoundary(ONE, OTHER), [shift([[10, 0], [10, 4], [10, 10]])]);
  assert.deepEqual(commonBoundary(ONE, [ring([30, 0], [40, 0], [40, 10])]), []);
});

test("a common boundary that passes the ring's first corner stays in one piece", () => {
  const turned = [ring([10, 4], [10, 10], [0, 10], [0, 0], [10, 0])];
  assert.equal(commonBoundary(turned, OTHER).length, 1);
});

test("neighbours that meet in two places have two boundary lines", () => {
  const around = [ring([10, 0], [20, 0], [20, 10], [10, 10], [10, 8], [14, 8], [14, 2], [10, 2])];
  const mine = [ring([0, 0], [10, 0], [10, 2], [10, 8], [10, 10], [0, 10])];
  assert.equal(commonBoundary(mine, around).length, 2);
});

test("a parcel in another one's hole shares its whole outline", () => {
  const inlay = [ring([2, 2], [4, 2], [4, 4], [2, 4])];
  const whole = [ring([0, 0], [10, 0], [10, 10], [0, 10]), inlay[0].slice().reverse()];
  const [line] = commonBoundary(inlay, whole);
  assert.deepEqual(line[0], line[line.length - 1]);
});

test("dividing two neighbours' ground anew conserves it", () => {
  const [boundary] = commonBoundary(ONE, OTHER);
  const around = hull(ONE[0], OTHER[0], boundary);
  const parts = divide(around, shift([[12, 0], [11, 5], [10, 10]]));
  assert.deepEqual(parts.map((part) => Math.round(area([part]))), [110, 90]);
});

test("a line whose ends lie on one edge cuts a piece out of it", () => {
  const parts = divide(ring([0, 0], [10, 0], [10, 10], [0, 10]), shift([[2, 0], [2, 3], [6, 3], [6, 0]]));
  assert.deepEqual(parts.map((part) => Math.round(area([part]))).sort(), [12, 88]);
});

test("a line that ends inside divides nothing; one that reaches beyond is cut off at the ring", () => {
  const square = ring([0, 0], [10, 0], [10, 10], [0, 10]);
  assert.equal(divide(square, shift([[5, 0], [5, 5]])), null);
  assert.deepEqual(clipped(square, shift([[5, -3], [5, 12]])), shift([[5, 0], [5, 10]]));
});

test("inside and outside, with a hole", () => {
  const rings = [ring([0, 0], [10, 0], [10, 10], [0, 10]), ring([4, 4], [4, 6], [6, 6], [6, 4])];
  assert.deepEqual([[1, 1], [5, 5], [11, 1]].map(([x, y]) => contains(rings, [E + x, N + y])), [true, false, false]);
});
