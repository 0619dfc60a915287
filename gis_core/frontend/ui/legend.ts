/** Legends, drawn from the same entries for the catalogue, the cards and the wall. */
import type { LayerInfo, LegendEntry } from "../page.ts";
import { h } from "./dom.ts";

/** One sample of colour in the shape of what it stands for. */
export function swatch(entry: LegendEntry | undefined): HTMLElement {
  const sample = h("i", { class: `swatch swatch--${entry?.kind ?? "fill"}`, "aria-hidden": "true" });
  sample.style.setProperty("--swatch", entry?.color ?? "transparent");
  return sample;
}

/** A layer's own sign in a list: up to three colours of its legend side by side, so that a classed layer looks classed. */
export function layerSign(layer: LayerInfo): HTMLElement {
  return h("span", { class: "sign", "aria-hidden": "true" }, ...layer.legend.slice(0, 3).map(swatch));
}

/** The whole legend of a layer, in the style's order. */
export function legendList(entries: LegendEntry[]): HTMLElement {
  return h("ul", { class: "legend" }, ...entries.map((entry) => h("li", {}, swatch(entry), h("span", {}, entry.label))));
}
