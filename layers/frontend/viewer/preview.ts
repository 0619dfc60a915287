/** The small map of a layer's card: one for the page's whole life, moved from card to card (WebGL contexts are few). */
import type { MapLibreMap, StyleSpecification } from "maplibre-gl";

import { createMap } from "@core/map/create.ts";
import { layerOf } from "@core/map/style.ts";
import type { LayerInfo, Page } from "@core/page.ts";
import { h } from "@core/ui/dom.ts";

export class Preview {
  private readonly page: Page;
  private readonly host = h("div", { class: "preview" });
  private map: MapLibreMap | null = null;

  constructor(page: Page) {
    this.page = page;
  }

  /** Shows one layer alone, whole, in `place`. `style` is the main map's, already prepared. */
  show(layer: LayerInfo, place: HTMLElement, style: StyleSpecification): void {
    place.append(this.host);
    const alone = only(layer.name, style);
    const bounds = layer.bounds ?? this.page.bounds;
    if (this.map) {
      this.map.setStyle(alone);
      this.map.resize();
      this.map.fitBounds(bounds, { padding: 14, animate: false });
    } else this.map = createMap({ container: this.host, style: alone, worker: this.page.urls.worker, bounds, padding: { padding: 14 }, interactive: false }).map;
    // A layer of detail is empty at the scale of its whole extent: show its middle at the first zoom that draws it.
    if (this.map.getZoom() < layer.min_zoom) this.map.jumpTo({ center: middle(bounds), zoom: layer.min_zoom + 0.6 });
  }
}

function only(name: string, style: StyleSpecification): StyleSpecification {
  const copy = structuredClone(style);
  copy.layers = copy.layers.filter((layer) => layer.type === "background" || layerOf(layer) === name);
  for (const layer of copy.layers) layer.layout = { ...layer.layout, visibility: "visible" } as never;
  const source = copy.sources[name];
  copy.sources = source ? { [name]: source } : {};
  return copy;
}

function middle([west, south, east, north]: [number, number, number, number]): [number, number] {
  return [(west + east) / 2, (south + north) / 2];
}
