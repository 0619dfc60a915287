/** Changes that are written, not drawn: a form is a tool like the others, with its own undo, trial and kept draft. */
import { number } from "@core/ui/format.ts";

import { area } from "../geometry.ts";
import { COLOURS } from "../map/styles.ts";
import { nameOf, type Parcel } from "../page.ts";
import { Tool, type Bench, type Operation } from "../tools/tool.ts";

/** The parameters of a change as far as they are filled in; personal data never stand here, only uids. */
export type Values = Record<string, unknown>;

/** One block of a form. */
export interface Part {
  readonly element: HTMLElement;
  /** Shows what the form holds. */
  show(values: Values): void;
}

export interface Sheet {
  kind: string;
  parts: ((form: Form) => Part)[];
  /** Whether nothing that is needed is missing. */
  ready(values: Values): boolean;
  /** What the change is asked with; by default the parcel and the values. */
  params?(values: Values, target: Parcel): Record<string, unknown>;
}

export class Form extends Tool<Values> {
  readonly kind: string;
  readonly parts: Part[];
  private readonly sheet: Sheet;
  /** The field that is being typed in: its letters are one step of undo, not one each. */
  private typing: string | null = null;

  constructor(bench: Bench, sheet: Sheet, state: Values = {}) {
    super(bench, state);
    this.kind = sheet.kind;
    this.sheet = sheet;
    this.parts = sheet.parts.map((make) => make(this));
  }

  get target(): Parcel {
    return this.bench.target;
  }

  /** The stored change that is being edited, if any: it knows the holders that it names. */
  get stored(): string | null {
    return this.bench.stored;
  }

  override start(): void {
    super.start();
    this.parts[0]?.element.querySelector<HTMLElement>("input, select")?.focus();
  }

  /** A value from a field; nothing (null, "") takes it away. */
  put(name: string, value: unknown, typed = false): void {
    const { [name]: _old, ...others } = this.state;
    const next = value === null || value === "" || value === undefined ? others : { ...others, [name]: value };
    if (!typed || this.typing !== name) {
      this.typing = typed ? name : null;
      return this.set(next);
    }
    this.steps.amend(next);
    this.preview = null;
    this.redraw();
    this.bench.changed();
  }

  operation(): Operation | null {
    if (!this.sheet.ready(this.state)) return null;
    const params = this.sheet.params?.(this.state, this.target) ?? { parcel: this.target.uid, ...this.state };
    return { params, parcels: [this.target] };
  }

  redraw(): void {
    const rings = this.target.outline.coordinates;
    this.bench.board.draw([{ rings, corners: true, colour: COLOURS.picked, label: `${nameOf(this.target)}\n${number(area(rings))} m²` }]);
    for (const part of this.parts) part.show(this.state);
  }

  controls(): HTMLElement[] {
    return this.parts.map(({ element }) => element);
  }
}
