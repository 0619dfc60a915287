/** Holders, certificates and restrictions: personal data, asked for only on demand and with a purpose, never kept. */
import { fill, h } from "@core/ui/dom.ts";
import { plainDate } from "@core/ui/format.ts";

import { api, type Hands } from "../api.ts";
import { label, t } from "../page.ts";
import { section } from "./parts.ts";

export function holdersCard(uid: string): HTMLElement {
  const answer = h("div", { class: "stack", "aria-live": "polite" });
  const purpose = h("input", { name: "purpose", class: "input", required: true, minlength: 3, maxlength: 60, placeholder: t("purpose"), "aria-label": t("purpose"), autocomplete: "off" });
  const form = h("form", { class: "search", onsubmit: (event) => {
    event.preventDefault();
    api.hands(uid, purpose.value).then((hands) => fill(answer, ...tell(hands)), (error: Error) => fill(answer, h("p", { class: "hint", role: "alert" }, error.message)));
  } }, purpose, h("button", { type: "submit", class: "button button--quiet" }, t("showHolders")));
  return section(t("rights"), h("p", { class: "hint" }, t("readIsLogged")), form, answer);
}

function tell({ rights, certificates, restrictions }: Hands): HTMLElement[] {
  const since = (one: { valid_from: string; valid_to: string | null }): string => `${plainDate(one.valid_from)}${one.valid_to ? ` – ${plainDate(one.valid_to)}` : ""}`;
  const lines = [
    ...rights.map((right) => h("li", { class: right.valid_to ? "is-past" : null }, h("b", {}, right.holder.name), ` ${right.share} · ${label("right", right.kind)}`, h("small", { class: "hint" }, ` ${since(right)}`))),
    ...certificates.map((one) => h("li", {}, `${t("certificate")} `, h("b", {}, one.serial), ` · ${one.register_no}`, h("small", { class: "hint" }, ` ${plainDate(one.issued_on)}`))),
    ...restrictions.map((one) => h("li", { class: one.valid_to ? "is-past" : "is-warning" }, h("b", {}, label("restriction", one.kind)), ` ${one.reference}`, h("small", { class: "hint" }, ` ${since(one)}`))),
  ];
  return [lines.length === 0 ? h("p", { class: "hint" }, t("nobodyRecorded")) : h("ul", { class: "rights" }, ...lines)];
}
