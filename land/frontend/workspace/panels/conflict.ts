/** Somebody else was faster: both shapes of each parcel, on the map and in words. */
import { fill, h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { area } from "../geometry.ts";
import { ringsOfWkt, type Board } from "../map/board.ts";
import { COLOURS } from "../map/styles.ts";
import { label, t } from "../page.ts";
import { button, notice } from "./parts.ts";

interface State {
  version: number;
  label: string;
  status: string;
  live: boolean;
  wkt: string;
}

export interface Stale {
  uid: string;
  seen?: State | null;
  now?: State | null;
}

export class ConflictPanel {
  readonly element = h("div", { class: "stack conflict" });

  constructor(board: Board, sentence: string, parcels: Stale[], again: (() => void) | null, leave: () => void) {
    const shapes = parcels.flatMap(({ seen, now }) => [
      ...(seen ? [{ rings: ringsOfWkt(seen.wkt), colour: COLOURS.before, dashed: true, corners: true }] : []),
      ...(now?.live ? [{ rings: ringsOfWkt(now.wkt), colour: COLOURS.fault, corners: true, label: `${number(area(ringsOfWkt(now.wkt)))} m²` }] : []),
    ]);
    board.draw(shapes);
    if (shapes.length > 0) board.show(shapes.flatMap(({ rings }) => rings));
    fill(this.element, h("h2", { class: "panel-title" }, t("conflict")), notice(sentence, "error"),
      h("ul", { class: "legend" }, legend(COLOURS.before, t("asYouSaw")), legend(COLOURS.fault, t("asItIs"))),
      ...parcels.map(line),
      h("p", { class: "form__actions" }, again ? button(t("drawAnew"), again, "button") : null, button(t("toWorkList"), leave)));
  }
}

function legend(colour: string, text: string): HTMLElement {
  const swatch = h("i", { class: "swatch swatch--line" });
  swatch.style.setProperty("--swatch", colour);
  return h("li", {}, swatch, text);
}

function line({ seen, now }: Stale): HTMLElement {
  const tell = (state: State | null | undefined): string => {
    if (!state) return t("unknownState");
    const rings = ringsOfWkt(state.wkt);
    return `${t("versionN", { n: state.version })} · ${number(area(rings))} m² · ${state.live ? label("status", state.status) : label("status", "retired")}`;
  };
  return h("table", { class: "table conflict__table" }, h("caption", {}, (seen ?? now)?.label ?? ""),
    h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, t("asYouSaw")), h("td", {}, tell(seen))), h("tr", {}, h("th", { scope: "row" }, t("asItIs")), h("td", {}, tell(now)))));
}
