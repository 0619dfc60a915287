/** Field reports on the wall: open ones by urgency, their states as bars, the newest in the ticker. */
import { t } from "@core/i18n.ts";
import { loadFields } from "@core/map/field_words.ts";
import type { LayerInfo, Page } from "@core/page.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { textOf } from "@core/ui/fields.ts";
import { ago, count, minutes } from "@core/ui/format.ts";

import { readAlarms, STATIONS } from "./alarms.ts";
import type { Alerts } from "./alerts.ts";
import { bySeverity, isOpen, severitySign, type Report, reportOf } from "./report.ts";

const LAYER = "incidents";
/** What the lists show; a wall reads a thousand of these. */
const NEEDED = "title,category,address,admin_unit,status,severity,reported_at";
const DAYS = 7;
const LIMIT = 1_000;
const SETTLE_MS = 1_500;
const REREAD_MS = 120_000;
const LISTED = 9;
const IN_TICKER = 12;

export class Incidents {
  readonly layer = LAYER;
  /** Told of what is critical and where, for rings on a map. */
  onDraw: ((critical: Report[]) => void) | null = null;
  private readonly alerts: Alerts;
  private readonly info: LayerInfo | undefined;
  private readonly url: string;
  private readonly page: Page;
  private reports: Report[] = [];
  private alarms: Report[] = [];
  private timer = 0;

  constructor(page: Page, alerts: Alerts) {
    this.page = page;
    this.alerts = alerts;
    alerts.onRead = () => this.draw();
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

  /** Whatever is critical now: alerts, stations that no rule speaks of, reports. */
  get critical(): Report[] {
    return [...this.alerts.reports, ...this.uncovered, ...this.reports].filter((report) => isOpen(report) && report.severity === "critical" && report.position);
  }

  private get uncovered(): Report[] {
    return this.alarms.filter(({ id }) => !this.alerts.covers(STATIONS, id));
  }

  private async read(): Promise<void> {
    this.timer = 0;
    if (!this.info) return;
    const since = new Date(Date.now() - DAYS * 86_400_000);
    const address = new URL(this.url, location.href);
    address.searchParams.set("limit", String(LIMIT));
    address.searchParams.set("properties", NEEDED);
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
    this.drawTicker();
    this.onDraw?.(this.critical);
    if (!this.info) return;
    const open = this.reports.filter(isOpen);
    this.drawOpen([...this.uncovered, ...open]);
    this.drawStates(open.length);
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
    const urgent = this.alerts.reports.filter(({ severity }) => severity === "critical" || severity === "high");
    const told = [...urgent, ...this.uncovered, ...this.reports].slice(0, IN_TICKER);
    need("#ticker").hidden = told.length === 0;
    need("#ticker").dataset["urgent"] = String(urgent.length > 0);
    need("#ticker-tag").textContent = t(urgent.length > 0 ? "tickerUrgent" : "tickerReports");
    const items = told.map((report) =>
      h("span", { class: "ticker__item" }, h("time", { class: "num" }, minutes(report.at)), ` ${report.title}${report.place ? ` – ${report.place}` : ""}`));
    const run = need("#ticker-run");
    // Written only when it differs: replacing the text restarts its walk across the screen.
    const text = items.map((item) => item.textContent).join();
    if (run.dataset["text"] === text) return;
    run.dataset["text"] = text;
    fill(run, ...items, ...items.map((item) => item.cloneNode(true)));
    run.style.setProperty("--seconds", `${Math.max(30, items.length * 9)}s`);
  }

  private word(field: string, value: string): string {
    return textOf(this.info?.fields?.find(({ name }) => name === field), value);
  }
}
