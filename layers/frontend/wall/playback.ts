/** Playback: one clock over every layer whose features have a beginning and an end. Live layers rest meanwhile. */
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { layerOf } from "@core/map/style.ts";
import { need } from "@core/ui/dom.ts";

import { readMoments, type Timed } from "./moments.ts";
import type { WallPage } from "./page.ts";
import { TimeBar } from "./timebar.ts";

const HOUR = 3_600_000;
export const PERIODS = { day: { hours: 24, steps: 144 }, month: { hours: 30 * 24, steps: 180 } } as const;
export type Span = keyof typeof PERIODS;
const TICK_MS = 200;
const PREFIX = "play-";

export class Playback {
  private readonly page: WallPage;
  private readonly pause: (isPaused: boolean) => void;
  private readonly bar: TimeBar;
  private map: MapLibreMap | null = null;
  private span: Span = "day";
  private begin = 0;
  private at = 0;
  private timer = 0;
  private isOn = false;
  private names: string[] = [];

  /** `pause` rests what is live (true) and brings it back (false). */
  constructor(page: WallPage, pause: (isPaused: boolean) => void) {
    this.page = page;
    this.pause = pause;
    this.bar = new TimeBar(need("#timebar"), {
      toggle: () => void this.toggle(), seek: (share) => void this.seek(share), live: () => this.live(), span: (span) => void this.choose(span),
    });
  }

  on(map: MapLibreMap): void {
    this.map = map;
    this.bar.ready();
  }

  /** The bars of the last day before anything was asked for. */
  showHours(values: (number | null)[]): void {
    if (!this.isOn) this.bar.draw(values.map((value) => value ?? 0), this.span);
  }

  async toggle(): Promise<void> {
    if (this.timer) this.rest();
    else if (await this.open()) this.run();
  }

  /** Back to now. */
  live(): void {
    this.rest();
    if (!this.isOn) return;
    this.isOn = false;
    this.remove();
    delete document.body.dataset["playback"];
    this.bar.live();
    this.pause(false);
  }

  private async choose(span: Span): Promise<void> {
    const wasOn = this.isOn;
    this.live();
    this.span = span;
    if (wasOn && (await this.open())) this.run();
  }

  private async seek(share: number): Promise<void> {
    if (!(await this.open())) return;
    this.rest();
    this.show(this.begin + share * this.length);
  }

  private get length(): number {
    return PERIODS[this.span].hours * HOUR;
  }

  /** Reads the period once. Without an answer the wall stays live and says why. */
  private async open(): Promise<boolean> {
    if (this.isOn) return true;
    if (!this.map) return false;
    this.bar.loading();
    const end = Date.now();
    try {
      const found = await readMoments(this.page, new Date(end - this.length));
      this.begin = end - this.length;
      this.isOn = true;
      this.pause(true);
      this.add(found);
      this.bar.draw(histogram(found, this.begin, this.length, this.span === "day" ? 96 : 120), this.span, found.some(({ isCut }) => isCut));
      this.show(this.begin);
      return true;
    } catch {
      this.bar.live(t("playFailed"));
      return false;
    }
  }

  private run(): void {
    document.body.dataset["playback"] = "runs";
    const end = this.begin + this.length;
    if (this.at >= end) this.show(this.begin);
    this.timer = window.setInterval(() => {
      const next = Math.min(end, this.at + this.length / PERIODS[this.span].steps);
      this.show(next);
      if (next >= end) this.rest();
    }, TICK_MS);
    this.bar.state(true);
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.isOn) document.body.dataset["playback"] = "rests";
    this.bar.state(false);
  }

  private add(found: Timed[]): void {
    const { map } = this;
    if (!map) return;
    this.names = found.map(({ name }) => name);
    const parts = map.getStyle().layers;
    for (const { name, collection } of found) {
      map.addSource(PREFIX + name, { type: "geojson", data: collection });
      const own = parts.filter((part) => layerOf(part) === name && part.type !== "background");
      for (const part of own.length > 0 ? own : ALERTS) map.addLayer(copy(part, name));
    }
  }

  private remove(): void {
    const { map } = this;
    if (!map) return;
    for (const { id } of map.getStyle().layers) if (id.startsWith(PREFIX)) map.removeLayer(id);
    for (const name of this.names) if (map.getSource<GeoJSONSource>(PREFIX + name)) map.removeSource(PREFIX + name);
    this.names = [];
  }

  private show(at: number): void {
    const { map } = this;
    this.at = at;
    this.bar.move((at - this.begin) / this.length, new Date(at));
    document.body.dataset["clock"] = new Date(at).toISOString();
    for (const part of map?.getStyle().layers ?? []) {
      if (!part.id.startsWith(PREFIX)) continue;
      const own = (part.metadata as { filter?: ExpressionSpecification } | undefined)?.filter;
      map?.setFilter(part.id, ["all", ...(own ? [own] : []), ["<=", ["get", "from_ms"], at], [">", ["get", "to_ms"], at]] as never);
    }
  }
}

const ALERTS: LayerSpecification[] = [{
  id: "alerts", type: "circle", source: "alerts",
  paint: { "circle-radius": 15, "circle-opacity": 0, "circle-stroke-width": 2.5, "circle-stroke-color": ["match", ["get", "severity"], "critical", "#ff6b6b", "high", "#ff9a4d", "medium", "#ffc857", "#7cb8ff"] as never },
}];

/** The layer's own look over the period's features. */
function copy(part: LayerSpecification, name: string): never {
  const { id, type, paint, layout, filter } = part as LayerSpecification & { filter?: unknown };
  return { id: PREFIX + id, type, source: PREFIX + name, paint, layout: { ...layout, visibility: "visible" }, metadata: { filter }, filter: false } as never;
}

function histogram(found: Timed[], begin: number, length: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const { collection } of found)
    for (const { properties } of collection.features) {
      const bin = Math.floor(((Number(properties?.["from_ms"]) - begin) / length) * bins);
      if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
    }
  return counts;
}
