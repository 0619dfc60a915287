/** A change on its way: what it does, what the check says, and the next step for whoever reads it. */
import { fill, h } from "@core/ui/dom.ts";
import { number, plainDate } from "@core/ui/format.ts";

import { api, Problem } from "../api.ts";
import type { Board } from "../map/board.ts";
import { COLOURS } from "../map/styles.ts";
import { label, land, t, type Change, type Drawing, type Violation } from "../page.ts";
import { entryOf } from "../entries.ts";
import { askedCard } from "./asked.ts";
import { button, facts, moment, notice, section, stateBadge, violationList } from "./parts.ts";

export interface ChangeWays {
  edit(change: Change): void;
  undo(change: Change): void;
  conflict(problem: Problem, change: Change): void;
  done(change: Change, sentence: string): void;
  leave(): void;
}

const OWN = ["draft", "returned"];

export class ChangePanel {
  readonly element = h("div", { class: "stack" });
  change: Change;
  private readonly board: Board;
  private readonly ways: ChangeWays;
  private readonly picture = h("div", { class: "stack" });
  private readonly said = h("div", { "aria-live": "polite" });
  private readonly note = h("input", { class: "input", maxlength: 500, placeholder: t("note"), "aria-label": t("note"), id: "note" });

  constructor(board: Board, change: Change, ways: ChangeWays) {
    this.board = board;
    this.change = change;
    this.ways = ways;
    this.fill();
    void this.draw();
  }

  private fill(): void {
    const { change } = this;
    const log = change.steps.map((step) => h("li", {}, h("b", {}, label("state", step.state)), ` ${step.actor} · ${moment(step.at)}`, step.note ? h("q", { class: "log__note" }, step.note) : null));
    fill(this.element, h("h2", { class: "panel-title" }, label("kind", change.kind)), h("p", {}, stateBadge(change), change.overdue ? h("span", { class: "badge badge--overdue" }, t("overdue")) : null),
      facts([[t("reason"), change.reason], [t("unit"), change.unit], [t("author"), change.author], [t("approver"), change.approver], [t("effectiveOn"), plainDate(change.effective_on)], [t("due"), change.due_on && plainDate(change.due_on)]]),
      askedCard(change), this.report(), this.picture, this.said, this.steps(), section(t("log"), h("ul", { class: "log" }, ...log)), button(t("toWorkList"), () => this.ways.leave()));
  }

  private report(): HTMLElement | null {
    const { report } = this.change;
    if (!report) return null;
    return section(t("report"), report.violations.length === 0 ? notice(t("reportClean"), "success") : violationList(report.violations, (found, index) => this.point(report.violations, found, index)));
  }

  private point(all: Violation[], found: Violation, index: number): void {
    this.board.drawFaults(all, index);
    this.board.showFault(found);
  }

  /** The steps that this reader may take from this state. */
  private steps(): HTMLElement {
    const { state, author, kind } = this.change;
    const own = author === land.user;
    const can: HTMLElement[] = [];
    if (own && OWN.includes(state)) {
      can.push(button(t("submit"), () => void this.step("submit"), "button"));
      if (entryOf(kind)) can.push(button(t("drawAgain"), () => this.ways.edit(this.change)));
    }
    if (own && [...OWN, "submitted", "checked"].includes(state)) can.push(button(t("withdraw"), () => void this.step("withdraw"), "button button--danger"));
    if (state === "published" && land.may.draw) can.push(button(t("undoChange"), () => this.ways.undo(this.change)));
    if (!land.may.approve || own) return h("p", { class: "form__actions" }, ...can);
    if (state === "checked") can.push(button(t("approve"), () => void this.step("approve", this.note.value), "button"));
    if (["submitted", "checked"].includes(state)) can.push(button(t("checkAgain"), () => void this.step("check")));
    if (state === "approved") can.push(button(t("publish"), () => void this.step("publish"), "button"));
    if (["submitted", "checked", "approved"].includes(state)) can.push(button(t("sendBack"), () => void this.step("return", this.note.value), "button button--danger"));
    return h("div", { class: "stack" }, can.length > 0 ? this.note : null, h("p", { class: "form__actions" }, ...can));
  }

  private async step(name: string, note?: string): Promise<void> {
    for (const one of this.element.querySelectorAll("button")) one.disabled = true;
    try {
      this.change = await api.step(this.change, name, note);
      this.fill();
      this.ways.done(this.change, t("nowState", { state: label("state", this.change.state) }));
      void this.draw();
    } catch (error) {
      await this.failed(error as Problem);
    }
  }

  private async failed(problem: Problem): Promise<void> {
    if (problem.code === "stale-parcels") return this.ways.conflict(problem, this.change);
    // Somebody else took a step: what they left is shown, with the sentence.
    if (problem.status === 412) this.change = await api.change(this.change.uid);
    this.fill();
    fill(this.said, notice(problem.message, "error"));
    const violations = problem.body["violations"] as Violation[] | undefined;
    if (violations) this.said.append(violationList(violations, (found, index) => this.point(violations, found, index)));
  }

  /** Before and after, on the map and in numbers. */
  private async draw(): Promise<void> {
    try {
      const drawing = await api.drawing(this.change.uid);
      if (!this.element.isConnected) return;
      this.show(drawing);
    } catch (error) {
      const problem = error as Problem;
      if (!this.element.isConnected) return;
      if (problem.code === "stale-parcels") this.ways.conflict(problem, this.change);
      else fill(this.picture, h("p", { class: "hint" }, problem.message));
    }
  }

  private show({ before, after, violations }: Drawing): void {
    const size = (value: number): string => `${number(value)} m²`;
    this.board.draw([
      ...before.map(({ outline, uid }) => ({ rings: outline.coordinates, colour: COLOURS.before, dashed: true, ...(uid ? { covers: uid } : {}) })),
      ...after.map(({ outline, label: name, area_m2 }) => ({ rings: outline.coordinates, colour: COLOURS.after, corners: true, lengths: after.length < 8, label: [name, size(area_m2)].filter(Boolean).join("\n") })),
    ]);
    this.board.drawFaults(violations);
    const rings = [...before, ...after].flatMap(({ outline }) => outline.coordinates);
    if (rings.length > 0) this.board.show(rings);
    const column = (title: string, shapes: Drawing["before"]): HTMLElement => h("div", {}, h("h4", {}, title), h("ul", { class: "num" }, ...shapes.map((shape) => h("li", {}, `${shape.label || t("newParcel")}: ${size(shape.area_m2)}`))),
      h("p", { class: "hint num" }, `Σ ${size(shapes.reduce((sum, shape) => sum + shape.area_m2, 0))}`));
    fill(this.picture, before.length + after.length === 0 ? null : h("div", { class: "comparison" }, column(t("before"), before), column(t("after"), after)));
  }
}
