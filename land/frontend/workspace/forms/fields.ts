/** Plain fields of forms: a text, an amount, a day, a choice. */
import { h } from "@core/ui/dom.ts";

import { t } from "../page.ts";
import { parseNumber } from "../paste.ts";
import type { Form, Part, Values } from "./form.ts";

type Make = (form: Form) => Part;

interface Limits {
  least?: number;
  most?: number;
  hint?: string;
}

let ids = 0;

/** A field with its label. */
export function labelled(word: string, input: HTMLElement, hint = ""): HTMLElement {
  input.id ||= `field-${++ids}`;
  return h("div", { class: "field" }, h("label", { for: input.id }, word), input, hint ? h("p", { class: "hint" }, hint) : null);
}

/** As numbers are written here, without the points between thousands. */
export const plain = (value: number): string => String(value).replace(".", ",");

export function text(name: string, word: string, { least = 1, most = 120, hint = "" }: Limits = {}): Make {
  return (form) => {
    const input = h("input", { name, class: "input", minlength: least, maxlength: most, autocomplete: "off" });
    input.addEventListener("input", () => form.put(name, input.value.trim(), true));
    return { element: labelled(t(word), input, hint && t(hint)), show: (values) => keepTyping(input, String(values[name] ?? "")) };
  };
}

export function amount(name: string, word: string, hint = ""): Make {
  return (form) => {
    const input = h("input", { name, class: "input num", inputmode: "decimal", autocomplete: "off" });
    input.addEventListener("input", () => form.put(name, parseNumber(input.value), true));
    const shown = (values: Values): string => (typeof values[name] === "number" ? plain(values[name]) : "");
    return { element: labelled(t(word), input, hint && t(hint)), show: (values) => keepTyping(input, shown(values)) };
  };
}

export function choice(name: string, word: string, options: Record<string, string>, preset: string): Make {
  return (form) => {
    const input = h("select", { name, class: "input" }, ...Object.entries(options).map(([value, words]) => h("option", { value }, words)));
    input.addEventListener("change", () => form.put(name, input.value));
    return { element: labelled(t(word), input), show: (values) => (input.value = String(values[name] ?? preset)) };
  };
}

/** A sentence that explains the form. */
export function sentence(word: string): Make {
  return () => ({ element: h("p", { class: "notice" }, t(word)), show: () => undefined });
}

/** Never takes the text from under somebody's fingers. */
function keepTyping(input: HTMLInputElement, value: string): void {
  if (document.activeElement !== input) input.value = value;
}

/** Whether all of these hold something; texts of at least `least` letters. */
export const filled = (values: Values, names: Record<string, number>): boolean =>
  Object.entries(names).every(([name, least]) => {
    const value = values[name];
    return typeof value === "string" ? value.length >= least : value !== undefined;
  });
