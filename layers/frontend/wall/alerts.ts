/** Open alerts: the list with who sees to which, the sign in the ticker, rings on the map, and a sound where one is wanted. */
import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { ago, count } from "@core/ui/format.ts";

import type { WallPage } from "./page.ts";
import { type Report, severitySign } from "./report.ts";
import type { Sound } from "./sound.ts";

const LISTED = 5;
const REREAD_MS = 10_000;
/** Rules are evaluated within a second and a half of the change that they are about. */
const AFTER_CHANGE_MS = [700, 2_500];

interface Alert {
  id: string;
  rule: string;
  layer: string;
  feature: number | null;
  severity: string;
  title: string;
  detail: string;
  unit: string | null;
  position: [number, number] | null;
  raised_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  escalated_at: string | null;
  sounds: boolean;
}

interface Answer {
  alerts: Alert[];
  may_answer: boolean;
  more: number;
}

export class Alerts {
  /** Told after each reading that brought something else. */
  onRead: (() => void) | null = null;
  private readonly url: URL;
  private readonly sound: Sound;
  private readonly show: ((position: [number, number]) => void) | null;
  private answer: Answer = { alerts: [], may_answer: false, more: 0 };
  private known: Set<string> | null = null;
  private text = "";
  private timers: number[] = [];

  constructor(page: WallPage, sound: Sound, show: ((position: [number, number]) => void) | null = null) {
    this.url = new URL(page.wall.alerts, location.href);
    this.sound = sound;
    this.show = show;
    setInterval(() => void this.read(), REREAD_MS);
    setInterval(() => this.draw(), 30_000);
    void this.read();
  }

  /** Something changed: what rules make of it is there soon. */
  reload(): void {
    this.timers.forEach(clearTimeout);
    this.timers = AFTER_CHANGE_MS.map((pause) => window.setTimeout(() => void this.read(), pause));
  }

  /** As reports, for the ticker and the rings. */
  get reports(): Report[] {
    return this.answer.alerts.map((alert) => ({
      id: alert.feature ?? 0, title: alert.title, place: [alert.detail, alert.unit].filter(Boolean).join(" · "), status: "", severity: alert.severity,
      at: new Date(alert.raised_at), position: alert.position,
    }));
  }

  /** Whether an alert speaks of this feature already. */
  covers(layer: string, feature: number): boolean {
    return this.answer.alerts.some((alert) => alert.layer === layer && alert.feature === feature);
  }

  async read(): Promise<void> {
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const text = await answer.text();
      if (text === this.text) return;
      this.text = text;
      this.answer = JSON.parse(text) as Answer;
    } catch {
      return; // The last list stays; that the line is down is said above the map.
    }
    this.hear();
    this.draw();
    this.onRead?.();
  }

  private hear(): void {
    const waiting = this.answer.alerts.filter(({ acknowledged_at }) => acknowledged_at === null);
    const fresh = waiting.filter(({ id }) => this.known !== null && !this.known.has(id));
    this.known = new Set(this.answer.alerts.map(({ id }) => id));
    this.sound.wanted = waiting.some(({ sounds }) => sounds);
    if (fresh.some(({ sounds }) => sounds)) this.sound.ring();
    const urgent = fresh.find(({ severity }) => severity === "critical");
    if (urgent) need("#said").textContent = t("alertSaid", { title: urgent.title, detail: urgent.detail });
  }

  private draw(): void {
    const { alerts, more } = this.answer;
    need("#alerts").hidden = alerts.length === 0;
    need("#alerts-note").textContent = count(alerts.length + more);
    const order = [...alerts].sort((a, b) => rank(a) - rank(b) || b.raised_at.localeCompare(a.raised_at));
    const rest = alerts.length + more - LISTED;
    fill(need("#alerts-list"), ...order.slice(0, LISTED).map((alert) => this.line(alert)), rest > 0 ? h("li", { class: "alerts__rest" }, t("alertsMore", { n: count(rest) })) : null);
  }

  private line(alert: Alert): HTMLElement {
    const { position } = alert;
    const { show } = this;
    const title = position && show
      ? h("button", { type: "button", class: "alert__title", onclick: () => show(position) }, alert.title)
      : h("b", { class: "alert__title" }, alert.title);
    return h("li", { class: "alert", "data-severity": alert.severity, "data-alert": alert.id, "data-known": alert.acknowledged_at !== null },
      severitySign(alert.severity), title, h("time", { class: "alert__when num" }, ago(new Date(alert.raised_at))),
      h("span", { class: "alert__where" }, [alert.detail, alert.unit].filter(Boolean).join(" · ") || alert.rule), this.state(alert));
  }

  private state(alert: Alert): HTMLElement {
    if (alert.acknowledged_at) return h("span", { class: "alert__state is-known", title: alert.acknowledged_by ?? "" }, `✓ ${alert.acknowledged_by ?? t("alertKnown")}`);
    if (this.answer.may_answer) return h("button", { type: "button", class: "alert__answer", onclick: () => void this.acknowledge(alert) }, t("alertAnswer"));
    return h("span", { class: "alert__state" }, t(alert.escalated_at ? "alertEscalated" : "alertNew"));
  }

  private async acknowledge(alert: Alert): Promise<void> {
    const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(`${this.url.pathname}/${alert.id}/acknowledge`, { method: "POST", headers, body: "{}" }).catch(() => null);
    if (answer?.ok) this.sound.stop();
    void this.read();
  }
}

const ORDER = ["critical", "high", "medium", "low"];

/** What nobody sees to stands first. */
function rank({ severity, acknowledged_at }: Alert): number {
  return ORDER.indexOf(severity) + (acknowledged_at === null ? 0 : ORDER.length);
}
