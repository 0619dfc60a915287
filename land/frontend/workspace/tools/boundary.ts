/** Move the boundary that two parcels share: both outlines and areas follow the pointer. */
import type Feature from "ol/Feature.js";
import type LineString from "ol/geom/LineString.js";
import Polygon from "ol/geom/Polygon.js";
import type { EventsKey } from "ol/events.js";
import { unByKey } from "ol/Observable.js";

import { fill, h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { area, clipped, commonBoundary, distanceTo, divide, hull } from "../geometry.ts";
import { COLOURS } from "../map/styles.ts";
import { nameOf, t, type Parcel, type Position, type Rings } from "../page.ts";
import { Tool, type Bench, type Operation } from "./tool.ts";
import { VertexTable } from "./vertex_table.ts";

export interface Line {
  other: string | null;
  line: Position[];
}

export class Boundary extends Tool<Line> {
  readonly kind = "adjust_boundary";
  private readonly table = new VertexTable({ fixed: false, closed: false, change: (line) => this.set({ ...this.state, line }) });
  private readonly box = h("div");
  private readonly areas = h("ul", { class: "chosen num" });
  private shown: Feature<Polygon | LineString>[] = [];
  private listening: EventsKey | null = null;

  constructor(bench: Bench, state: Line = { other: null, line: [] }) {
    super(bench, state);
  }

  override start(): void {
    this.modify({}, () => {
      const handle = this.handles.item(0) as Feature<LineString> | undefined;
      if (handle) this.set({ ...this.state, line: handle.getGeometry()?.getCoordinates() as Position[] });
    });
    this.snap();
    super.start();
    this.bench.hint(t(this.state.other ? "hintDragBoundary" : "hintPickNeighbour"));
  }

  override stop(): void {
    if (this.listening) unByKey(this.listening);
    super.stop();
  }

  private other(): Parcel | null {
    return (this.state.other && this.bench.board.known.get(this.state.other)) || null;
  }

  operation(): Operation | null {
    const [one, other, line] = [this.bench.target, this.other(), this.state.line];
    if (!other || line.length < 2 || JSON.stringify(line) === JSON.stringify(this.shared(other))) return null;
    return { params: { parcels: [one.uid, other.uid], lines: [line] }, parcels: [one, other] };
  }

  redraw(): void {
    if (this.listening) unByKey(this.listening);
    const { board, target } = this.bench;
    const other = this.other();
    if (!other) {
      board.draw([{ rings: target.outline.coordinates, corners: true, lengths: true }]);
      this.handles.clear();
      fill(this.box);
      fill(this.areas);
      return;
    }
    const after = this.after(other, this.state.line);
    const before = [target, other].map((parcel) => ({ rings: parcel.outline.coordinates, colour: COLOURS.before, dashed: true }));
    const now = after.map((rings) => ({ rings, colour: COLOURS.after, below: true, label: `${number(area(rings))} m²` }));
    this.shown = board.draw([...before, ...now], [{ line: this.state.line, colour: COLOURS.draft }]);
    const handle = this.shown[this.shown.length - 1] as Feature<LineString>;
    this.handles.clear();
    this.handles.push(handle);
    this.listening = handle.getGeometry()?.on("change", () => this.follow(other, handle)) ?? null;
    this.table.show(this.state.line, this.shared(other) ?? undefined);
    fill(this.box, this.table.element);
    this.tell(other, after);
  }

  controls(): HTMLElement[] {
    return [this.areas, this.box];
  }

  override pick(parcel: Parcel): boolean {
    // A click that ends a drag lands on one of the two.
    if (parcel.uid === this.bench.target.uid || parcel.uid === this.state.other) return true;
    const line = this.shared(parcel);
    if (!line) this.bench.hint(t("noCommonBoundary", { parcel: nameOf(parcel) }));
    else {
      this.set({ other: parcel.uid, line });
      this.bench.hint(t("hintDragBoundary"));
    }
    return true;
  }

  /** The boundary as it stands, where the two share exactly one line. */
  private shared(other: Parcel): Position[] | null {
    const found = commonBoundary(this.bench.target.outline.coordinates, other.outline.coordinates);
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /** Both outlines with the line as their boundary; as they stand where the line does not divide them. */
  private after(other: Parcel, line: Position[]): [Rings, Rings] {
    const one = this.bench.target.outline.coordinates;
    const theirs = other.outline.coordinates;
    const asTheyStand: [Rings, Rings] = [one, theirs];
    const tried = [this.bench.target, other].map(({ uid }) => this.preview?.reshaped.find((shape) => shape.uid === uid)?.outline.coordinates);
    if (tried[0] && tried[1]) return [tried[0], tried[1]];
    const shared = this.shared(other);
    const around = shared && hull(one[0] ?? [], theirs[0] ?? [], shared);
    const parts = around && divide(around, clipped(around, line));
    if (!parts || !shared) return asTheyStand;
    // The part that keeps a corner of ours far from the boundary is ours.
    const mine = (one[0] ?? []).reduce((best, corner) => (distanceTo(shared, corner) > distanceTo(shared, best) ? corner : best));
    const [first, second] = parts;
    const isFirst = first.some((corner) => corner[0] === mine[0] && corner[1] === mine[1]);
    return [[isFirst ? first : second, ...one.slice(1)], [isFirst ? second : first, ...theirs.slice(1)]];
  }

  /** While the pointer drags: outlines and areas follow. */
  private follow(other: Parcel, handle: Feature<LineString>): void {
    this.preview = null;
    const after = this.after(other, handle.getGeometry()?.getCoordinates() as Position[]);
    after.forEach((rings, index) => {
      const feature = this.shown[2 + index];
      feature?.set("label", `${number(area(rings))} m²`, true);
      feature?.setGeometry(new Polygon(rings));
    });
    this.tell(other, after);
  }

  private tell(other: Parcel, after: [Rings, Rings]): void {
    fill(this.areas, ...[this.bench.target, other].map((parcel, index) => {
      const now = area(after[index] as Rings);
      const change = now - area(parcel.outline.coordinates);
      const sign = change > 0 ? "+" : "";
      return h("li", {}, `${nameOf(parcel)}: `, h("b", {}, `${number(now)} m²`), h("span", { class: "hint" }, ` (${sign}${number(change)} m²)`));
    }));
  }
}
