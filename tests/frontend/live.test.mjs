/** The live stream: what is asked for again after a gap, and what a person is told about the line. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { LiveConnection } from "../../gis_core/frontend/map/live.ts";

class FakeSource {
  static last = null;
  listeners = {};

  constructor(url) {
    this.url = url;
    FakeSource.last = this;
  }

  addEventListener(name, handle) {
    this.listeners[name] = handle;
  }

  say(name, data) {
    this.listeners[name]({ data: JSON.stringify(data) });
  }

  close() {
    this.closed = true;
  }
}

let heard;
let online;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  heard = { changes: [], resyncs: 0, states: [] };
  online = {};
  globalThis.window = globalThis;
  globalThis.EventSource = FakeSource;
  globalThis.addEventListener = (name, handle) => (online[name] = handle);
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true, writable: true });
});
afterEach(() => mock.timers.reset());

function connect(seq = null) {
  return new LiveConnection("/live/?layers=parcels", {
    change: (changes) => heard.changes.push(...changes),
    resync: () => (heard.resyncs += 1),
    state: (state) => heard.states.push(state),
  }, seq);
}

test("a stream that starts where the page was rendered needs nothing again", () => {
  const link = connect(7);
  FakeSource.last.say("hello", { seq: 7 });
  assert.equal(link.state, "live");
  assert.equal(heard.resyncs, 0);
});

test("changes between the page and the stream are asked for again", () => {
  connect(7);
  FakeSource.last.say("hello", { seq: 9 });
  assert.equal(heard.resyncs, 1);
});

test("changes are handed on as they come", () => {
  connect();
  FakeSource.last.say("hello", { seq: 1 });
  FakeSource.last.say("change", { seq: 2, changes: [{ layer: "parcels", bbox: [1, 2, 3, 4], ids: [5], op: "update" }] });
  assert.equal(heard.changes[0].ids[0], 5);
});

test("a lost line is retried, and everything is asked for again once it is back", () => {
  connect(1);
  FakeSource.last.say("hello", { seq: 1 });
  const first = FakeSource.last;
  first.onerror();
  assert.deepEqual(heard.states, ["live", "retrying"]);
  assert.ok(first.closed);
  mock.timers.tick(2_000);
  assert.notEqual(FakeSource.last, first);
  FakeSource.last.say("hello", { seq: 1 });
  assert.equal(heard.resyncs, 1);
  assert.equal(heard.states.at(-1), "live");
});

test("without a network the page says offline and keeps the time of the last word", () => {
  const link = connect();
  FakeSource.last.say("hello", { seq: 1 });
  const before = Date.now();
  online.offline();
  mock.timers.tick(500);
  assert.equal(link.state, "offline");
  assert.equal(link.dataAsOf.getTime(), before);
});

test("silence after pings is a dead line", () => {
  const link = connect();
  FakeSource.last.say("hello", { seq: 1 });
  FakeSource.last.say("ping", {});
  mock.timers.tick(46_000);
  assert.notEqual(link.state, "live");
});

test("a server that never pings is not suspected", () => {
  const link = connect();
  FakeSource.last.say("hello", { seq: 1 });
  mock.timers.tick(120_000);
  assert.equal(link.state, "live");
});
