/** Field reports on the wall: open ones by urgency, their states as bars, the newest in the ticker, rings round the critical. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { loadFields } from "@core/map/field_words.ts";
import type { LayerInfo, Page } from "@core/page.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { textOf } from "@core/ui/fields.ts";
import { ago, count, minutes } from "@core/ui/format.ts";

import { readAlarms, STATIONS } from "./alarms.ts";
import { bySeverity, isOpen, severitySign, type Report, reportOf } from "./report.ts";

const LAYER = "incidents";
const DAYS = 7;
const LIMIT = 1_000;
const SETTLE_MS = 1_500;
const REREAD_MS = 120_000;
const LISTED = 9;
const IN_TICKER = 12;
const RINGS = 12;

export class Incidents {
  readonly layer = LAYER;
  private readonly info: LayerInfo | undefined;
  private readonly url: string;
  private readonly page: Page;
  private reports: Report[] = [];
  private alarms: Report[] = [];
  private map: MapLibreMap | null = null;
  private rings: Marker[] = [];
  private timer = 0;

  constructor(page: Page) {
    this.page = page;
    this.info = page.layers.find(({ name }) => name === LAYER);
    this.url = page.urls.items?.replace("{layer}", LAYER) ?? "";
    if (!this.info || !this.url) return;
    void this.read();
    setInterval(() => this.draw(), 30_000);
    setInterval(() => void this.read(), REREAD_MS);
  }

  /** Reads the reports again soon; a burst of changes is one reading. */
  reload(): void {
    if (this.info && this.url) this.timer ||= window.setTimeout(() => void this.read(), SETTLE_MS);
  }

  /** Whether a change of this layer may change the lists. */
  listens(layer: string): boolean {
    return layer === LAYER || layer === STATIONS;
  }

  pulseOn(map: MapLibreMap): void {
    this.map = map;
    this.drawRings();
  }

  private async read(): Promise<void> {
    this.timer = 0;
    if (!this.info) return;
    const since = new Date(Date.now() - DAYS * 86_400_000);
    const address = new URL(this.url, location.href);
    address.searchParams.set("limit", String(LIMIT));
    address.searchParams.set("datetime", `${since.toISOString().slice(0, 19)}Z/..`);
    try {
      const [answer, alarms] = await Promise.all([fetch(address, { headers: { Accept: "application/geo+json" } }), readAlarms(this.page), loadFields(this.info)]);
      if (!answer.ok) return;
      this.alarms = alarms;
      const { features } = (await answer.json()) as GeoJSON.FeatureCollection;
      this.reports = features.map(reportOf).sort((a, b) => b.at.getTime() - a.at.getTime());
      this.draw();
    } catch {
      // The last list stays; the connection chip and the data's age say that the line is down.
    }
  }

  private draw(): void {
    const open = this.reports.filter(isOpen);
    this.drawOpen([...this.alarms, ...open]);
    this.drawStates(open.length);
    this.drawTicker();
    this.drawRings();
  }

  private drawOpen(open: Report[]): void {
    need("#open").hidden = false;
    need("#open-note").textContent = t("unresolved", { n: count(open.length) });
    const lines = [...open].sort(bySeverity).slice(0, LISTED).map((report) =>
      h("li", { class: "report", "data-severity": report.severity }, severitySign(report.severity), h("b", { class: "report__title" }, report.title),
        h("time", { class: "report__when num" }, ago(report.at)), h("span", { class: "report__where" }, report.place),
        h("span", { class: "report__state" }, this.word("status", report.status))));
    fill(need("#open-list"), ...(lines.length > 0 ? lines : [h("li", { class: "nothing" }, t("noIncidents"))]));
  }

  private drawStates(open: number): void {
    need("#states").hidden = this.reports.length === 0;
    need("#states-note").textContent = t("lastDays", { n: DAYS });
    const counts = new Map<string, number>();
    for (const { status } of this.reports) counts.set(status, (counts.get(status) ?? 0) + 1);
    const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6);
    const highest = Math.max(1, open, ...counts.values());
    fill(need("#states-bars"), ...rows.map(([status, value]) => {
      const bar = h("i", { class: "bar__fill" });
      bar.style.width = `${(value / highest) * 100}%`;
      return h("p", { class: "bar" }, h("span", { class: "bar__label" }, this.word("status", status)), h("span", { class: "bar__track" }, bar), h("b", { class: "bar__value num" }, count(value)));
    }));
  }

  private drawTicker(): void {
    need("#ticker").hidden = this.reports.length + this.alarms.length === 0;
    const items = [...this.alarms, ...this.reports].slice(0, IN_TICKER).map((report) =>
      h("span", { class: "ticker__item" }, h("time", { class: "num" }, minutes(report.at)), ` ${report.title}${report.place ? ` – ${report.place}` : ""}`));
    const run = need("#ticker-run");
    // Written only when it differs: replacing the text restarts its walk across the screen.
    const text = items.map((item) => item.textContent).join();
    if (run.dataset["text"] === text) return;
    run.dataset["text"] = text;
    fill(run, ...items, ...items.map((item) => item.cloneNode(true)));
    run.style.setProperty("--seconds", `${Math.max(30, items.length * 9)}s`);
  }

  private drawRings(): void {
    const { map } = this;
    if (!map) return;
    this.rings.forEach((ring) => ring.remove());
    this.rings = [...this.alarms, ...this.reports].filter((report) => isOpen(report) && report.severity === "critical" && report.position).slice(0, RINGS)
      .map(({ position }) => new Marker({ element: h("i", { class: "ring" }) }).setLngLat(position ?? [0, 0]).addTo(map));
  }

  private word(field: string, value: string): string {
    return textOf(this.info?.fields?.find(({ name }) => name === field), value);
  }
}
