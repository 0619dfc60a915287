/** Legends, drawn from the same entries for the catalogue, the cards and the wall. */
import { t } from "../i18n.ts";
import type { LayerInfo, LegendEntry } from "../page.ts";
import { h } from "./dom.ts";

/** Entries of a legend that are always shown. */
const SHORT = 10;

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

/** The whole legend of a layer, in the style's order; a long one (79 land uses) opens on request. */
export function legendList(entries: LegendEntry[]): HTMLElement {
  const list = (part: LegendEntry[]): HTMLElement => h("ul", { class: "legend" }, ...part.map((entry) => h("li", {}, swatch(entry), h("span", {}, entry.label))));
  if (entries.length <= SHORT + 2) return list(entries);
  return h("div", { class: "legend-long" }, list(entries.slice(0, SHORT)),
    h("details", {}, h("summary", {}, t("moreEntries", { n: entries.length - SHORT })), list(entries.slice(SHORT))));
}
