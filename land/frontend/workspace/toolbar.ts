/** The tools beside the map: one button and one key each, and the menu of forms behind the last one. */
import { fill, h, svg } from "@core/ui/dom.ts";

import { land, t } from "./page.ts";
import type { Entry } from "./tools/entry.ts";
import { KIT } from "./tools/kit.ts";

export const MORE_KEY = "6";

export class Toolbar {
  private readonly element: HTMLElement;

  constructor(element: HTMLElement, take: (entry: Entry) => void, more: () => void) {
    this.element = element;
    const tool = (kind: string, key: string, word: string, icon: string, act: () => void): HTMLElement =>
      h("button", { type: "button", class: "toolbar__tool", "data-tool": kind, "aria-pressed": "false", "aria-keyshortcuts": key, title: `${word} (${key})`, onclick: act }, svgIcon(icon), h("span", {}, word), h("kbd", {}, key));
    fill(element, ...KIT.map((entry) => tool(entry.kind, entry.key, t(entry.word), entry.icon, () => take(entry))), tool("more", MORE_KEY, t("otherChange"), "M6 3h9l4 4v14H6zM9 11h7M9 15h7M14 3v5h5", more));
  }

  /** Shown where there is a parcel to draw on and the right to draw; the tool in hand is marked. */
  show(parcel: boolean, kind: string | null): void {
    this.element.hidden = !parcel || !land.may.draw;
    for (const one of this.element.querySelectorAll<HTMLElement>("[data-tool]")) one.setAttribute("aria-pressed", String(one.dataset["tool"] === (KIT.some((entry) => entry.kind === kind) || !kind ? kind : "more")));
  }
}

function svgIcon(path: string): SVGElement {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, svg("path", { d: path }));
}
