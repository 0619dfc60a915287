/** New holders with their shares, and the creditor of a mortgage. */
import { fill, h } from "@core/ui/dom.ts";

import { t } from "../page.ts";
import { button } from "../panels/parts.ts";
import type { Form, Part, Values } from "./form.ts";
import { holderName, HolderPicker, reveal } from "./picker.ts";

interface Share {
  party: string;
  numerator: number;
  denominator: number;
}

const sharesOf = (values: Values): Share[] => (values["holders"] as Share[] | undefined) ?? [];

/** Whether the shares make one whole, in whole numbers: thirds never add up in decimals. */
export function isWhole(shares: { numerator: number; denominator: number }[]): boolean {
  const bottom = shares.reduce((product, { denominator }) => product * BigInt(denominator), 1n);
  const top = shares.reduce((sum, { numerator, denominator }) => sum + (BigInt(numerator) * bottom) / BigInt(denominator), 0n);
  return shares.length > 0 && top === bottom;
}

export function shares(form: Form): Part {
  const list = h("ul", { class: "shares" });
  const whole = h("p", { class: "hint", role: "status" });
  const names = h("div");
  const put = (holders: Share[]): void => form.put("holders", holders.length > 0 ? holders : null);
  const add = (party: string): void => {
    const held = sharesOf(form.state);
    if (!held.some((share) => share.party === party)) put(equal([...held.map((share) => share.party), party]));
  };
  const equal = (parties: string[]): Share[] => parties.map((party) => ({ party, numerator: 1, denominator: parties.length }));
  const edit = (index: number, name: "numerator" | "denominator", value: string): void => {
    const wanted = Math.round(Number(value));
    if (wanted >= 1 && wanted <= 10_000) put(sharesOf(form.state).map((share, i) => (i === index ? { ...share, [name]: wanted } : share)));
  };
  const part = (index: number, name: "numerator" | "denominator", share: Share): HTMLElement =>
    h("input", { type: "number", min: 1, max: 10_000, class: "input num", value: share[name], "aria-label": `${t(name)}: ${holderName(share.party)}`, onchange: (event) => edit(index, name, (event.target as HTMLInputElement).value) });
  const show = (values: Values): void => {
    const held = sharesOf(values);
    fill(list, ...held.map((share, index) => h("li", {}, h("b", {}, holderName(share.party)), part(index, "numerator", share), "/", part(index, "denominator", share),
      h("button", { type: "button", class: "icon-button", "aria-label": t("leaveOut", { parcel: holderName(share.party) }), onclick: () => put(held.filter((other) => other !== share)) }, "×"))));
    whole.textContent = held.length === 0 ? t("holdersNeeded") : isWhole(held) ? t("sharesWhole") : t("sharesNotWhole");
    fill(names, reveal(form.stored, held.map(({ party }) => party), () => show(form.state)));
  };
  const even = button(t("equalShares"), () => put(equal(sharesOf(form.state).map(({ party }) => party))), "button button--quiet button--tiny");
  return { element: h("fieldset", { class: "group" }, h("legend", {}, t("newHolders")), new HolderPicker(add).element, list, names, h("p", { class: "form__actions" }, even), whole), show };
}

export function creditor(form: Form): Part {
  const chosen = h("p", { class: "chosen-one" });
  const names = h("div");
  const show = (values: Values): void => {
    const uid = values["creditor"] as string | undefined;
    chosen.textContent = uid ? holderName(uid) : t("nobodyChosen");
    fill(names, uid ? reveal(form.stored, [uid], () => show(form.state)) : null);
  };
  return { element: h("fieldset", { class: "group" }, h("legend", {}, t("creditor")), chosen, names, new HolderPicker((uid) => form.put("creditor", uid)).element), show };
}
