/** The panel's two faces: the list of layers, and one layer's card with its preview. */
import type { LayerInfo, Page } from "@core/page.ts";
import { fill } from "@core/ui/dom.ts";
import type { Sheet } from "@core/ui/sheet.ts";

import { layerCard } from "./card.ts";
import { Catalogue } from "./catalogue.ts";
import type { ViewerMap } from "./map.ts";
import { Preview } from "./preview.ts";
import type { ViewState } from "./state.ts";

export class Panel {
  readonly catalogue: Catalogue;
  private readonly body: HTMLElement;
  private readonly state: ViewState;
  private readonly sheet: Sheet;
  private readonly preview: Preview;
  private readonly viewer: () => ViewerMap | null;
  private readonly changed: () => void;
  private shown: { layer: LayerInfo; place: HTMLElement } | null = null;
  /** What was visible before one layer was shown alone. */
  private before: { alone: string; visible: string[] } | null = null;

  constructor(page: Page, state: ViewState, body: HTMLElement, sheet: Sheet, viewer: () => ViewerMap | null, changed: () => void) {
    this.body = body;
    this.state = state;
    this.sheet = sheet;
    this.viewer = viewer;
    this.changed = changed;
    this.preview = new Preview(page);
    this.catalogue = new Catalogue(page.layers, {
      isVisible: (name) => state.visible.has(name),
      toggle: (name, visible) => this.toggle(name, visible),
      open: (layer) => this.open(layer),
    });
    fill(body, this.catalogue.element);
  }

  private toggle(name: string, visible: boolean): void {
    this.before = null;
    this.viewer()?.toggle(name, visible);
    this.changed();
  }

  private open(layer: LayerInfo): void {
    const card = layerCard(layer, this.before?.alone === layer.name, {
      back: () => this.back(layer),
      fit: (target) => this.fit(target),
      isolate: (target) => this.isolate(target),
      opacity: this.state.opacity.get(layer.name) ?? 1,
      fade: (target, share) => this.fade(target, share),
      look: this.state.looks.get(layer.name) ?? "",
      draw: (target, look) => this.draw(target, look),
    });
    fill(this.body, card.element);
    this.body.scrollTop = 0;
    if (this.sheet.height === "peek") this.sheet.set("half");
    card.element.querySelector<HTMLElement>(".card__title")?.focus({ preventScroll: true });
    this.shown = { layer, place: card.preview };
    this.drawPreview();
  }

  /** Draws the open card's small map, in the style the main map has now. */
  drawPreview(): void {
    const viewer = this.viewer();
    if (viewer && this.shown) this.preview.show(this.shown.layer, this.shown.place, viewer.style);
  }

  private back(layer: LayerInfo): void {
    this.shown = null;
    fill(this.body, this.catalogue.element);
    this.catalogue.refreshMeta();
    this.catalogue.focus(layer.name);
  }

  private fit(layer: LayerInfo): void {
    this.show(layer);
    if (layer.bounds) this.viewer()?.fit(layer.bounds, layer.min_zoom);
    this.sheet.set("peek");
  }

  private fade(layer: LayerInfo, share: number): void {
    this.show(layer);
    this.viewer()?.fade(layer.name, share);
  }

  private draw(layer: LayerInfo, look: string): void {
    this.show(layer);
    this.viewer()?.draw(layer.name, look);
    this.drawPreview();
  }

  private show(layer: LayerInfo): void {
    if (this.state.visible.has(layer.name)) return;
    this.toggle(layer.name, true);
    this.catalogue.syncSwitches();
  }

  private isolate(layer: LayerInfo): boolean {
    const alone = this.before?.alone !== layer.name;
    const visible = alone ? [layer.name] : (this.before?.visible ?? []);
    this.before = alone ? { alone: layer.name, visible: this.before?.visible ?? [...this.state.visible] } : null;
    for (const name of new Set([...this.state.visible, ...visible])) this.viewer()?.toggle(name, visible.includes(name));
    this.catalogue.syncSwitches();
    this.changed();
    return alone;
  }
}
