/** The dispatch board at `/incidents/`: filter, list, map and report, kept right by the live stream. */
import "maplibre-gl/dist/maplibre-gl.css";
import "./board/css/board.css";

import { hasWebGL2 } from "@core/map/create.ts";
import { LiveConnection, liveUrl } from "@core/map/live.ts";
import { publishProbe } from "@core/map/probe.ts";
import { TileRefresher } from "@core/map/refresh.ts";
import { bindChip } from "@core/ui/chip.ts";
import { fill, h, need } from "@core/ui/dom.ts";

import { Bulk } from "./board/bulk.ts";
import { Detail } from "./board/detail.ts";
import { Filters } from "./board/filters.ts";
import { bindKeys } from "./board/keys.ts";
import { List } from "./board/list.ts";
import { BoardMap } from "./board/map.ts";
import { page, t, type Row } from "./board/page.ts";
import { exportLinks, Sums } from "./board/sums.ts";

const LIVE_MS = 150;
const TOAST_MS = 6_000;
const root = need("#content");
let board: BoardMap | null = null;
let refresher: TileRefresher | null = null;
let inView = false;
let tileFilter = "";
let timer = 0;

const sums = new Sums(need("#sums"));
const filters = new Filters(need("#filters"), () => void load());
const list = new List(need("#list"), need("#counts"), {
  open: (row) => void open(row.code),
  selected: (rows) => bulk.show(rows),
  loaded: ({ counts, tile_filter }) => {
    filters.show(counts);
    tileFilter = tile_filter ?? "";
    board?.filter(query(), tileFilter);
  },
  failed: (error) => say(error.message, true),
});
const bulk = new Bulk(need("#bulk"), () => list.clear(), (text, failed) => {
  say(text, failed);
  list.clear();
  void load(true);
});
const detail = new Detail(need("#detail"), {
  say,
  shown: (row) => {
    board?.pick(row, row !== null);
    root.toggleAttribute("data-detail", row !== null);
    remember(row);
    if (row) list.point(row.code);
  },
});

bindKeys({ list, detail, filters, open, view: swap });
void load();
void start();
const named = new URLSearchParams(location.hash.slice(1)).get("incident");
if (named) void open(named);

function query(): Record<string, string> {
  return inView && board ? { ...filters.query, bbox: board.bbox } : filters.query;
}

async function load(quiet = false): Promise<void> {
  drawTools();
  sums.again(query());
  await list.load(query(), quiet);
}

async function open(code: string): Promise<void> {
  await detail.open(code);
}

async function start(): Promise<void> {
  const live = new LiveConnection(liveUrl(page.urls.live, page.layers.map(({ name }) => name).filter((name) => ["incidents", "instructions"].includes(name))), {
    change: (changes) => {
      refresher?.enqueue(changes);
      timer ||= window.setTimeout(renew, LIVE_MS);
    },
    resync: () => {
      refresher?.all();
      renew();
    },
    state: () => drawChip(),
  }, page.seq ?? null);
  const drawChip = bindChip(need("#chip"), () => live);
  if (!hasWebGL2()) return;
  board = await BoardMap.create(need("#map"), (id) => {
    const row = list.rows.find((one) => one.id === id);
    if (row) void open(row.code);
    else void fetch(`at/${id}/code`).then(async (answer) => answer.ok && open(((await answer.json()) as { code: string }).code));
  });
  refresher = new TileRefresher(board.map, board.requests);
  publishProbe(board.map, refresher, null);
  board.map.on("moveend", () => inView && void load(true));
  board.filter(query(), tileFilter);
  drawTools();
}

/** What changed is read again: the list where it stands, the clusters, the open report, the sums. */
function renew(): void {
  timer = 0;
  void list.load(query(), true);
  board?.refresh();
  sums.again(query());
  if (detail.code) void detail.open(detail.code, true);
}

function drawTools(): void {
  const button = (label: string, pressed: boolean, onclick: () => void): HTMLElement =>
    h("button", { type: "button", class: "button button--quiet button--tiny", "aria-pressed": String(pressed), onclick }, label);
  const heat = need("#tools").dataset["heat"] === "true";
  fill(need("#tools"),
    button(t("statistics"), !need("#sums").hidden, () => { sums.toggle(query()); drawTools(); }),
    button(t("heat"), heat, () => { need("#tools").dataset["heat"] = String(board?.toggleHeat() ?? false); drawTools(); }),
    button(t("inView"), inView, () => { inView = !inView; void load(); }),
    exportLinks(query()),
    h("button", { type: "button", class: "button button--tiny board__swap", onclick: swap }, root.dataset["view"] === "map" ? t("list") : t("map")));
}

function swap(): void {
  root.dataset["view"] = root.dataset["view"] === "map" ? "list" : "map";
  drawTools();
  board?.map.resize();
}

function remember(row: Row | null): void {
  const hash = new URLSearchParams(location.hash.slice(1));
  if (row) hash.set("incident", row.code);
  else hash.delete("incident");
  history.replaceState(history.state, "", `#${hash.toString().replaceAll("%2F", "/")}`);
}

function say(text: string, failed = false): void {
  const toast = h("p", { class: `toast ${failed ? "toast--failed" : ""}` }, text);
  need("#toasts").append(toast);
  setTimeout(() => toast.remove(), TOAST_MS);
}
