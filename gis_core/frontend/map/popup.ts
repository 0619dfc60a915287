/** What stands at a place, as a card: the unit, the coordinates, then each layer's features. Text nodes only. */
import { t } from "../i18n.ts";
import type { LayerInfo } from "../page.ts";
import { bindCopy } from "../ui/copy.ts";
import { h } from "../ui/dom.ts";
import { propertyList, titleOf } from "../ui/fields.ts";
import { degrees, metres, number, plainDate } from "../ui/format.ts";
import { icon } from "../ui/icons.ts";
import { layerSign } from "../ui/legend.ts";
import type { AtPoint, PixelValue } from "./at_point.ts";
import type { Plane } from "./crs.ts";

/** What the heading or a badge says already, and keys that mean something to machines only. */
const SAID_ELSEWHERE = ["name", "title", "sheet_no", "parcel_no", "admin_unit_code", "is_demo", "path", "version"];

export interface CardContext {
  layers: LayerInfo[];
  plane: Plane | null;
  date: string | null;
  /** Outlines one feature alone. */
  highlight(feature: GeoJSON.Feature): void;
  /** What a raster's part of the card offers beside its values. */
  raster?(layer: LayerInfo): Node | null;
}

/** The head of the card: unit and moment. */
export function unitHeading(answer: AtPoint, date: string | null): HTMLElement {
  const unit = answer.admin_unit;
  const parents = unit?.parents?.map((parent) => parent.name).join(", ");
  return h("div", { class: "place" },
    h("h2", { class: "place__name", tabindex: -1 }, unit?.name ?? t("outsideUnits")),
    unit ? h("p", { class: "place__meta" }, h("span", { class: "num" }, t("unitCode", { code: unit.code })), parents ? ` · ${parents}` : null) : null,
    date ? h("p", { class: "place__date" }, icon("clock"), t("onDate", { date: plainDate(date) })) : null);
}

/** Longitude and latitude, and the cadastral plane's pair, each with its copy button. */
export function coordinates([lon, lat]: [number, number], plane: Plane | null): HTMLElement {
  const pairs: [string, string][] = [["WGS 84", `${degrees(lat)}, ${degrees(lon)}`]];
  if (plane) {
    const [easting, northing] = plane.forward(lon, lat);
    pairs.push([t("plane"), `N ${metres(northing)}  E ${metres(easting)}`]);
  }
  return h("div", { class: "coordinates" }, ...pairs.map(([label, text]) => {
    const button = h("button", { class: "icon-button", type: "button", title: t("copy") }, icon("copy"), h("span", { class: "visually-hidden", role: "status" }, `${t("copy")}: ${label}`));
    bindCopy(button, () => text);
    return h("div", { class: "coordinates__row" }, h("span", { class: "coordinates__label" }, label), h("span", { class: "num" }, text), button);
  }));
}

/** Every layer's features, the first of each layer open. */
export function results(answer: AtPoint, context: CardContext): HTMLElement {
  const found = answer.results.filter((result) => result.features.length > 0 || (result.values?.length ?? 0) > 0);
  if (found.length === 0) return h("p", { class: "empty" }, t("nothingHere"));
  return h("div", { class: "results" }, ...found.map((result) => {
    const layer = context.layers.find(({ name }) => name === result.layer);
    return h("section", { class: "result" },
      h("h3", { class: "result__layer" }, layer ? layerSign(layer) : null, result.title),
      result.values?.length ? pixel(result.values) : null,
      result.values?.length && layer && context.raster ? context.raster(layer) : null,
      ...result.features.map((feature, index) => featureItem(feature, layer, context, index === 0)),
      result.truncated ? h("p", { class: "result__more" }, t("truncated")) : null);
  }));
}

/** Values of a raster: one large, several side by side. */
function pixel(values: PixelValue[]): HTMLElement {
  const written = ({ value, unit }: PixelValue): string => `${number(value)}${unit ? ` ${unit}` : ""}`;
  const [first] = values;
  if (values.length === 1 && first) return h("p", { class: "pixel pixel--one num", "data-value": first.value }, written(first));
  return h("dl", { class: "pixel" }, ...values.map((one) => h("div", {}, h("dt", {}, one.name), h("dd", { class: "num", "data-value": one.value }, written(one)))));
}

function featureItem(feature: GeoJSON.Feature, layer: LayerInfo | undefined, context: CardContext, open: boolean): HTMLElement {
  return h("details", { class: "feature", open },
    h("summary", { class: "feature__title", onclick: () => context.highlight(feature) }, titleOf(feature, layer)),
    propertyList(feature, layer, SAID_ELSEWHERE));
}
