/** Parts that several panels are made of. */
import { h } from "@core/ui/dom.ts";
import { minutes, date } from "@core/ui/format.ts";

import { label, t, type Change, type Violation } from "../page.ts";

export function button(text: string, act: () => void, look = "button button--quiet"): HTMLButtonElement {
  return h("button", { type: "button", class: look, onclick: act }, text);
}

export function section(title: string, ...children: (Node | null)[]): HTMLElement {
  return h("section", { class: "card" }, h("h3", { class: "card__title" }, title), ...children);
}

export function facts(pairs: [string, string | Node | null][]): HTMLElement {
  const shown = pairs.filter(([, value]) => value !== null && value !== "");
  return h("dl", { class: "facts" }, ...shown.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

export function stateBadge(change: Pick<Change, "state" | "overdue">): HTMLElement {
  return h("span", { class: "state", "data-state": change.state }, label("state", change.state));
}

export function moment(iso: string): string {
  const at = new Date(iso);
  return `${minutes(at)} ${date(at)}`;
}

/** Broken rules by name; a click goes to the place. */
export function violationList(found: Violation[], go: (violation: Violation, index: number) => void): HTMLElement {
  return h("ol", { class: "violations", "aria-label": t("violations") }, ...found.map((violation, index) =>
    h("li", {}, h("button", { type: "button", class: "violation", "data-code": violation.code, onclick: () => go(violation, index) }, violation.detail))));
}

export function notice(text: string, kind: "error" | "success" | "plain" = "plain"): HTMLElement {
  return h("p", { class: kind === "plain" ? "notice" : `notice notice--${kind}`, role: kind === "error" ? "alert" : "status" }, text);
}
