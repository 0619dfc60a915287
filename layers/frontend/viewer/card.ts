/** A layer's card: what it is, who answers for it, how to connect to it. */
import { t, type Key } from "@core/i18n.ts";
import { absolute, type LayerInfo, type LegendEntry } from "@core/page.ts";
import { bindCopy } from "@core/ui/copy.ts";
import { fill, h } from "@core/ui/dom.ts";
import { ago, count, date, minutes, plainDate } from "@core/ui/format.ts";
import { icon } from "@core/ui/icons.ts";
import { legendList } from "@core/ui/legend.ts";

export interface CardActions {
  back(): void;
  fit(layer: LayerInfo): void;
  /** Shows this layer alone, or all as before; answers whether it is alone now. */
  isolate(layer: LayerInfo): boolean;
  /** How strongly a raster is drawn, 0 to 1. */
  opacity: number;
  fade(layer: LayerInfo, share: number): void;
  /** The style in which a raster is drawn; "" is its owner's. */
  look: string;
  draw(layer: LayerInfo, look: string): void;
}

/** The whole card; `preview` is the element the small map is put into. */
export function layerCard(layer: LayerInfo, isolated: boolean, actions: CardActions): { element: HTMLElement; preview: HTMLElement } {
  const preview = h("div", { class: "card__preview", role: "img", "aria-label": `${t("preview")}: ${layer.title}` });
  const legend = h("div", { class: layer.raster ? "card__ramp" : null }, legendList(legendIn(layer, actions.look)));
  const element = h("article", { class: "card", "aria-labelledby": "card-title" },
    h("button", { class: "card__back", type: "button", onclick: () => actions.back() }, icon("back"), t("back")),
    h("h2", { id: "card-title", class: "card__title", tabindex: -1 }, layer.title),
    badges(layer),
    preview,
    buttons(layer, isolated, actions),
    layer.raster ? fader(layer, actions) : null,
    layer.raster?.looks.length ? lookChoice(layer, actions, (look) => fill(legend, legendList(legendIn(layer, look)))) : null,
    layer.abstract ? h("p", { class: "card__abstract" }, layer.abstract) : null,
    layer.raster ? rasterFigures(layer, layer.raster) : figures(layer),
    layer.legend.length > 0 ? section("legend", legend) : null,
    section("stewardship", stewardship(layer)),
    section("connect", ...connections(layer)));
  return { element, preview };
}

function section(title: Key, ...children: (Node | null)[]): HTMLElement {
  return h("section", { class: "card__section" }, h("h3", {}, t(title)), ...children);
}

function badges(layer: LayerInfo): HTMLElement | null {
  if (!layer.overdue && !layer.demo && !layer.time) return null;
  return h("p", { class: "card__badges" },
    layer.overdue ? h("span", { class: "badge badge--overdue" }, icon("warning"), t("overdue")) : null,
    layer.demo ? h("span", { class: "badge badge--demo" }, t("demo")) : null,
    layer.time ? h("span", { class: "badge badge--time" }, icon("clock"), t("timed")) : null);
}

function buttons(layer: LayerInfo, isolated: boolean, actions: CardActions): HTMLElement {
  const isolate = h("button", { class: "button button--quiet", type: "button", "aria-pressed": String(isolated) }, icon("eye"), h("span", {}, t(isolated ? "unisolate" : "isolate")));
  isolate.addEventListener("click", () => {
    const alone = actions.isolate(layer);
    isolate.setAttribute("aria-pressed", String(alone));
    const label = isolate.querySelector("span");
    if (label) label.textContent = t(alone ? "unisolate" : "isolate");
  });
  const fit = h("button", { class: "button", type: "button", disabled: layer.bounds === null, onclick: () => actions.fit(layer) }, icon("fit"), t("fitLayer"));
  return h("p", { class: "card__buttons" }, fit, isolate);
}

function fader(layer: LayerInfo, actions: CardActions): HTMLElement {
  const percent = Math.round(actions.opacity * 100);
  const told = h("output", { class: "num", for: "opacity" }, `${percent} %`);
  const input = h("input", { type: "range", id: "opacity", class: "fader__range", min: 0, max: 100, step: 5, value: percent });
  input.addEventListener("input", () => {
    told.textContent = `${input.value} %`;
    actions.fade(layer, Number(input.value) / 100);
  });
  return h("div", { class: "fader" }, h("label", { for: "opacity" }, t("opacity")), input, told);
}

/** The legend of a raster in one of its styles, and of every other layer. */
function legendIn(layer: LayerInfo, look: string): LegendEntry[] {
  return layer.raster?.looks.find(({ name }) => name === look)?.legend ?? layer.legend;
}

function lookChoice(layer: LayerInfo, actions: CardActions, drawn: (look: string) => void): HTMLElement {
  const buttons = (layer.raster?.looks ?? []).map(({ name, title }) => h("button", { type: "button", "data-look": name, "aria-pressed": String(name === actions.look) }, title));
  for (const button of buttons)
    button.addEventListener("click", () => {
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
      const look = button.dataset["look"] ?? "";
      actions.draw(layer, look);
      drawn(look);
    });
  return h("div", { class: "looks" }, h("span", { id: "looks-title" }, t("drawnAs")), h("span", { class: "segmented", role: "group", "aria-labelledby": "looks-title" }, ...buttons));
}

function rasterFigures(layer: LayerInfo, raster: NonNullable<LayerInfo["raster"]>): HTMLElement {
  const facts: [Key, string][] = [["bands", String(raster.bands.length)], ["geometry", t("raster")], ["zooms", `${layer.min_zoom}–${layer.max_zoom}`]];
  if (raster.days) facts.push(["taken", [...new Set(raster.days)].map(plainDate).join(" – ")]);
  return h("dl", { class: "figures" }, ...facts.map(([key, value]) => h("div", {}, h("dt", {}, t(key)), h("dd", { class: "num", "data-fact": key }, value))));
}

function figures(layer: LayerInfo): HTMLElement {
  const changed = layer.last_change ? new Date(layer.last_change) : null;
  const facts: [Key, string, (string | undefined)?][] = [
    ["features", layer.count === null ? "–" : count(layer.count)],
    ["geometry", t(layer.geometry)],
    ["zooms", `${layer.min_zoom}–${layer.max_zoom}`],
    ["lastChange", changed ? ago(changed) : t("never"), changed ? `${minutes(changed)} ${date(changed)}` : undefined],
  ];
  return h("dl", { class: "figures" }, ...facts.map(([key, value, title]) =>
    h("div", {}, h("dt", {}, t(key)), h("dd", { class: "num", title: title ?? null, "data-fact": key }, value))));
}

function stewardship(layer: LayerInfo): HTMLElement {
  const { contact } = layer;
  const reach = contact && [contact.phone, contact.email].filter(Boolean);
  const facts: [Key, Node | string | null][] = [
    ["owner", layer.owner ?? t("noOwner")],
    ["contact", contact ? h("span", {}, contact.name, ...(reach ?? []).flatMap((text) => [h("br"), contactLink(text)])) : null],
    ["cadence", layer.cadence],
    ["licence", layer.licence],
  ];
  return h("dl", { class: "facts" }, ...facts.flatMap(([key, value]) => (value ? [h("dt", {}, t(key)), h("dd", {}, value)] : [])));
}

function contactLink(text: string): HTMLElement {
  return h("a", { href: text.includes("@") ? `mailto:${text}` : `tel:${text.replace(/[^+\d]/g, "")}` }, text);
}

function connections(layer: LayerInfo): HTMLElement[] {
  const { tilejson, tiles, collection, items, ogc, wms, wmts, value, zonal, qgis, qgis_page } = layer.connections;
  const named: [Key, string | undefined][] = [["tilejson", tilejson], [layer.raster ? "rasterTiles" : "tiles", tiles], ["collection", collection], ["items", items], ["wms", wms], ["wmts", wmts], ["value", value], ["zonal", zonal]];
  const strings = named.filter((entry): entry is [Key, string] => entry[1] !== undefined);
  return [
    ...(qgis && qgis_page ? [h("p", { class: "card__buttons" },
      h("a", { class: "button", href: qgis, download: "" }, t("openInQgis")),
      h("a", { class: "button button--quiet", href: qgis_page }, t("allInQgis")))] : []),
    h("p", { class: "hint" }, t("connectHint")),
    h("ul", { class: "connections" }, ...strings.map(([key, url]) => connection(t(key), absolute(url)))),
    h("p", { class: "hint" }, t(layer.raster ? "qgisRaster" : "qgisTiles")),
    ...(collection ? [h("p", { class: "hint" }, t("qgisItems", { url: absolute(ogc ?? collection) }))] : []),
  ];
}

function connection(label: string, url: string): HTMLElement {
  const button = h("button", { class: "button button--quiet button--tiny", type: "button", "aria-label": `${t("copy")}: ${label}` }, t("copy"));
  bindCopy(button, () => url);
  return h("li", { class: "connection" }, h("span", { class: "connection__label" }, label), h("code", { class: "connection__url", title: url }, url), button);
}
