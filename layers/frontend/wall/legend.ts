/** The wall's key: layers whose colours mean something, as short as they are. */
import type { LayerInfo } from "@core/page.ts";
import { h } from "@core/ui/dom.ts";
import { swatch } from "@core/ui/legend.ts";

/** A longer list (79 land uses) is no key for a wall: nobody reads it from four metres. */
const MAX_ENTRIES = 6;

export function wallLegend(layers: LayerInfo[]): HTMLElement[] {
  return layers.filter(({ legend, geometry }) => geometry !== "polygon" && legend.length > 0 && legend.length <= MAX_ENTRIES)
    .map(({ title, legend }) => h("section", { class: "key__layer" },
      legend.length > 1 ? h("h3", {}, title) : null,
      h("ul", {}, ...legend.map((entry) => h("li", {}, swatch(entry), h("span", {}, legend.length > 1 ? entry.label : title))))));
}
