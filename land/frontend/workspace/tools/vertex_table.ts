/** Corners as officers write them: X (north) before Y (east), to the millimetre, to be typed or pasted from a spreadsheet. */
import { metres, number } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { distance, type Position } from "../geometry.ts";
import { t } from "../page.ts";
import { parseCorners, parseNumber } from "../paste.ts";

export interface TableOptions {
  /** Corners cannot be added or removed, only moved. */
  fixed: boolean;
  /** The line runs back to its first corner. */
  closed: boolean;
  change(positions: Position[]): void;
  focus?(position: Position | null): void;
}

export class VertexTable {
  readonly element = h("div", { class: "vertices" });
  private readonly options: TableOptions;
  private readonly body = h("tbody");
  private readonly note = h("p", { class: "hint", role: "status" });
  private positions: Position[] = [];
  private original: Position[] = [];

  constructor(options: TableOptions) {
    this.options = options;
    const head = h("tr", {}, ...["#", t("xNorth"), t("yEast"), t("edgeLength")].map((text) => h("th", { scope: "col" }, text)));
    const table = h("table", { class: "vertices__table num", onpaste: (event) => this.paste(event as ClipboardEvent) }, h("thead", {}, head), this.body);
    fill(this.element, h("div", { class: "vertices__scroll" }, table), options.fixed ? null : this.adder(), h("p", { class: "hint" }, t("pasteHint")), this.note);
  }

  /** Shows positions; those that differ from `original` are marked. */
  show(positions: Position[], original: Position[] = positions): void {
    const kept = document.activeElement instanceof HTMLInputElement && this.body.contains(document.activeElement) ? document.activeElement.dataset["cell"] : null;
    this.positions = positions;
    this.original = original;
    fill(this.body, ...positions.map((position, index) => this.row(position, index)));
    if (kept) this.body.querySelector<HTMLInputElement>(`[data-cell="${kept}"]`)?.focus();
  }

  private row(position: Position, index: number): HTMLElement {
    const next = this.positions[index + 1] ?? (this.options.closed ? this.positions[0] : undefined);
    const before = this.original[index];
    const moved = before !== undefined && (before[0] !== position[0] || before[1] !== position[1]);
    const remove = this.options.fixed ? null : h("button", { type: "button", class: "icon-button vertices__remove", title: t("removeCorner"), "aria-label": t("removeCorner"), onclick: () => this.replace(this.positions.filter((_, other) => other !== index)) }, "×");
    return h("tr", { class: moved ? "is-moved" : null }, h("th", { scope: "row" }, index + 1), h("td", {}, this.cell(index, 1)), h("td", {}, this.cell(index, 0)),
      h("td", { class: "vertices__length" }, next ? number(distance(position, next)) : "", remove));
  }

  private cell(index: number, axis: 0 | 1): HTMLElement {
    const value = (this.positions[index] as Position)[axis];
    const name = t(axis === 1 ? "xNorth" : "yEast");
    const shown = metres(value);
    const input = h("input", { type: "text", inputmode: "decimal", value: shown, "data-cell": `${index}-${axis}`, "aria-label": `${name} ${index + 1}`, autocomplete: "off" });
    input.addEventListener("change", () => {
      const typed = parseNumber(input.value);
      if (typed === null) this.say(t("notANumber", { text: input.value }));
      // What is shown is rounded: a cell that was only looked at keeps its digits.
      else if (input.value !== shown) this.replace(this.positions.map((place, other) => (other === index ? ((axis === 0 ? [typed, place[1]] : [place[0], typed]) as Position) : place)));
    });
    input.addEventListener("focus", () => this.options.focus?.(this.positions[index] ?? null));
    return input;
  }

  private adder(): HTMLElement {
    const last = (): Position => this.positions[this.positions.length - 1] ?? [0, 0];
    return h("button", { type: "button", class: "button button--quiet button--tiny", onclick: () => this.replace([...this.positions, last()]) }, t("addCorner"));
  }

  private paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\n\t;]/.test(text.trim())) return; // one number into one cell
    event.preventDefault();
    const { positions, swapped, bad } = parseCorners(text);
    const said = [swapped ? t("pasteSwapped") : "", bad.length > 0 ? t("pasteBad", { lines: bad.slice(0, 5).join(", ") }) : ""].filter(Boolean);
    if (positions.length === 0) return this.say(t("pasteNothing"));
    const cell = (event.target as HTMLElement).dataset?.["cell"];
    const from = cell ? Number(cell.split("-")[0]) : 0;
    if (this.options.fixed && from + positions.length > this.positions.length) {
      return this.say(t("pasteTooMany", { given: positions.length, places: this.positions.length - from }));
    }
    this.replace([...this.positions.slice(0, from), ...positions, ...this.positions.slice(from + positions.length)]);
    this.say([t("pasted", { n: positions.length }), ...said].join(" "));
  }

  private replace(positions: Position[]): void {
    this.options.change(positions);
  }

  private say(text: string): void {
    this.note.textContent = text;
  }
}
