/** The wall's key: the layers of the scene whose colours mean something, as short as they are. */
import { t } from "@core/i18n.ts";
import type { LayerInfo } from "@core/page.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { swatch } from "@core/ui/legend.ts";

/** A longer list (79 land uses) is no key for a wall: nobody reads it from four metres. */
const MAX_ENTRIES = 6;
/** With more layers the key would cover the map; the others are named in words. */
const MAX_LAYERS = 4;

export function drawLegend(layers: LayerInfo[], shown: Set<string>): void {
  const fit = layers.filter(({ name, legend, geometry }) => shown.has(name) && geometry !== "polygon" && legend.length > 0 && legend.length <= MAX_ENTRIES);
  // Those with classes say most; one colour beside one name is the next best.
  const order = [...fit].sort((a, b) => Number(b.legend.length > 1) - Number(a.legend.length > 1)).slice(0, MAX_LAYERS);
  const kept = fit.filter((layer) => order.includes(layer));
  const single = kept.filter(({ legend }) => legend.length === 1);
  const rest = fit.length - kept.length;
  fill(need("#legend"), ...kept.filter(({ legend }) => legend.length > 1).map(section),
    single.length > 0 ? h("section", { class: "key__layer" }, h("ul", {}, ...single.map(({ title, legend }) => h("li", {}, swatch(legend[0]), h("span", {}, title))))) : null,
    rest > 0 ? h("p", { class: "key__rest", title: fit.filter((layer) => !kept.includes(layer)).map(({ title }) => title).join(", ") }, t("moreLayers", { n: rest })) : null);
}

function section({ title, legend }: LayerInfo): HTMLElement {
  return h("section", { class: "key__layer" }, h("h3", {}, title), h("ul", {}, ...legend.map((entry) => h("li", {}, swatch(entry), h("span", {}, entry.label)))));
}
