/** What a change asks for, in words; the holders that it names are read for a purpose. */
import { fill, h } from "@core/ui/dom.ts";
import { number, plainDate } from "@core/ui/format.ts";

import { holderName, reveal } from "../forms/picker.ts";
import { label, land, t, type Change, type LandUse } from "../page.ts";
import { paperLine } from "./papers.ts";
import { facts, section } from "./parts.ts";

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

export function askedCard(change: Change): HTMLElement | null {
  const { params } = change;
  const pairs: [string, string | null][] = [
    [t("contract"), change.kind === "mortgage" ? text(params["reference"]) : null], [t("kindOfRestriction"), typeof params["restriction"] === "string" ? label("restriction", params["restriction"]) : null],
    [t("decision"), text(params["decision"]) ?? (change.kind === "restrict" ? text(params["reference"]) : null)],
    [t("serial"), text(params["serial"])], [t("registerNo"), text(params["register_no"])], [t("address"), text(params["address"])],
    [t("areaOnPaper"), typeof params["legal_area_m2"] === "number" ? `${number(params["legal_area_m2"])} m²` : null],
    [t("areasToCut"), Array.isArray(params["areas"]) ? params["areas"].map((value: number) => number(value)).join("; ") : null],
    [t("kindOfRight"), typeof params["kind_of_right"] === "string" ? label("right", params["kind_of_right"]) : null],
  ];
  const told = [pairs.some(([, value]) => value !== null) ? facts(pairs) : null, usesTable(params["uses"] as LandUse[] | undefined), named(change), papers(change)].filter((one) => one !== null);
  return told.length > 0 ? section(t("asked"), ...told) : null;
}

function usesTable(uses: LandUse[] | undefined): HTMLElement | null {
  if (!uses) return null;
  return h("ul", { class: "uses" }, ...uses.map((use) => h("li", {}, h("i", { class: "swatch" }), h("span", {}, h("b", {}, use.code), ` ${land.land_uses[use.code]?.name ?? ""}`,
    h("small", { class: "hint" }, ` ${use.term_until ? t("until", { date: plainDate(use.term_until) }) : t("longTerm")}`)), h("span", { class: "num" }, `${number(use.area_m2)} m²`))));
}

function named(change: Change): HTMLElement | null {
  const holders = (change.params["holders"] as { party: string; numerator: number; denominator: number }[] | undefined) ?? [];
  const creditor = text(change.params["creditor"]);
  const uids = [...holders.map(({ party }) => party), ...(creditor ? [creditor] : [])];
  if (uids.length === 0) return null;
  const box = h("div", { class: "stack" });
  const show = (): void => fill(box, h("ul", { class: "rights" }, ...holders.map(({ party, numerator, denominator }) => h("li", {}, h("b", {}, holderName(party)), ` ${numerator}/${denominator}`)),
    creditor ? h("li", {}, `${t("creditor")}: `, h("b", {}, holderName(creditor))) : null), reveal(change.uid, uids, show));
  show();
  return box;
}

function papers({ documents }: Change): HTMLElement | null {
  return documents.length === 0 ? null : h("div", {}, h("h4", { class: "card__title" }, t("papers")), h("ul", { class: "papers" }, ...documents.map((paper) => h("li", {}, paperLine(paper)))));
}
