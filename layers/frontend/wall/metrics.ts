/** One tile per number: value, plan or change, its course, and how old it is. A tile is never blank. */
import { t } from "@core/i18n.ts";
import type { Change } from "@core/map/live.ts";
import type { LayerInfo } from "@core/page.ts";
import { fill, h } from "@core/ui/dom.ts";
import { ago, count, minutes, number } from "@core/ui/format.ts";

import type { Area } from "./area.ts";
import { spark } from "./charts.ts";
import { type Shown, visibleTo, type WallPage } from "./page.ts";
import { byHour, during, type Measured, MetricSource, type Numbers, since, together } from "./source.ts";

const REREAD_MS = 60_000;
/** Numbers are read again this long after a change: one reading for a burst of them. */
const SETTLE_MS = 1_500;
const DAY = 24;

interface Tile {
  shown: Shown;
  layer: LayerInfo | undefined;
  element: HTMLElement;
  value: HTMLElement;
  unit: HTMLElement;
  note: HTMLElement;
  course: HTMLElement;
  measured: (Numbers & { unit: string; kind: string; rises: boolean | null }) | null;
  before: number | null;
  values: (number | null)[];
}

export class Metrics {
  /** Told of the hours of reports, for the chart beside. */
  onHours: ((today: (number | null)[], before: (number | null)[]) => void) | null = null;
  private readonly source: MetricSource;
  private readonly area: Area;
  private readonly units: Record<string, string>;
  private readonly tiles: Tile[];
  private readAt: Date | null = null;
  private timer = 0;
  private reading = 0;

  constructor(element: HTMLElement, page: WallPage, area: Area) {
    this.source = new MetricSource(page.wall.metrics);
    this.area = area;
    this.units = page.wall.units;
    this.tiles = visibleTo(page, page.wall.tiles).map((shown) => tileOf(shown, page.layers.find(({ name }) => name === shown.metric.split(".")[0])));
    fill(element, ...this.tiles.map((tile) => tile.element));
    area.onChange(() => this.reload());
    setInterval(() => this.draw(), 15_000);
    setInterval(() => this.reload(), REREAD_MS);
    this.reload();
  }

  note(changes: Change[]): void {
    const now = new Date().toISOString();
    for (const { layer } of this.tiles)
      if (layer && changes.some((change) => change.layer === layer.name)) Object.assign(layer, { last_change: now, overdue: false });
    this.timer ||= window.setTimeout(() => this.reload(), SETTLE_MS);
  }

  /** Reads every number again; without an answer the last ones stay, marked with their time. */
  reload(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    void this.read();
  }

  private async read(): Promise<void> {
    this.reading += 1;
    const turn = this.reading;
    const where = this.area.query();
    try {
      const answers = await Promise.all([this.readNumbers(where), this.readHours(where), this.readMonths(where)]);
      if (turn !== this.reading) return; // a later question was asked meanwhile
      for (const take of answers.flat()) take();
      this.readAt = new Date();
      this.mark(false);
    } catch {
      this.mark(true);
    }
    this.draw();
  }

  private async readNumbers(where: Record<string, string>): Promise<(() => void)[]> {
    const plain = this.tiles.filter(({ shown }) => shown.period !== "month");
    const parts = together(plain.map(({ shown }) => shown));
    const answers = await Promise.all(parts.map((part) => this.source.read(part.map(({ metric }) => metric), { ...where, ...during(part[0]?.period ?? "now") })));
    return parts.flatMap((part, index) => part.map((shown) => () => this.take(shown, answers[index]?.get(shown.metric))));
  }

  private async readHours(where: Record<string, string>): Promise<(() => void)[]> {
    const hourly = this.tiles.filter(({ shown }) => shown.course && shown.period !== "month");
    if (hourly.length === 0) return [];
    const answer = await this.source.read(hourly.map(({ shown }) => shown.metric), { ...where, by: "hour", datetime: since(2 * DAY - 1) });
    return hourly.map((tile) => () => this.takeHours(tile, answer.get(tile.shown.metric)));
  }

  private async readMonths(where: Record<string, string>): Promise<(() => void)[]> {
    const monthly = this.tiles.filter(({ shown }) => shown.period === "month");
    const answers = await Promise.all(monthly.map(({ shown }) => this.source.read([shown.metric], { ...where, by: "month", filter: shown.filter })));
    return monthly.map((tile, index) => () => this.takeMonths(tile, answers[index]?.get(tile.shown.metric)));
  }

  private take(shown: Shown, measured: Measured | undefined): void {
    const tile = this.tiles.find((one) => one.shown === shown);
    if (tile) tile.measured = measured ?? null;
  }

  private takeHours(tile: Tile, measured: Measured | undefined): void {
    const isCount = measured?.kind === "count";
    const values = byHour(measured?.groups ?? [], 2 * DAY, isCount ? 0 : null);
    tile.values = values.slice(DAY);
    tile.before = isCount ? values.slice(0, DAY).reduce<number>((sum, value) => sum + (value ?? 0), 0) : null;
    if (isCount) this.onHours?.(values.slice(DAY), values.slice(0, DAY));
  }

  private takeMonths(tile: Tile, measured: Measured | undefined): void {
    const groups = measured?.groups ?? [];
    const last = groups.at(-1);
    tile.values = groups.slice(-DAY).map(({ value }) => value);
    const code = /'(.*)'/.exec(tile.shown.filter)?.[1] ?? "";
    tile.measured = last && measured ? { ...last, unit: this.units[code] ?? "", kind: measured.kind, rises: measured.rises } : null;
  }

  private mark(stale: boolean): void {
    for (const { element } of this.tiles) element.classList.toggle("is-stale", stale);
  }

  private draw(): void {
    for (const tile of this.tiles) {
      const { element, layer, measured } = tile;
      const value = measured?.value ?? null;
      const text = value === null ? "–" : Number.isInteger(value) || Math.abs(value) >= 1_000 ? count(value) : number(Math.round(value * 10) / 10);
      tile.value.textContent = this.readAt ? text : "";
      tile.value.classList.toggle("is-loading", this.readAt === null);
      tile.value.dataset["long"] = String(text.length > 9 ? 2 : text.length > 6 ? 1 : 0);
      tile.unit.textContent = value === null ? "" : (measured?.unit ?? "");
      element.classList.toggle("is-overdue", layer?.overdue ?? false);
      element.classList.toggle("is-bad", value !== null && value > 0 && BAD.has(tile.shown.metric));
      fill(tile.note, this.sentence(tile, value));
      fill(tile.course, tile.values.some((one) => one !== null) ? spark(tile.values) : null);
    }
  }

  private sentence({ layer, element, measured, before, shown }: Tile, value: number | null): string {
    if (element.classList.contains("is-stale")) return this.readAt ? `▲ ${t("staleCount", { time: minutes(this.readAt) })}` : t("sourceFails");
    if (this.readAt === null) return t("loading");
    if (value === null) return t("noData");
    if (measured?.plan) return t("ofPlan", { plan: count(measured.plan), share: number(Math.round((1000 * value) / measured.plan) / 10) });
    if (before) return t(value >= before ? "moreThanBefore" : "lessThanBefore", { n: Math.abs(Math.round((100 * (value - before)) / before)) });
    if (layer?.overdue) return `▲ ${t("overdue")}`;
    if (shown.period === "week") return t("lastDays", { n: 7 });
    return layer?.last_change ? ago(new Date(layer.last_change)) : t("never");
  }
}

/** Any of these is one too many. */
const BAD = new Set(["incidents.overdue", "stations.alarms"]);

function tileOf(shown: Shown, layer: LayerInfo | undefined): Tile {
  const value = h("span", { class: "metric__value num" });
  const unit = h("span", { class: "metric__unit" });
  const note = h("p", { class: "metric__note" });
  const course = h("div", { class: "metric__course" });
  const element = h("article", { class: "metric box", "data-metric": shown.metric, "data-layer": layer?.name ?? "" },
    h("h2", { class: "metric__title" }, shown.title), h("p", { class: "metric__figure" }, value, unit), note, course);
  return { shown, layer, element, value, unit, note, course, measured: null, before: null, values: [] };
}
