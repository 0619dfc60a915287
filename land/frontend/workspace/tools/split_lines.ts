/** Split by lines: drawn with the pointer, along existing boundaries, or by coordinates. */
import type Feature from "ol/Feature.js";
import type LineString from "ol/geom/LineString.js";
import Draw from "ol/interaction/Draw.js";
import { altKeyOnly, never } from "ol/events/condition.js";

import { fill, h } from "@core/ui/dom.ts";

import { COLOURS, sketchStyle } from "../map/styles.ts";
import { t, type Position } from "../page.ts";
import { Tool, type Bench, type Operation } from "./tool.ts";
import { VertexTable } from "./vertex_table.ts";

export interface Lines {
  lines: Position[][];
}

export class SplitLines extends Tool<Lines> {
  readonly kind = "split_lines";
  private drawing: Draw | null = null;
  private busy = false;
  private readonly table = new VertexTable({ fixed: false, closed: false, change: (line) => this.replaceLast(line) });
  private readonly more = h("button", { type: "button", class: "button button--quiet button--tiny", onclick: () => this.draw() }, t("anotherLine"));
  private readonly byHand = h("button", { type: "button", class: "button button--quiet button--tiny", onclick: () => this.type() }, t("lineByCoordinates"));
  private readonly tableBox = h("div");

  constructor(bench: Bench, state: Lines = { lines: [] }) {
    super(bench, state);
  }

  override start(): void {
    this.modify({}, () => {
      const lines = this.handles.getArray().map((feature) => (feature as Feature<LineString>).getGeometry()?.getCoordinates() as Position[]);
      this.set({ lines });
    });
    if (this.state.lines.length === 0) this.draw();
    else this.snap();
    super.start();
  }

  operation(): Operation | null {
    const { target } = this.bench;
    const lines = this.state.lines.filter((line) => line.length > 1);
    return lines.length === 0 ? null : { params: { parcel: target.uid, lines }, parcels: [target] };
  }

  redraw(): void {
    const { target, board } = this.bench;
    const lines = this.state.lines.filter((line) => line.length > 1);
    const pieces = this.pieces();
    const outline = { rings: target.outline.coordinates, corners: true, lengths: pieces.length === 0, colour: COLOURS.picked, ...(pieces.length > 0 ? { covers: target.uid } : {}) };
    const features = board.draw([...pieces, outline], lines.map((line) => ({ line, colour: COLOURS.draft })));
    this.handles.clear();
    this.handles.extend(features.slice(pieces.length + 1));
    this.table.show(this.state.lines[this.state.lines.length - 1] ?? []);
    fill(this.tableBox, this.state.lines.length > 0 ? this.table.element : null);
    this.more.disabled = this.state.lines.length === 0;
  }

  controls(): HTMLElement[] {
    return [h("p", { class: "form__actions" }, this.more, this.byHand), this.tableBox];
  }

  override key(event: KeyboardEvent): boolean {
    if (!this.drawing) return false;
    if (event.key === "Enter") this.drawing.finishDrawing();
    else if (event.key === "Backspace" || event.key === "Delete") this.drawing.removeLastPoint();
    else if (event.key === "Escape" && this.busy) this.drawing.abortDrawing();
    else return false;
    return true;
  }

  private draw(): void {
    if (this.drawing) return;
    const { board } = this.bench;
    const drawing = this.use(new Draw({ type: "LineString", style: sketchStyle, trace: altKeyOnly, traceSource: board.context, freehandCondition: never, stopClick: true }));
    this.drawing = drawing;
    board.target.classList.add("is-drawing");
    this.bench.hint(t("hintSplitLine"));
    drawing.on("drawstart", () => (this.busy = this.holding = true));
    drawing.on("drawabort", () => (this.busy = this.holding = false));
    const snap = this.snap();
    drawing.on("drawend", ({ feature }) => {
      this.busy = this.holding = false;
      const line = (feature.getGeometry() as LineString).getCoordinates() as Position[];
      // Not while the interaction still handles the click that ended the line.
      queueMicrotask(() => this.drawn(drawing, snap, line));
    });
  }

  private drawn(drawing: Draw, snap: ReturnType<SplitLines["snap"]>, line: Position[]): void {
    this.drop(drawing);
    this.drop(snap);
    this.drawing = null;
    this.bench.board.target.classList.remove("is-drawing");
    this.snap();
    this.bench.hint(t("hintAdjustLine"));
    this.set({ lines: [...this.state.lines, line] });
  }

  /** Two corners across the parcel, to be typed over. */
  private type(): void {
    const ring = this.bench.target.outline.coordinates[0] ?? [];
    const [first, across] = [ring[0], ring[Math.floor(ring.length / 2)]];
    if (first && across) this.set({ lines: [...this.state.lines, [first, across]] });
  }

  private replaceLast(line: Position[]): void {
    this.set({ lines: [...this.state.lines.slice(0, -1), ...(line.length > 0 ? [line] : [])] });
  }
}
