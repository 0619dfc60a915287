/** From the whole area to a commune and back: breadcrumb, outline, the unit's card. */
import type { ExpressionSpecification, MapLibreMap, MapMouseEvent } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import type { Bounds } from "@core/page.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { count, number } from "@core/ui/format.ts";
import { currentTheme } from "@core/ui/theme.ts";

import type { Area, UnitName } from "./area.ts";
import { type Choropleth, UNITS } from "./choropleth.ts";
import { type Shown, visibleTo, type WallPage } from "./page.ts";
import { during, type Measured, MetricSource, together } from "./source.ts";

const CHOSEN = "wall-chosen";

export class Drill {
  private readonly page: WallPage;
  private readonly area: Area;
  private readonly choropleth: Choropleth;
  private readonly source: MetricSource;
  private map: MapLibreMap | null = null;
  private goHome: () => void = () => undefined;
  private turn = 0;

  constructor(page: WallPage, area: Area, choropleth: Choropleth) {
    this.page = page;
    this.area = area;
    this.choropleth = choropleth;
    this.source = new MetricSource(page.wall.metrics);
    area.onChange(() => this.follow());
    setInterval(() => void this.readCard(), 60_000);
    this.drawPath();
  }

  /** `home` brings the whole area back into sight. */
  on(map: MapLibreMap, home: () => void): void {
    this.map = map;
    this.goHome = home;
    if (!map.getLayer(`${UNITS}-fill`)) return;
    map.addLayer({
      id: CHOSEN, type: "line", source: UNITS, "source-layer": UNITS, filter: chosen(null),
      layout: { "line-join": "round" }, paint: { "line-color": currentTheme() === "dark" ? "#c8f2ff" : "#0b4f6c", "line-width": 3.2, "line-blur": 0.4 },
    });
    map.on("click", (event) => this.click(event));
    map.on("moveend", (event) => {
      // A person's own moves alone: those of scenes and of this class carry no event of the browser.
      if ((event as { originalEvent?: Event }).originalEvent) this.area.see(map.getBounds().toArray().flat() as Bounds);
    });
    this.follow();
  }

  up(): void {
    this.goHome();
    this.area.choose(null);
  }

  private click({ point }: MapMouseEvent): void {
    const [feature] = this.map?.queryRenderedFeatures(point, { layers: [`${UNITS}-fill`] }) ?? [];
    const id = Number(feature?.id);
    const name = feature ? this.choropleth.nameOf(id) : null;
    if (name !== null) this.area.choose(this.area.unit?.id === id ? null : { id, name });
  }

  private follow(): void {
    const { unit } = this.area;
    this.drawPath();
    this.map?.setFilter(CHOSEN, chosen(unit?.id ?? null));
    void this.readCard();
    if (unit) void this.fit(unit);
  }

  private drawPath(): void {
    const { unit, isWhole } = this.area;
    const root = h("button", { type: "button", class: "path__step", "aria-current": isWhole ? "location" : null, onclick: () => this.up() }, t("wholeArea"));
    const step = unit ? h("b", { class: "path__step is-here", "aria-current": "location" }, unit.name) : isWhole ? null : h("b", { class: "path__step is-here" }, t("inSight"));
    fill(need("#path"), root, step ? h("span", { "aria-hidden": "true" }, "›") : null, step);
  }

  private async fit(unit: UnitName): Promise<void> {
    const address = this.page.urls.items?.replace("{layer}", UNITS);
    if (!address || !this.map) return;
    const answer = await fetch(new URL(`${address}/${unit.id}`, location.href), { headers: { Accept: "application/geo+json" } }).catch(() => null);
    if (!answer?.ok || this.area.unit?.id !== unit.id) return;
    const { geometry } = (await answer.json()) as GeoJSON.Feature;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(boundsOf(geometry), { padding: 70, animate: !still, duration: 900 });
  }

  private async readCard(): Promise<void> {
    const { unit } = this.area;
    const card = need("#card");
    this.turn += 1;
    const turn = this.turn;
    if (!unit) {
      card.hidden = true;
      return;
    }
    const shown = visibleTo(this.page, [...this.page.wall.maps]);
    const parts = together(shown);
    try {
      const answers = await Promise.all(parts.map((part) => this.source.read(part.map(({ metric }) => metric), { unit: String(unit.id), filter: part[0]?.filter ?? "", ...during(part[0]?.period ?? "now") })));
      if (turn !== this.turn) return;
      const lines = parts.flatMap((part, index) => part.map((one) => line(one, answers[index]?.get(one.metric))));
      fill(card, h("h2", {}, unit.name), h("dl", { class: "card__lines" }, ...lines), this.contact());
      card.hidden = false;
    } catch {
      // The last card stays; that the line is down is said above the map.
    }
  }

  /** Who answers for field reports here: the focal contact of the layer. */
  private contact(): HTMLElement | null {
    const contact = this.page.layers.find(({ name }) => name === "incidents")?.contact;
    return contact ? h("p", { class: "card__contact" }, `${t("contact")}: ${[contact.name, contact.phone].filter(Boolean).join(" · ")}`) : null;
  }
}

function line(shown: Shown, measured: Measured | undefined): HTMLElement {
  const value = measured?.value ?? null;
  const isBad = measured?.rises === false && value !== null && value > 0 && shown.metric.endsWith("overdue");
  const text = value === null ? "–" : `${Number.isInteger(value) ? count(value) : number(Math.round(value * 10) / 10)}${measured?.unit ? ` ${measured.unit}` : ""}`;
  return h("div", { class: isBad ? "is-bad" : null }, h("dt", {}, shown.title), h("dd", { class: "num" }, isBad ? `◆ ${text}` : text));
}

function chosen(id: number | null): ExpressionSpecification {
  return ["==", ["id"], id ?? -1] as unknown as ExpressionSpecification;
}

function boundsOf(geometry: GeoJSON.Geometry): Bounds {
  const all: number[][] = [];
  const walk = (part: unknown): void => {
    if (Array.isArray(part) && typeof part[0] === "number") all.push(part as number[]);
    else if (Array.isArray(part)) part.forEach(walk);
  };
  walk("coordinates" in geometry ? geometry.coordinates : []);
  const east = all.map(([x]) => x ?? 0);
  const north = all.map(([, y]) => y ?? 0);
  return [Math.min(...east), Math.min(...north), Math.max(...east), Math.max(...north)];
}
