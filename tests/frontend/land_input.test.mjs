/** What officers paste, and what they undo. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { parseCorners, parseNumber } from "../../land/frontend/workspace/paste.ts";
import { Steps } from "../../land/frontend/workspace/steps.ts";

test("numbers in either way of writing", () => {
  assert.equal(parseNumber("1722531,703"), 1722531.703);
  assert.equal(parseNumber("1.722.531,703"), 1722531.703);
  assert.equal(parseNumber("1,722,531.703"), 1722531.703);
  assert.equal(parseNumber("1 722 531.703"), 1722531.703);
  assert.equal(parseNumber("1.722.531"), 1722531);
  assert.equal(parseNumber("-3,5"), -3.5);
  assert.equal(parseNumber("12a"), null);
  assert.equal(parseNumber(""), null);
});

test("columns of a spreadsheet: X is north and comes first", () => {
  const { positions, swapped, bad } = parseCorners("STT\tX\tY\n1\t1722531,703\t577453,963\n2\t1722540,1\t577460,25\n");
  assert.deepEqual(positions, [[577453.963, 1722531.703], [577460.25, 1722540.1]]);
  assert.equal(swapped, false);
  assert.deepEqual(bad, []);
});

test("a column of lengths behind the coordinates does not mislead", () => {
  assert.deepEqual(parseCorners("1\t1722531.7\t577453.9\t26.15").positions, [[577453.9, 1722531.7]]);
});

test("east before north is noticed and exchanged", () => {
  const { positions, swapped } = parseCorners("577453.9 1722531.7\n577460.2 1722540.1");
  assert.deepEqual(positions[0], [577453.9, 1722531.7]);
  assert.equal(swapped, true);
});

test("lines without a pair are named", () => {
  assert.deepEqual(parseCorners("1722531.7;577453.9\nxyz\n1722540;577460").bad, [2]);
});

test("undo gives back the very state, redo the one after it, and a new state forgets the undone", () => {
  const first = { line: [[579358.2850000001, 1722303.0720000002]] };
  const steps = new Steps(first);
  steps.push({ line: [] });
  assert.ok(steps.undo());
  assert.equal(steps.now, first);
  assert.ok(steps.redo());
  assert.deepEqual(steps.now, { line: [] });
  steps.undo();
  steps.push({ line: [[1, 2]] });
  assert.equal(steps.canRedo, false);
  assert.equal(steps.redo(), false);
});
