/** The viewer's map: controls, style in two themes, layers on and off, the moment. */
import { GeolocateControl, NavigationControl, ScaleControl, type MapLibreMap, type StyleSpecification } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { createMap, type CountedMap } from "@core/map/create.ts";
import { keepPicked } from "@core/map/picked.ts";
import { fetchStyle, prepared, setDate, setLook, setOpacity, setVisible } from "@core/map/style.ts";
import type { Bounds, Page } from "@core/page.ts";
import { h } from "@core/ui/dom.ts";
import { icon } from "@core/ui/icons.ts";
import { currentTheme } from "@core/ui/theme.ts";

import { hasPlace, MAP_KEY, type ViewState } from "./state.ts";

export class ViewerMap {
  readonly map: MapLibreMap;
  readonly requests: () => number;
  private readonly page: Page;
  private readonly state: ViewState;
  private served: StyleSpecification;

  private constructor(page: Page, state: ViewState, served: StyleSpecification, counted: CountedMap) {
    this.page = page;
    this.state = state;
    this.served = served;
    this.map = counted.map;
    this.requests = counted.requests;
    document.addEventListener("themechange", () => void this.restyle());
  }

  /** Fetches the style and makes the map. Throws with a sentence when the style cannot be had. */
  static async create(page: Page, state: ViewState, container: HTMLElement): Promise<ViewerMap> {
    const served = await fetchStyle(page.urls.style, currentTheme());
    const counted = createMap({ container, style: prepared(served, choice(state)), worker: page.urls.worker, bounds: page.bounds, padding: { padding: padding() }, hash: MAP_KEY });
    const viewer = new ViewerMap(page, state, served, counted);
    if (!hasPlace()) counted.map.fitBounds(page.bounds, { padding: padding(), animate: false });
    return viewer;
  }

  /** The style as it is shown now. */
  get style(): StyleSpecification {
    return prepared(this.served, choice(this.state));
  }

  toggle(name: string, visible: boolean): void {
    if (visible) this.state.visible.add(name);
    else this.state.visible.delete(name);
    setVisible(this.map, name, visible);
    this.state.save();
  }

  fade(name: string, share: number): void {
    if (share < 1) this.state.opacity.set(name, share);
    else this.state.opacity.delete(name);
    setOpacity(this.map, name, share);
    this.state.save();
  }

  /** Draws a raster in another of its styles; "" is its owner's. */
  draw(name: string, look: string): void {
    if (look) this.state.looks.set(name, look);
    else this.state.looks.delete(name);
    setLook(this.map, name, look);
    this.state.save();
  }

  moveTo(date: string | null): void {
    this.state.date = date;
    setDate(this.map, this.state.timed, date);
    this.state.save();
  }

  /** Brings a box into the part of the map that no panel covers. */
  fit(bounds: Bounds, minZoom: number): void {
    const camera = this.map.cameraForBounds(bounds, { padding: padding() });
    if (!camera) return;
    // The whole extent of a detailed layer is a scale at which it draws nothing.
    this.map.flyTo({ ...camera, zoom: Math.max(camera.zoom ?? 0, minZoom + 0.3), speed: 2.2, maxDuration: 1800 });
  }

  /** Zoom, home and position in `corner`; the scale stands on the map itself. */
  addControls(corner: HTMLElement): void {
    const home = h("button", { type: "button", class: "maplibregl-ctrl-home", title: t("wholeArea"), onclick: () => this.fit(this.page.bounds, 0) }, icon("home"));
    const navigation = new NavigationControl({ showCompass: false }).onAdd(this.map);
    navigation.append(home);
    corner.append(navigation);
    // Browsers give a position only to secure pages; a button that can only fail is not shown.
    if (isSecureContext) corner.append(new GeolocateControl({ positionOptions: { enableHighAccuracy: true }, trackUserLocation: true }).onAdd(this.map));
    this.map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-right");
  }

  private async restyle(): Promise<void> {
    this.served = await fetchStyle(this.page.urls.style, currentTheme());
    const style = this.style;
    keepPicked(this.map, style);
    this.map.setStyle(style);
    document.dispatchEvent(new Event("restyled"));
  }
}

function choice(state: ViewState) {
  return { theme: currentTheme(), visible: state.visible, timed: state.timed, date: state.date, opacity: state.opacity, looks: state.looks };
}

/** Room for the panel on wide screens, for the sheet on narrow ones. */
function padding(): { top: number; right: number; bottom: number; left: number } {
  return innerWidth < 800 ? { top: 70, right: 16, bottom: 170, left: 16 } : { top: 64, right: 48, bottom: 72, left: 430 };
}
