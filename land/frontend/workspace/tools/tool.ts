/** What every drawing tool is: a state with undo, something on the board, and the change that it asks for. */
import type Interaction from "ol/interaction/Interaction.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import Collection from "ol/Collection.js";
import type Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";

import type { Board } from "../map/board.ts";
import { COLOURS } from "../map/styles.ts";
import type { Parcel, Position, Trial } from "../page.ts";
import { number } from "@core/ui/format.ts";
import { Steps } from "../steps.ts";

/** Pixels within which the pointer takes hold of a corner or line. */
const HOLD_PX = 12;

/** The work that a tool is part of. */
export interface Bench {
  readonly board: Board;
  readonly target: Parcel;
  /** The uid of the stored change that is being edited. */
  readonly stored: string | null;
  /** The state changed: try it, keep it, draw it. */
  changed(): void;
  /** A sentence about what to do next. */
  hint(text: string): void;
}

/** The change that a tool asks for, and the parcels on the screen that it was drawn on. */
export interface Operation {
  params: Record<string, unknown>;
  parcels: Parcel[];
}

export abstract class Tool<S = unknown> {
  abstract readonly kind: string;
  readonly steps: Steps<S>;
  /** True while the pointer holds something: the board is not redrawn under it. */
  holding = false;
  protected readonly bench: Bench;
  /** What the pointer may drag. */
  protected readonly handles = new Collection<Feature<Geometry>>();
  protected preview: Trial | null = null;
  private readonly used: Interaction[] = [];

  constructor(bench: Bench, state: S) {
    this.bench = bench;
    this.steps = new Steps(state);
  }

  get state(): S {
    return this.steps.now;
  }

  /** Takes the tool in hand. */
  start(): void {
    this.redraw();
  }

  /** Lays it down; the board is left to the next one. */
  stop(): void {
    for (const interaction of this.used.splice(0)) this.bench.board.map.removeInteraction(interaction);
    this.bench.board.target.classList.remove("is-drawing");
    this.handles.clear();
  }

  /** The change asked for, or null while something is missing. */
  abstract operation(): Operation | null;

  /** Puts the state on the board. */
  abstract redraw(): void;

  /** The part of the panel that is this tool's alone. */
  abstract controls(): HTMLElement[];

  /** A click on a parcel while the tool is in hand; true where the tool took it. */
  pick(_parcel: Parcel): boolean {
    return false;
  }

  /** A key while the tool is in hand; true where the tool took it. */
  key(_event: KeyboardEvent): boolean {
    return false;
  }

  /** A new state, from the board or from the panel. */
  set(state: S): void {
    // A field that was left as it was is no step.
    if (JSON.stringify(state) === JSON.stringify(this.state)) return this.redraw();
    this.steps.push(state);
    this.preview = null;
    this.redraw();
    this.bench.changed();
  }

  undo(): void {
    if (this.steps.undo()) this.back();
  }

  redo(): void {
    if (this.steps.redo()) this.back();
  }

  /** What the server says the state would make; null forgets it. */
  tried(trial: Trial | null): void {
    this.preview = trial;
    if (!this.holding) this.redraw();
  }

  private back(): void {
    this.preview = null;
    this.redraw();
    this.bench.changed();
  }

  /** The pieces that the trial would make, with their areas. */
  protected pieces(): { rings: Position[][]; colour: string; label: string; lengths: boolean }[] {
    return [...(this.preview?.born ?? []), ...(this.preview?.reshaped ?? [])].map(({ outline, area_m2 }) => ({
      rings: outline.coordinates,
      colour: COLOURS.after,
      label: `${number(area_m2)} m²`,
      lengths: true,
    }));
  }

  protected use<I extends Interaction>(interaction: I): I {
    this.bench.board.map.addInteraction(interaction);
    this.used.push(interaction);
    return interaction;
  }

  protected drop(interaction: Interaction): void {
    this.bench.board.map.removeInteraction(interaction);
    const index = this.used.indexOf(interaction);
    if (index >= 0) this.used.splice(index, 1);
  }

  /** Lets the pointer drag the handles; `done` gets called when it lets go. */
  protected modify(options: Partial<ConstructorParameters<typeof Modify>[0]>, done: () => void): Modify {
    const modify = this.use(new Modify({ features: this.handles, pixelTolerance: HOLD_PX, ...options }));
    modify.on("modifystart", () => (this.holding = true));
    modify.on("modifyend", () => {
      this.holding = false;
      done();
    });
    return modify;
  }

  /** Snapping comes last: it moves the pointer of all interactions before it. */
  protected snap(): Snap {
    return this.use(new Snap({ source: this.bench.board.context, edge: true, vertex: true, intersection: true, pixelTolerance: HOLD_PX }));
  }
}
