/** Merge neighbours: click them one after the other. */
import { fill, h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { commonBoundary } from "../geometry.ts";
import { COLOURS } from "../map/styles.ts";
import { nameOf, t, type Parcel } from "../page.ts";
import { Tool, type Bench, type Operation } from "./tool.ts";

export interface Chosen {
  /** Uids of the parcels to join to the one in hand. */
  others: string[];
}

export class Merge extends Tool<Chosen> {
  readonly kind = "merge";
  private readonly list = h("ul", { class: "chosen" });

  constructor(bench: Bench, state: Chosen = { others: [] }) {
    super(bench, state);
  }

  override start(): void {
    super.start();
    this.bench.hint(t("hintMerge"));
  }

  private all(): Parcel[] {
    const { board, target } = this.bench;
    return [target, ...this.state.others.map((uid) => board.known.get(uid)).filter((found): found is Parcel => found !== undefined)];
  }

  operation(): Operation | null {
    const parcels = this.all();
    return parcels.length < 2 || parcels.length !== this.state.others.length + 1 ? null : { params: { parcels: parcels.map(({ uid }) => uid) }, parcels };
  }

  redraw(): void {
    const parcels = this.all();
    const pieces = this.pieces();
    const old = parcels.map((parcel) => ({ rings: parcel.outline.coordinates, colour: COLOURS.picked, dashed: pieces.length > 0, corners: pieces.length === 0, covers: parcel.uid, label: pieces.length > 0 ? "" : nameOf(parcel) }));
    this.bench.board.draw([...old, ...pieces]);
    fill(this.list, ...parcels.map((parcel) => h("li", {}, `${nameOf(parcel)} · ${number(parcel.area_m2)} m²`,
      parcel === this.bench.target ? null : h("button", { type: "button", class: "icon-button", "aria-label": t("leaveOut", { parcel: nameOf(parcel) }), onclick: () => this.toggle(parcel) }, "×"))));
  }

  controls(): HTMLElement[] {
    return [this.list];
  }

  override pick(parcel: Parcel): boolean {
    if (parcel.uid === this.bench.target.uid) return true;
    const touches = this.all().some((one) => commonBoundary(one.outline.coordinates, parcel.outline.coordinates).length > 0);
    if (!touches && !this.state.others.includes(parcel.uid)) this.bench.hint(t("notNeighbour", { parcel: nameOf(parcel) }));
    else this.toggle(parcel);
    return true;
  }

  private toggle({ uid }: Parcel): void {
    const { others } = this.state;
    this.set({ others: others.includes(uid) ? others.filter((other) => other !== uid) : [...others, uid] });
  }
}
