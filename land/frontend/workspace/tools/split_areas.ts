/** Split by areas: "120 m² from the west". */
import { h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { COLOURS } from "../map/styles.ts";
import { t } from "../page.ts";
import { parseNumber } from "../paste.ts";
import { Tool, type Bench, type Operation } from "./tool.ts";

export type Side = "north" | "east" | "south" | "west";
const SIDES: Side[] = ["west", "north", "east", "south"];

export interface Areas {
  areas: number[];
  side: Side | null;
  /** Degrees clockwise from north, instead of a side. */
  bearing: number | null;
}

export class SplitAreas extends Tool<Areas> {
  readonly kind = "split_areas";
  private readonly amounts = h("input", { id: "areas", type: "text", class: "input num", autocomplete: "off", placeholder: "120; 85,5" });
  private readonly side = h("select", { id: "side", class: "input" }, ...SIDES.map((side) => h("option", { value: side }, t(side))), h("option", { value: "" }, t("byBearing")));
  private readonly bearing = h("input", { id: "bearing", type: "number", min: 0, max: 359.9, step: "any", class: "input num" });

  constructor(bench: Bench, state: Areas = { areas: [], side: "west", bearing: null }) {
    super(bench, state);
    for (const input of [this.amounts, this.side, this.bearing]) input.addEventListener("change", () => this.read());
  }

  override start(): void {
    super.start();
    this.bench.hint(t("hintSplitAreas"));
    this.amounts.focus();
  }

  operation(): Operation | null {
    const { areas, side, bearing } = this.state;
    const { target } = this.bench;
    if (areas.length === 0 || (side === null && bearing === null)) return null;
    return { params: { parcel: target.uid, areas, ...(side ? { side } : { bearing }) }, parcels: [target] };
  }

  redraw(): void {
    const { target, board } = this.bench;
    const pieces = this.pieces();
    board.draw([...pieces, { rings: target.outline.coordinates, corners: true, lengths: pieces.length === 0, colour: COLOURS.picked, ...(pieces.length > 0 ? { covers: target.uid } : {}) }]);
    const { areas, side, bearing } = this.state;
    if (document.activeElement !== this.amounts) this.amounts.value = areas.map(number).join("; ");
    this.side.value = side ?? "";
    this.bearing.value = bearing === null ? "" : String(bearing);
    this.bearing.hidden = side !== null;
  }

  controls(): HTMLElement[] {
    return [
      h("div", { class: "field" }, h("label", { for: "areas" }, t("areasToCut")), this.amounts, h("p", { class: "hint" }, t("areasHint"))),
      h("div", { class: "field" }, h("label", { for: "side" }, t("fromSide")), this.side, this.bearing),
    ];
  }

  private read(): void {
    const areas = this.amounts.value.split(/[;\s]+/).map(parseNumber).filter((value): value is number => value !== null && value > 0);
    const side = (this.side.value || null) as Side | null;
    this.set({ areas, side, bearing: side ? null : (parseNumber(this.bearing.value) ?? 0) });
  }
}
