/** A profile: the values of a raster along a line between two clicks, as a chart beside the map. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { pick } from "@core/map/picked.ts";
import type { LayerInfo } from "@core/page.ts";
import { h, svg } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";
import { icon } from "@core/ui/icons.ts";

import type { ViewState } from "./state.ts";

type Place = [number, number];

/** What `/query/coverages/<name>/profile` answers; points are metres, longitude, latitude, value. */
interface Profile {
  title: string;
  unit: string | null;
  length_m: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  up: number | null;
  down: number | null;
  points: [number, number, number, number | null][];
}

const WIDTH = 340;
const HEIGHT = 150;
/** Room for the words of both axes. */
const LEFT = 44;
const BOTTOM = 20;
const TOP = 8;

export class ProfileTool {
  private readonly map: MapLibreMap;
  private readonly state: ViewState;
  private readonly show: (...children: Node[]) => void;
  private readonly dot = new Marker({ element: h("div", { class: "profile-dot" }) });
  private waiting: { layer: LayerInfo; from: Place } | null = null;

  constructor(map: MapLibreMap, state: ViewState, show: (...children: Node[]) => void) {
    this.map = map;
    this.state = state;
    this.show = show;
  }

  /** The button of a raster's part of the card. */
  offer(layer: LayerInfo, from: Place): HTMLElement | null {
    if (!layer.raster || layer.raster.bands.length > 1) return null;
    return h("button", { class: "button button--quiet button--tiny profile-start", type: "button", onclick: () => this.begin(layer, from) }, icon("chart"), t("profileFromHere"));
  }

  /** Takes a click where it is the end of a line; answers whether it was. */
  click(to: Place): boolean {
    const { waiting } = this;
    if (!waiting) return false;
    this.waiting = null;
    this.map.getCanvas().style.cursor = "";
    void this.draw(waiting.layer, waiting.from, to);
    return true;
  }

  end(): void {
    this.waiting = null;
    this.map.getCanvas().style.cursor = "";
    this.dot.remove();
  }

  private begin(layer: LayerInfo, from: Place): void {
    this.waiting = { layer, from };
    this.map.getCanvas().style.cursor = "crosshair";
    this.show(h("div", { class: "place" }, h("h2", { class: "place__name" }, t("profile")), h("p", { class: "inspector__wait", role: "status" }, t("profileEnd"))));
  }

  private async draw(layer: LayerInfo, from: Place, to: Place): Promise<void> {
    pick(this.map, [{ geometry: { type: "LineString", coordinates: [from, to] }, wide: false }]);
    try {
      this.present(await this.fetch(layer, from, to));
    } catch (error) {
      this.show(h("p", { class: "notice notice--error" }, t("queryFailed", { reason: (error as Error).message })));
    }
  }

  private async fetch(layer: LayerInfo, from: Place, to: Place): Promise<Profile> {
    const address = new URL(layer.raster?.profile ?? "", location.href);
    address.searchParams.set("geometry", `LINESTRING(${from.map((value) => value.toFixed(7)).join(" ")},${to.map((value) => value.toFixed(7)).join(" ")})`);
    address.searchParams.set("samples", "240");
    if (this.state.date && layer.time) address.searchParams.set("datetime", this.state.date);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const body = (await answer.json()) as Profile & { detail?: string };
    if (!answer.ok) throw new Error(body.detail ?? String(answer.status));
    return body;
  }

  private present(profile: Profile): void {
    const unit = profile.unit ? ` ${profile.unit}` : "";
    const said = (value: number | null): string => (value === null ? "–" : `${number(round(value))}${unit}`);
    const facts: [string, string][] = [[t("profileLength"), distance(profile.length_m)], [t("profileLow"), said(profile.min)], [t("profileHigh"), said(profile.max)]];
    if (profile.unit === "m") facts.push([t("profileUp"), said(profile.up)], [t("profileDown"), said(profile.down)]);
    const readout = h("p", { class: "profile__readout num", role: "status" }, " ");
    this.show(
      h("div", { class: "place" }, h("h2", { class: "place__name", tabindex: -1 }, t("profile")), h("p", { class: "place__meta" }, profile.title)),
      profile.min === null ? h("p", { class: "empty" }, t("nothingHere")) : this.chart(profile, unit, readout), readout,
      h("dl", { class: "profile__facts" }, ...facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", { class: "num" }, value)))));
  }

  private chart(profile: Profile, unit: string, readout: HTMLElement): SVGElement {
    const low = profile.min ?? 0;
    const high = Math.max(profile.max ?? 1, low + 1e-6);
    const x = (metres: number): number => LEFT + (metres / Math.max(profile.length_m, 1e-6)) * (WIDTH - LEFT - 6);
    const y = (value: number): number => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const cursor = svg("line", { class: "profile__cursor", y1: TOP, y2: HEIGHT - BOTTOM, x1: -9, x2: -9 });
    const chart = svg("svg", { class: "profile", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${t("profile")}: ${profile.title}` },
      ...[0, 0.5, 1].flatMap((share) => {
        const value = low + (high - low) * share;
        return [svg("line", { class: "profile__grid", x1: LEFT, x2: WIDTH - 6, y1: y(value), y2: y(value) }), label(LEFT - 6, y(value) + 4, number(round(value)), "end")];
      }),
      ...runs(profile).flatMap((run) => [
        svg("path", { class: "profile__area", d: `M${run.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}L${x(run[run.length - 1]?.[0] ?? 0).toFixed(1)} ${HEIGHT - BOTTOM}L${x(run[0]?.[0] ?? 0).toFixed(1)} ${HEIGHT - BOTTOM}Z` }),
        svg("path", { class: "profile__line", d: `M${run.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L")}` }),
      ]),
      label(LEFT, HEIGHT - 5, "0", "start"), label(WIDTH - 6, HEIGHT - 5, distance(profile.length_m), "end"), cursor);
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - 6);
      const point = profile.points[Math.round(Math.max(0, Math.min(1, share)) * (profile.points.length - 1))];
      if (!point) return;
      const [metres, lon, lat, value] = point;
      cursor.setAttribute("x1", String(x(metres)));
      cursor.setAttribute("x2", String(x(metres)));
      this.dot.setLngLat([lon, lat]).addTo(this.map);
      readout.textContent = `${distance(metres)} · ${value === null ? "–" : `${number(round(value))}${unit}`}`;
    });
    chart.addEventListener("pointerleave", () => this.dot.remove());
    return chart;
  }
}

/** Pieces of the line without a gap. */
function runs({ points }: Profile): [number, number][][] {
  const found: [number, number][][] = [[]];
  for (const [metres, , , value] of points) {
    if (value === null) found.push([]);
    else found[found.length - 1]?.push([metres, value]);
  }
  return found.filter((run) => run.length > 1);
}

function label(x: number, y: number, text: string, anchor: string): SVGElement {
  const element = svg("text", { class: "profile__label", x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}

function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
}

function distance(metres: number): string {
  return metres >= 1_000 ? `${number(Math.round(metres / 10) / 100)} km` : `${number(Math.round(metres))} m`;
}
