/** The tools beside the map: one button and one key each. */
import { fill, h, svg } from "@core/ui/dom.ts";

import { land, t } from "./page.ts";
import { KIT, type Entry } from "./tools/kit.ts";

export class Toolbar {
  private readonly element: HTMLElement;

  constructor(element: HTMLElement, take: (entry: Entry) => void) {
    this.element = element;
    fill(element, ...KIT.map((entry) => h("button", { type: "button", class: "toolbar__tool", "data-tool": entry.kind, "aria-pressed": "false", "aria-keyshortcuts": entry.key, title: `${t(entry.word)} (${entry.key})`, onclick: () => take(entry) },
      svgIcon(entry.icon), h("span", {}, t(entry.word)), h("kbd", {}, entry.key))));
  }

  /** Shown where there is a parcel to draw on and the right to draw; the tool in hand is marked. */
  show(parcel: boolean, kind: string | null): void {
    this.element.hidden = !parcel || !land.may.draw;
    for (const one of this.element.querySelectorAll<HTMLElement>("[data-tool]")) one.setAttribute("aria-pressed", String(one.dataset["tool"] === kind));
  }
}

function svgIcon(path: string): SVGElement {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, svg("path", { d: path }));
}
