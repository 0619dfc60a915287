/** The restriction to be released: chosen among those in force, which are read for a purpose. */
import { fill, h } from "@core/ui/dom.ts";
import { plainDate } from "@core/ui/format.ts";

import { api, type Hands } from "../api.ts";
import { label, t } from "../page.ts";
import { button, notice } from "../panels/parts.ts";
import { labelled } from "./fields.ts";
import type { Form, Part, Values } from "./form.ts";

type Restriction = Hands["restrictions"][number];

export function restriction(form: Form): Part {
  const choices = h("div", { class: "choices", role: "radiogroup", "aria-label": t("restrictionToRelease") });
  const said = h("div", { "aria-live": "polite" });
  const purpose = h("input", { name: "release-purpose", class: "input", placeholder: t("purpose"), minlength: 3, maxlength: 60, autocomplete: "off" });
  let known: Restriction[] = [];
  const show = (values: Values): void => {
    const chosen = values["restriction"];
    if (known.length === 0) return fill(choices, typeof chosen === "number" ? h("p", { class: "chosen-one" }, t("restrictionN", { n: chosen })) : null);
    fill(choices, ...known.map((one) => h("label", { class: "choice" }, h("input", { type: "radio", name: "restriction", value: one.id, checked: one.id === chosen, onchange: () => form.put("restriction", one.id) }),
      h("span", {}, h("b", {}, label("restriction", one.kind)), ` ${one.reference}`, h("small", { class: "hint" }, ` ${plainDate(one.valid_from)}`)))));
  };
  const read = async (): Promise<void> => {
    try {
      const { restrictions } = await api.hands(form.target.uid, purpose.value.trim());
      known = restrictions.filter(({ valid_to }) => valid_to === null);
      fill(said, known.length === 0 ? notice(t("noRestriction")) : null);
      if (known.length === 1 && known[0] && form.state["restriction"] === undefined) form.put("restriction", known[0].id);
      show(form.state);
    } catch (error) {
      fill(said, notice((error as Error).message, "error"));
    }
  };
  purpose.addEventListener("keydown", (event) => event.key === "Enter" && void read());
  return { element: h("fieldset", { class: "group" }, h("legend", {}, t("restrictionToRelease")), labelled(t("purpose"), purpose, t("readIsLogged")), h("p", { class: "form__actions" }, button(t("showRestrictions"), () => void read())), said, choices), show };
}
