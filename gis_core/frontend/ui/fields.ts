/** A feature's properties as a person reads them: labels, units and words instead of column names and codes. */
import { t } from "../i18n.ts";
import type { FieldInfo, LayerInfo } from "../page.ts";
import { h } from "./dom.ts";
import { ago, date, minutes, number, plainDate } from "./format.ts";

/** Properties that name a feature, best first. */
const NAMES = ["title", "name", "category", "ref"];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** What to call one feature: its own name, sheet and parcel, or the layer's title with the row number. */
export function titleOf(feature: GeoJSON.Feature, layer: LayerInfo | undefined): string {
  const properties = feature.properties ?? {};
  if (properties["parcel_no"] != null) return t("parcelTitle", { sheet: String(properties["sheet_no"]), parcel: String(properties["parcel_no"]) });
  for (const name of NAMES) {
    const value = properties[name];
    if (typeof value === "string" && value !== "") return textOf(fieldOf(layer, name), value);
  }
  return `${layer?.title ?? ""} ${feature.id ?? ""}`.trim();
}

/** A definition list of the properties that say something; `skip` leaves out what the heading already says. */
export function propertyList(feature: GeoJSON.Feature, layer: LayerInfo | undefined, skip: string[] = []): HTMLElement {
  const list = h("dl", { class: "facts" });
  for (const [name, value] of Object.entries(feature.properties ?? {})) {
    if (value === null || value === "" || skip.includes(name)) continue;
    const field = fieldOf(layer, name);
    list.append(h("dt", {}, field?.label ?? name.replaceAll("_", " ")), h("dd", { class: typeof value === "number" ? "num" : null }, textOf(field, value)));
  }
  return list;
}

/** One value in words. */
export function textOf(field: FieldInfo | undefined, value: unknown): string {
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  const word = field?.choices?.[String(value)];
  if (word) return word;
  const unit = field?.unit ? ` ${field.unit}` : "";
  // Whole numbers are numbers of things or of sheets: a thousands separator would make "tờ 1.204" of sheet 1204.
  if (typeof value === "number") return (Number.isInteger(value) && !unit ? String(value) : number(value)) + unit;
  if (typeof value === "string" && INSTANT.test(value)) return instant(new Date(value));
  if (typeof value === "string" && DAY.test(value)) return plainDate(value);
  if (Array.isArray(value)) return value.map((item) => textOf(field, item)).join(", ");
  if (typeof value === "object" && value !== null) return (value as { name?: string }).name ?? JSON.stringify(value);
  return String(value) + unit;
}

function instant(moment: Date): string {
  return `${minutes(moment)} ${date(moment)} (${ago(moment)})`;
}

function fieldOf(layer: LayerInfo | undefined, name: string): FieldInfo | undefined {
  return layer?.fields?.find((field) => field.name === name);
}
