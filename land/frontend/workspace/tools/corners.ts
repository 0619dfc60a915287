/** Put corners where they were measured: by dragging or by coordinates. Every parcel that has the corner follows. */
import type MapBrowserEvent from "ol/MapBrowserEvent.js";
import type Feature from "ol/Feature.js";
import type Polygon from "ol/geom/Polygon.js";
import { never, primaryAction } from "ol/events/condition.js";

import { fill, h } from "@core/ui/dom.ts";
import { number } from "@core/ui/format.ts";

import { area, distance, open, type Position } from "../geometry.ts";
import { COLOURS } from "../map/styles.ts";
import { nameOf, t, type Parcel, type Rings } from "../page.ts";
import { Tool, type Bench, type Operation } from "./tool.ts";
import { VertexTable } from "./vertex_table.ts";

export interface Move {
  source: Position;
  target: Position;
}

export interface Moves {
  moves: Move[];
}

const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];
const HOLD_PX = 12;

export class Corners extends Tool<Moves> {
  readonly kind = "correct_corners";
  private readonly table = new VertexTable({ fixed: true, closed: true, change: (positions) => this.typed(positions) });
  private readonly areas = h("ul", { class: "chosen num" });

  constructor(bench: Bench, state: Moves = { moves: [] }) {
    super(bench, state);
  }

  override start(): void {
    const onOwnCorner = (event: MapBrowserEvent): boolean =>
      primaryAction(event) && this.corners().some((corner) => this.pixels(this.moved(corner), event.pixel as Position) < HOLD_PX);
    this.modify({ condition: onOwnCorner, insertVertexCondition: never, deleteCondition: never }, () => this.dragged());
    this.snap();
    super.start();
    this.bench.hint(t("hintCorners"));
  }

  operation(): Operation | null {
    const { target } = this.bench;
    return this.state.moves.length === 0 ? null : { params: { parcel: target.uid, moves: this.state.moves }, parcels: [target] };
  }

  redraw(): void {
    const parcels = this.involved();
    const before = parcels.map((parcel) => ({ rings: parcel.outline.coordinates, colour: COLOURS.before, dashed: true }));
    const now = parcels.map((parcel, index) => {
      const rings = this.ringsOf(parcel);
      return { rings, colour: index === 0 ? COLOURS.picked : COLOURS.other, corners: index === 0, lengths: index === 0, below: true, label: `${number(area(rings))} m²` };
    });
    const features = this.bench.board.draw([...(this.state.moves.length > 0 ? before : []), ...now.reverse()]);
    this.handles.clear();
    this.handles.extend(features.slice(-parcels.length));
    this.table.show(this.corners().map((corner) => this.moved(corner)), this.corners());
    fill(this.areas, ...parcels.map((parcel) => {
      const [then, after] = [area(parcel.outline.coordinates), area(this.ringsOf(parcel))];
      const change = after - then;
      return Math.abs(change) < 0.005 && parcel.uid !== this.bench.target.uid ? null
        : h("li", {}, `${nameOf(parcel)}: `, h("b", {}, `${number(after)} m²`), h("span", { class: "hint" }, ` (${change > 0 ? "+" : ""}${number(change)} m²)`));
    }));
  }

  controls(): HTMLElement[] {
    return [this.areas, this.table.element];
  }

  override pick(): boolean {
    return true; // a click that ends a drag
  }

  /** The corners of the parcel in hand, holes' included, as they stand in the cadastre. */
  private corners(): Position[] {
    return this.bench.target.outline.coordinates.flatMap(open);
  }

  /** The parcel in hand and all on the board that have one of its corners. */
  private involved(): Parcel[] {
    const { board, target } = this.bench;
    const keys = new Set(this.corners().map(String));
    const near = [...board.known.values()].filter((parcel) => parcel.uid !== target.uid && parcel.outline.coordinates.some((ring) => ring.some((place) => keys.has(String(place)))));
    return [target, ...near];
  }

  private moved(corner: Position): Position {
    return this.state.moves.find(({ source }) => same(source, corner))?.target ?? corner;
  }

  private ringsOf(parcel: Parcel): Rings {
    return parcel.outline.coordinates.map((ring) => ring.map((corner) => this.moved(corner)));
  }

  private typed(positions: Position[]): void {
    const corners = this.corners();
    this.set({ moves: corners.map((source, index) => ({ source, target: positions[index] ?? source })).filter(({ source, target }) => !same(source, target)) });
  }

  /** Reads the outline that the pointer left; its corners stand in the order of the cadastre's. */
  private dragged(): void {
    const own = this.handles.item(this.handles.getLength() - 1) as Feature<Polygon> | undefined;
    const rings = own?.getGeometry()?.getCoordinates() as Rings | undefined;
    if (rings) this.typed(rings.flatMap(open));
  }

  private pixels(place: Position, pixel: Position): number {
    const at = this.bench.board.map.getPixelFromCoordinate(place) as Position | null;
    return at ? distance(at, pixel) : Number.POSITIVE_INFINITY;
  }
}
