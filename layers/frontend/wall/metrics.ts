/** One tile per layer: how many rows, what happened to it in the last half hour, and whether it is up to date. */
import { t } from "@core/i18n.ts";
import type { Change } from "@core/map/live.ts";
import type { LayerInfo, Page } from "@core/page.ts";
import { fill, h } from "@core/ui/dom.ts";
import { ago, count, minutes } from "@core/ui/format.ts";
import { layerSign } from "@core/ui/legend.ts";

import { Activity } from "./activity.ts";

const REREAD_MS = 60_000;
/** Counts are read again this long after a change: one reading for a burst of them. */
const SETTLE_MS = 1_500;

interface Tile {
  layer: LayerInfo;
  element: HTMLElement;
  value: HTMLElement;
  note: HTMLElement;
  activity: Activity;
  first: number | null;
}

export class Metrics {
  private readonly url: string | undefined;
  private readonly tiles = new Map<string, Tile>();
  private readonly opened = new Date();
  private readAt: Date | null = null;
  private timer = 0;

  constructor(element: HTMLElement, page: Page) {
    this.url = page.urls.counts;
    for (const layer of page.layers) this.tiles.set(layer.name, tileOf(layer));
    fill(element, ...[...this.tiles.values()].map((tile) => tile.element));
    this.draw();
    setInterval(() => this.draw(), 15_000);
    setInterval(() => this.reload(), REREAD_MS);
  }

  note(changes: Change[]): void {
    const now = new Date();
    for (const { layer, ids } of changes) {
      const tile = this.tiles.get(layer);
      if (!tile) continue;
      tile.layer.last_change = now.toISOString();
      tile.layer.overdue = false;
      tile.activity.add(now, ids?.length ?? 1);
    }
    this.draw();
    this.timer ||= window.setTimeout(() => this.reload(), SETTLE_MS);
  }

  /** Reads every count again; without an answer the last figures stay, marked with their time. */
  reload(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.url) void this.read(this.url);
  }

  private async read(url: string): Promise<void> {
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const counts = (await answer.json()) as Record<string, number>;
      this.readAt = new Date();
      for (const [name, value] of Object.entries(counts)) {
        const tile = this.tiles.get(name);
        if (tile) tile.layer.count = value;
      }
      this.mark(false);
    } catch {
      this.mark(true);
    }
    this.draw();
  }

  private mark(stale: boolean): void {
    for (const { element } of this.tiles.values()) element.classList.toggle("is-stale", stale);
  }

  private draw(): void {
    for (const tile of this.tiles.values()) {
      const { layer, value, note } = tile;
      tile.first ??= layer.count;
      const text = layer.count === null ? "–" : count(layer.count);
      value.textContent = text;
      value.dataset["long"] = String(text.length > 9 ? 2 : text.length > 6 ? 1 : 0);
      tile.element.classList.toggle("is-overdue", layer.overdue);
      fill(note, this.sentence(tile));
      tile.activity.draw(new Date());
    }
  }

  private sentence({ layer, element, first }: Tile): string {
    if (element.classList.contains("is-stale")) return `▲ ${t("staleCount", { time: minutes(this.readAt ?? this.opened) })}`;
    if (!layer.count) return t("noData");
    const difference = layer.count - (first ?? layer.count);
    if (difference !== 0) return t("more", { n: `${difference > 0 ? "+" : "−"}${count(Math.abs(difference))}`, time: minutes(this.opened) });
    if (layer.overdue) return `▲ ${t("overdue")}`;
    return layer.last_change ? ago(new Date(layer.last_change)) : t("never");
  }
}

function tileOf(layer: LayerInfo): Tile {
  const value = h("p", { class: "metric__value num" });
  const note = h("p", { class: "metric__note" });
  const activity = new Activity();
  const element = h("article", { class: "metric box", "data-layer": layer.name },
    h("h2", { class: "metric__title" }, layer.title), value, h("div", { class: "metric__row" }, note, layerSign(layer)),
    h("p", { class: "metric__owner" }, layer.owner ?? ""), activity.element);
  return { layer, element, value, note, activity, first: null };
}
