/** Communes coloured by one metric; the same numbers as a ranking, which is also the map's table for keyboards and readers. */
import type { MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import type { Change } from "@core/map/live.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { count, number } from "@core/ui/format.ts";
import { currentTheme } from "@core/ui/theme.ts";

import type { Area, UnitName } from "./area.ts";
import { type Shown, visibleTo, type WallPage } from "./page.ts";
import { during, type Group, MetricSource } from "./source.ts";

export const UNITS = "admin_units";
const COLOURS = "wall-units";
const RAMPS = { dark: ["#12263f", "#15395a", "#185073", "#1c6c8b", "#2a8c9f"], light: ["#e4eff5", "#b8d7e5", "#84bad2", "#4b97b9", "#1c6a92"] };
const PLAIN = { dark: "#12304b", light: "#f1f5f8" };
const RAMP = RAMPS[currentTheme()];
const NONE = PLAIN[currentTheme()];
const REREAD_MS = 60_000;
const SETTLE_MS = 1_500;

interface Row {
  unit: UnitName;
  value: number | null;
}

export class Choropleth {
  readonly maps: Shown[];
  /** Told when other units or colours are shown. */
  onDraw: (() => void) | null = null;
  private readonly source: MetricSource;
  private readonly area: Area;
  private map: MapLibreMap | null = null;
  private chosen: Shown | null = null;
  private rows: Row[] = [];
  private unitOfMeasure = "";
  private timer = 0;

  constructor(page: WallPage, area: Area) {
    this.source = new MetricSource(page.wall.metrics);
    this.area = area;
    this.maps = visibleTo(page, page.wall.maps);
    fill(need("#maps"), ...this.maps.map((shown, index) =>
      h("button", { type: "button", class: "chip-button", "aria-pressed": false, title: `${index + 1}`, onclick: () => this.toggle(shown) }, shown.title)));
    area.onChange(() => this.draw());
    setInterval(() => void this.read(), REREAD_MS);
  }

  /** The units by id, for whoever names a clicked one. */
  nameOf(id: number): string | null {
    return this.rows.find(({ unit }) => unit.id === id)?.unit.name ?? null;
  }

  colourOf(id: number): string {
    const row = this.rows.find(({ unit }) => unit.id === id);
    return row ? this.colour(row.value) : NONE;
  }

  showOn(map: MapLibreMap): void {
    this.map = map;
    const { layers, sources } = map.getStyle();
    if (!sources[UNITS]) return;
    // Over all surfaces, under all lines; from close by the surfaces themselves are of interest.
    map.addLayer({
      id: COLOURS, type: "fill", source: UNITS, "source-layer": UNITS, filter: ["==", ["get", "level"], "commune"], layout: { visibility: "none" },
      paint: { "fill-color": NONE, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.72, 15.5, 0.1] },
    }, layers.find(({ type }) => type === "line")?.id);
    this.draw();
  }

  /** By a metric's name (scenes), `*` for the first; an unknown name leaves communes plain. */
  choose(metric: string): void {
    this.select((metric === "*" ? this.maps[0] : this.maps.find((shown) => shown.metric === metric)) ?? null);
  }

  chooseNumber(index: number): void {
    const shown = this.maps[index];
    if (shown) this.toggle(shown);
  }

  note(changes: Change[]): void {
    const layer = this.chosen?.metric.split(".")[0];
    if (changes.some((change) => change.layer === layer)) this.timer ||= window.setTimeout(() => void this.read(), SETTLE_MS);
  }

  private toggle(shown: Shown): void {
    this.select(shown === this.chosen ? null : shown);
  }

  private select(shown: Shown | null): void {
    this.chosen = shown;
    [...need("#maps").children].forEach((button, index) => {
      button.setAttribute("aria-pressed", String(this.maps[index] === shown));
      if (this.maps[index] === shown) button.scrollIntoView({ block: "nearest", inline: "center" });
    });
    this.rows = this.rows.map((row) => ({ ...row, value: null }));
    void this.read();
  }

  /** Reads the numbers again; without an answer the last colours stay (the line's age is said elsewhere). */
  async read(): Promise<void> {
    this.timer = 0;
    const shown = this.chosen ?? this.maps[0];
    if (!shown) return;
    try {
      const answer = await this.source.read([shown.metric], { by: "unit", level: "commune", filter: shown.filter, ...during(shown.period) });
      const measured = answer.get(shown.metric);
      this.unitOfMeasure = measured?.unit ?? "";
      this.rows = (measured?.groups ?? []).flatMap((group) => rowOf(group));
    } catch {
      return;
    }
    this.draw();
  }

  private draw(): void {
    this.drawMap();
    this.drawLegend();
    this.drawRanking();
    this.onDraw?.();
  }

  private drawMap(): void {
    const { map } = this;
    if (!map?.getLayer(COLOURS)) return;
    const pairs = this.rows.flatMap(({ unit, value }) => [unit.id, this.colour(value)]);
    const isColoured = this.chosen !== null && pairs.length > 0;
    map.setLayoutProperty(COLOURS, "visibility", isColoured ? "visible" : "none");
    if (isColoured) map.setPaintProperty(COLOURS, "fill-color", ["match", ["id"], ...pairs, NONE] as never);
  }

  private drawLegend(): void {
    const ramp = need("#ramp");
    const [low, high] = this.range();
    // A map without numbers has a legend too: «–» at both ends says that nothing is known.
    ramp.hidden = this.chosen === null;
    if (ramp.hidden) return;
    fill(ramp, h("h3", {}, this.chosen?.title ?? ""), h("div", { class: "ramp__colours" }, ...RAMP.map((colour) => {
      const cell = h("i", {});
      cell.style.background = colour;
      return cell;
    })), h("p", { class: "ramp__ends num" }, h("span", {}, this.words(low)), h("span", {}, this.words(high))));
  }

  private drawRanking(): void {
    const panel = need("#ranking");
    const shown = this.chosen ?? this.maps[0];
    panel.hidden = !shown || this.rows.length === 0;
    if (!shown || panel.hidden) return;
    fill(need("#ranking-title"), shown.title);
    need("#ranking-note").textContent = shown.period === "week" ? t("lastDays", { n: 7 }) : t("byUnit");
    const highest = Math.max(...this.rows.map(({ value }) => value ?? 0), 1e-9);
    fill(need("#ranking-rows"), ...[...this.rows].sort((a, b) => (b.value ?? -1) - (a.value ?? -1)).map((row) => this.line(row, highest)));
  }

  private line({ unit, value }: Row, highest: number): HTMLElement {
    const bar = h("i", { class: "bar__fill" });
    bar.style.width = `${(Math.max(0, value ?? 0) / highest) * 100}%`;
    const isChosen = this.area.unit?.id === unit.id;
    return h("tr", { class: isChosen ? "is-chosen" : null },
      h("th", { scope: "row" }, h("button", { type: "button", class: "rank", "data-unit": unit.id, "aria-pressed": isChosen, onclick: () => this.area.choose(isChosen ? null : unit) }, unit.name)),
      h("td", { class: "rank__bar" }, h("span", { class: "bar__track" }, bar)), h("td", { class: "num" }, this.words(value)));
  }

  private range(): [number, number] | [null, null] {
    const known = this.rows.map(({ value }) => value).filter((value): value is number => value !== null);
    return known.length === 0 ? [null, null] : [Math.min(...known), Math.max(...known)];
  }

  private colour(value: number | null): string {
    const [low, high] = this.range();
    if (value === null || low === null) return NONE;
    // Equal values are in the middle of the ramp: none of them is better.
    const share = high === low ? 0.5 : (value - low) / (high - low);
    return RAMP[Math.min(RAMP.length - 1, Math.floor(share * RAMP.length))] ?? NONE;
  }

  private words(value: number | null): string {
    if (value === null) return "–";
    const text = Number.isInteger(value) || value >= 1_000 ? count(value) : number(Math.round(value * 10) / 10);
    return this.unitOfMeasure ? `${text} ${this.unitOfMeasure}` : text;
  }
}

function rowOf({ key, label, value }: Group): Row[] {
  return key !== null && typeof key === "object" ? [{ unit: { id: key.id, name: label }, value }] : [];
}
