/** Scenes in rotation: which layers, coloured by what, for how long. A person's hand on the wall stops it for a while. */
import type { MapLibreMap } from "maplibre-gl";

import { t } from "@core/i18n.ts";
import { setVisible } from "@core/map/style.ts";
import { fill, h, need } from "@core/ui/dom.ts";

import type { Choropleth } from "./choropleth.ts";
import type { Scene, WallPage } from "./page.ts";

const HANDS_OFF_MS = 120_000;

/** The names of the layers of a scene: those it lists, or all that are switched on when a map opens. */
export function shownIn(page: WallPage, scene: Scene | undefined): Set<string> {
  const listed = scene?.layers ?? [];
  return new Set(page.layers.filter(({ name, visible }) => (listed.length > 0 ? listed.includes(name) : visible)).map(({ name }) => name));
}

export class Scenes {
  private readonly page: WallPage;
  private readonly choropleth: Choropleth;
  private readonly home: () => void;
  private map: MapLibreMap | null = null;
  /** Told which layers are shown. */
  onShow: ((shown: Set<string>) => void) | null = null;
  private index = -1;
  private timer = 0;
  private isHeld = false;
  private isResting = false;

  /** `home` puts the picture back to the whole area before a scene begins. */
  constructor(page: WallPage, choropleth: Choropleth, home: () => void) {
    this.page = page;
    this.choropleth = choropleth;
    this.home = home;
    for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, (event) => this.touched(event), { passive: true });
    need("#scene").addEventListener("click", () => this.hold(!this.isHeld));
  }

  on(map: MapLibreMap): void {
    this.map = map;
    this.next();
  }

  next(): void {
    this.show((this.index + 1) % Math.max(1, this.scenes.length));
  }

  /** Stops the rotation until it is let go. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.wait(this.scene?.dwell ?? 45);
    this.draw();
  }

  /** During playback nothing rotates, and layers that know time are not drawn live; afterwards they are again. */
  rest(isResting: boolean): void {
    this.isResting = isResting;
    this.showLayers();
    this.wait(this.scene?.dwell ?? 45);
  }

  private get scenes(): Scene[] {
    return this.page.wall.scenes;
  }

  private get scene(): Scene | undefined {
    return this.scenes[this.index];
  }

  private show(index: number): void {
    if (index !== this.index && this.index >= 0) this.home();
    this.index = index;
    const { scene } = this;
    if (!scene || !this.map) return;
    this.showLayers();
    this.choropleth.choose(scene.map);
    this.wait(scene.dwell);
    this.draw();
  }

  private showLayers(): void {
    const { scene, map } = this;
    if (!scene || !map) return;
    const shown = shownIn(this.page, scene);
    for (const { name, moments } of this.page.layers) setVisible(map, name, shown.has(name) && !(this.isResting && moments));
    this.onShow?.(shown);
  }

  private touched(event: Event): void {
    if (event instanceof KeyboardEvent && event.key === "n") return;
    this.wait(HANDS_OFF_MS / 1_000);
  }

  private wait(seconds: number): void {
    clearTimeout(this.timer);
    if (!this.isHeld && !this.isResting && this.scenes.length > 1) this.timer = window.setTimeout(() => this.next(), seconds * 1_000);
  }

  private draw(): void {
    const element = need("#scene");
    element.hidden = this.scenes.length < 2;
    element.dataset["scene"] = String(this.index);
    element.setAttribute("aria-pressed", String(this.isHeld));
    element.title = t(this.isHeld ? "sceneGo" : "sceneHold");
    fill(element, this.isHeld ? "❚❚ " : "▶ ", this.scene?.title ?? "",
      h("span", { class: "scene__dots", "aria-hidden": "true" }, ...this.scenes.map((_, index) => h("i", { class: index === this.index ? "is-now" : null }))));
  }
}
