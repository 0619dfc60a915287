/** A click on the map asks what stands there; the answer opens beside the map. */
import { Marker, type MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { atPoint, type AtPoint } from "@core/map/at_point.ts";
import type { Plane } from "@core/map/crs.ts";
import { loadFields } from "@core/map/field_words.ts";
import { pick } from "@core/map/picked.ts";
import { coordinates, results, unitHeading } from "@core/map/popup.ts";
import type { Page } from "@core/page.ts";
import { fill, h } from "@core/ui/dom.ts";
import { icon } from "@core/ui/icons.ts";

import { ProfileTool } from "./profile.ts";
import type { ViewState } from "./state.ts";

export class Inspector {
  private readonly map: MapLibreMap;
  private readonly element: HTMLElement;
  private readonly page: Page;
  private readonly state: ViewState;
  private readonly plane: Plane | null;
  private readonly marker: Marker;
  private readonly profile: ProfileTool;
  private asked: AbortController | null = null;
  private place: [number, number] | null = null;

  constructor(map: MapLibreMap, element: HTMLElement, page: Page, state: ViewState, plane: Plane | null) {
    this.map = map;
    this.element = element;
    this.page = page;
    this.state = state;
    this.plane = plane;
    this.marker = new Marker({ element: h("div", { class: "pin" }, icon("pin")), anchor: "bottom" });
    this.profile = new ProfileTool(map, state, (...children) => this.show(...children));
    map.on("click", ({ lngLat }) => {
      const { lng, lat } = lngLat.wrap();
      if (!this.profile.click([lng, lat])) void this.ask(lng, lat);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    // People without a pointer: Enter asks at the centre of the map.
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") void this.ask(map.getCenter().lng, map.getCenter().lat);
      if (event.key === "Escape") this.close();
    });
  }

  /** Asks again at the same place: the date, the layers or the data have changed. */
  again(): void {
    if (this.place && !this.element.hidden) void this.ask(...this.place, false);
  }

  close(): void {
    this.profile.end();
    this.asked?.abort();
    this.place = null;
    this.element.hidden = true;
    this.marker.remove();
    pick(this.map, []);
    this.map.getCanvas().focus({ preventScroll: true });
  }

  private async ask(lon: number, lat: number, focus = true): Promise<void> {
    this.profile.end();
    this.asked?.abort();
    this.asked = new AbortController();
    this.place = [lon, lat];
    this.marker.setLngLat([lon, lat]).addTo(this.map);
    if (focus || this.element.hidden) this.show(h("p", { class: "inspector__wait", role: "status" }, t("asking")), coordinates([lon, lat], this.plane));
    try {
      const answer = await atPoint(this.page.urls.at_point, lon, lat, { layers: this.state.shown, date: this.state.date, signal: this.asked.signal });
      await this.learnWords(answer);
      if (this.place?.[0] === lon && this.place[1] === lat) this.present(answer, [lon, lat], focus);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.show(h("p", { class: "notice notice--error" }, t("queryFailed", { reason: (error as Error).message })), coordinates([lon, lat], this.plane));
    }
  }

  private async learnWords(answer: AtPoint): Promise<void> {
    const names = new Set(answer.results.filter(({ features }) => features.length > 0).map(({ layer }) => layer));
    await Promise.all(this.page.layers.filter(({ name }) => names.has(name)).map(loadFields));
  }

  private present(answer: AtPoint, place: [number, number], focus: boolean): void {
    answer.results.sort((a, b) => this.rank(a.layer) - this.rank(b.layer));
    // What was most likely meant is outlined; a click on another title outlines that one instead.
    this.outline(answer.results.find(({ features }) => features.length > 0)?.features[0]);
    const heading = unitHeading(answer, this.state.date);
    this.show(heading, coordinates(place, this.plane),
      results(answer, { layers: this.page.layers, plane: this.plane, date: this.state.date, highlight: (feature) => this.outline(feature), raster: (layer) => this.profile.offer(layer, place) }));
    if (focus) heading.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  /** The finer a layer, the more likely it was meant: points, then lines, then areas, detailed ones first. */
  private rank(name: string): number {
    const layer = this.page.layers.find((candidate) => candidate.name === name);
    return layer ? ["point", "line", "polygon", "raster"].indexOf(layer.geometry) * 100 - layer.min_zoom : 1000;
  }

  private outline(feature: GeoJSON.Feature | undefined): void {
    const view = this.map.getBounds();
    const wide = feature?.geometry ? width(feature.geometry) > (view.getEast() - view.getWest()) / 3 : false;
    pick(this.map, feature?.geometry ? [{ geometry: feature.geometry, wide }] : []);
  }

  private show(...children: Node[]): void {
    const close = h("button", { class: "icon-button inspector__close", type: "button", title: t("close"), onclick: () => this.close() }, icon("close"), h("span", { class: "visually-hidden" }, t("close")));
    // The scrolling part is a child: the rounded panel itself must not scroll, or Chromium leaves a hole in the map below it.
    fill(this.element, close, h("div", { class: "inspector__body" }, ...children));
    this.element.hidden = false;
    this.uncover();
  }

  /** On a phone the card lies over the lower map: what was asked about is moved into sight. */
  private uncover(): void {
    if (!this.place) return;
    const { y } = this.map.project(this.place);
    const card = this.element.getBoundingClientRect();
    const limit = card.top - 60;
    if (card.left < 40 && y > limit) this.map.panBy([0, y - limit / 1.6], { duration: 300 });
  }
}

/** East-west extent of a geometry in degrees. */
function width(geometry: GeoJSON.Geometry): number {
  const lons = geometry.type === "GeometryCollection" ? [] : longitudes(geometry.coordinates);
  return lons.length > 0 ? lons.reduce((a, b) => Math.max(a, b)) - lons.reduce((a, b) => Math.min(a, b)) : 0;
}

function longitudes(coordinates: unknown[]): number[] {
  const [first] = coordinates;
  return typeof first === "number" ? [first] : coordinates.flatMap((part) => longitudes(part as unknown[]));
}
