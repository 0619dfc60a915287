/** Other land uses, for the whole parcel or a part of it: rows that must add up to its area. */
import { fill, h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { area } from "../geometry.ts";
import { land, t, type LandUse } from "../page.ts";
import { parseNumber } from "../paste.ts";
import { button } from "../panels/parts.ts";
import { plain } from "./fields.ts";
import type { Form, Part, Values } from "./form.ts";

/** Registers give 0.1 m²; the server allows what rounding leaves. */
const ENOUGH_M2 = 0.06;

const cents = (value: number): number => Math.round(value * 100) / 100;
export const usesOf = (values: Values): LandUse[] => (values["uses"] as LandUse[] | undefined) ?? [];

export function uses(form: Form): Part {
  const body = h("tbody");
  const sum = h("p", { class: "hint num", role: "status" });
  const whole = (): number => cents(area(form.target.outline.coordinates));
  const rows = (): LandUse[] => (form.state["uses"] === undefined ? form.target.land_uses : usesOf(form.state));
  const put = (index: number, change: Partial<LandUse>, typed = false): void => form.put("uses", rows().map((use, i) => (i === index ? { ...use, ...change } : use)), typed);
  const rest = (index: number): number => cents(whole() - rows().reduce((total, use, i) => (i === index ? total : total + use.area_m2), 0));
  const line = (use: LandUse, index: number): HTMLElement => {
    const codes = h("select", { class: "input", "aria-label": t("landUse"), onchange: () => put(index, { code: codes.value }) },
      ...Object.entries(land.land_uses).filter(([code, { in_force }]) => in_force || code === use.code).map(([code, { name }]) => h("option", { value: code, selected: code === use.code }, `${code} – ${name}`)));
    const size = h("input", { class: "input num", inputmode: "decimal", value: plain(use.area_m2), "aria-label": t("areaM2"), onchange: () => put(index, { area_m2: parseNumber(size.value) ?? 0 }) });
    const term = h("input", { type: "date", class: "input", value: use.term_until ?? "", "aria-label": t("termOfUse"), onchange: () => put(index, { term_until: term.value || null }) });
    const origin = h("select", { class: "input", "aria-label": t("originOfUse"), onchange: () => put(index, { origin: origin.value }) }, ...Object.entries(land.labels.origin).map(([code, words]) => h("option", { value: code, selected: code === use.origin }, words)));
    const remove = h("button", { type: "button", class: "icon-button", "aria-label": t("leaveOut", { parcel: use.code }), onclick: () => form.put("uses", rows().filter((_one, i) => i !== index)) }, "×");
    return h("tr", {}, h("td", {}, codes, h("div", { class: "uses-form__more" }, term, origin)), h("td", {}, size, button(t("theRest"), () => put(index, { area_m2: Math.max(0, rest(index)) }), "button button--quiet button--tiny")), h("td", {}, rows().length > 1 ? remove : null));
  };
  const add = (): void => {
    const code = Object.keys(land.land_uses).find((one) => land.land_uses[one]?.in_force && !rows().some((use) => use.code === one)) ?? "";
    form.put("uses", [...rows(), { code, area_m2: Math.max(0, rest(-1)), term_until: null, origin: "" }]);
  };
  const show = (): void => {
    const focused = [...body.querySelectorAll("input, select")].indexOf(document.activeElement as Element);
    fill(body, ...rows().map(line));
    if (focused >= 0) (body.querySelectorAll<HTMLElement>("input, select")[focused])?.focus();
    const total = cents(rows().reduce((all, use) => all + use.area_m2, 0));
    const left = cents(whole() - total);
    sum.textContent = Math.abs(left) <= ENOUGH_M2 ? t("usesAddUp", { area: number(total) }) : t("usesLeft", { sum: number(total), area: number(whole()), left: number(left) });
    sum.dataset["state"] = Math.abs(left) <= ENOUGH_M2 ? "ok" : "open";
  };
  const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("landUse")), h("th", { scope: "col" }, t("areaM2")), h("td", {})));
  return { element: h("fieldset", { class: "group" }, h("legend", {}, t("landUses")), h("table", { class: "uses-form" }, head, body), h("p", { class: "form__actions" }, button(t("addUse"), add, "button button--quiet button--tiny")), sum), show };
}
