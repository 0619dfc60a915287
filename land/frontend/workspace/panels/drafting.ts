/** A change being drawn or written: the tool in hand, what the rules say about it at once, and saving or handing it in. */
import { fill, h } from "@core/ui/dom.ts";

import { api, Problem, type Asked } from "../api.ts";
import { forget, keep } from "../drafts.ts";
import type { Board } from "../map/board.ts";
import { label, nameOf, t, type Change, type Paper, type Parcel, type Trial, type Violation } from "../page.ts";
import type { Entry } from "../tools/entry.ts";
import type { Bench, Operation, Tool } from "../tools/tool.ts";
import { Papers } from "./papers.ts";
import { button, notice, violationList } from "./parts.ts";
import { labelled } from "../forms/fields.ts";

const PAUSE_MS = 180;

export interface Start {
  state?: unknown;
  reason?: string;
  papers?: Paper[];
  effectiveOn?: string;
  change?: { uid: string; version: number } | null;
  /** Versions that the drawing was begun on, where it was taken up again. */
  seen?: Record<string, number>;
}

export interface DraftWays {
  saved(change: Change): void;
  conflict(problem: Problem, panel: DraftingPanel): void;
  leave(): void;
}

export class DraftingPanel implements Bench {
  readonly element = h("div", { class: "stack" });
  readonly board: Board;
  readonly target: Parcel;
  readonly tool: Tool;
  readonly entry: Entry;
  private readonly ways: DraftWays;
  private readonly hintLine: HTMLElement;
  private readonly verdict = h("div", { class: "stack", "aria-live": "polite" });
  private readonly reason = h("textarea", { id: "reason", rows: 2, maxlength: 500, class: "input", placeholder: t("reasonExample") });
  private readonly undoButton = button(t("undo"), () => this.tool.undo(), "button button--quiet button--tiny");
  private readonly redoButton = button(t("redo"), () => this.tool.redo(), "button button--quiet button--tiny");
  private readonly saveButton = button(t("saveDraft"), () => void this.save(false));
  private readonly submitButton = button(t("saveAndSubmit"), () => void this.save(true), "button");
  private readonly papers: Papers;
  /** Days before today alone: a change that begins tomorrow is handed in tomorrow. */
  private readonly effectiveOn = h("input", { type: "date", class: "input", max: new Date().toLocaleDateString("sv") });
  private readonly seen: Record<string, number>;
  private change: { uid: string; version: number } | null;
  private timer = 0;
  private asked = 0;
  // The same work saved twice (an answer that got lost) stays one draft; different work needs another key.
  private key = newKey();

  constructor(board: Board, target: Parcel, entry: Entry, hint: HTMLElement, ways: DraftWays, start: Start = {}) {
    this.board = board;
    this.target = target;
    this.entry = entry;
    this.hintLine = hint;
    this.ways = ways;
    this.change = start.change ?? null;
    this.seen = start.seen ?? {};
    this.reason.value = start.reason ?? "";
    this.effectiveOn.value = start.effectiveOn ?? "";
    this.papers = new Papers(target.uid, start.papers ?? [], () => this.changed());
    this.reason.addEventListener("input", () => this.remember());
    this.effectiveOn.addEventListener("change", () => this.changed());
    this.tool = entry.make(this, start.state);
    fill(this.element, h("h2", { class: "panel-title" }, label("kind", entry.kind)), h("p", { class: "hint" }, nameOf(target)), h("p", { class: "form__actions" }, this.undoButton, this.redoButton),
      ...this.tool.controls(), this.verdict, h("div", { class: "field" }, h("label", { for: "reason" }, t("reason")), this.reason),
      labelled(t("effectiveOn"), this.effectiveOn, t("effectiveHint")), this.papers.element,
      h("p", { class: "form__actions" }, this.submitButton, this.saveButton, button(t("giveUp"), () => this.giveUp(), "button button--danger")));
  }

  get stored(): string | null {
    return this.change?.uid ?? null;
  }

  /** What stands beside the tool. */
  get written(): Required<Pick<Start, "reason" | "papers" | "effectiveOn">> {
    return { reason: this.reason.value, papers: this.papers.papers, effectiveOn: this.effectiveOn.value };
  }

  begin(): void {
    this.tool.start();
    this.buttons();
    if (this.tool.operation()) this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asked += 1;
    this.tool.stop();
    this.hint("");
    this.board.drawFaults([]);
  }

  hint(text: string): void {
    this.hintLine.textContent = text;
    this.hintLine.hidden = text === "";
  }

  changed(): void {
    this.buttons();
    this.remember();
    this.key = newKey();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.trial(), PAUSE_MS);
  }

  private buttons(): void {
    this.undoButton.disabled = !this.tool.steps.canUndo;
    this.redoButton.disabled = !this.tool.steps.canRedo;
    this.saveButton.disabled = this.submitButton.disabled = this.tool.operation() === null;
  }

  private remember(): void {
    const operation = this.tool.operation();
    if (!operation) return;
    keep({ kind: this.entry.kind, parcel: this.target.uid, state: this.tool.state, seen: this.versions(operation), ...this.written, change: this.change, at: new Date().toISOString() });
  }

  private versions(operation: Operation): Record<string, number> {
    return Object.fromEntries(operation.parcels.map(({ uid, version }) => [uid, this.seen[uid] ?? version]));
  }

  private request(operation: Operation): Asked {
    const from = this.effectiveOn.value;
    return { reason: this.reason.value.trim(), seen: this.versions(operation), params: operation.params, documents: this.papers.papers.map(({ uid }) => uid), ...(from ? { effective_on: from } : {}) };
  }

  /** Asks the rules, without writing; only the answer to the latest question counts. */
  private async trial(): Promise<void> {
    const operation = this.tool.operation();
    const mine = ++this.asked;
    if (!operation) {
      fill(this.verdict);
      this.board.drawFaults([]);
      return this.tool.tried(null);
    }
    try {
      const trial = await api.trial(this.entry.kind, { ...this.request(operation), reason: this.reason.value.trim().padEnd(3, ".") });
      if (mine === this.asked) this.tell(trial);
    } catch (error) {
      if (mine === this.asked) this.failed(error as Problem);
    }
  }

  private tell(trial: Trial): void {
    this.tool.tried(trial.violations.length === 0 || trial.born.length + trial.reshaped.length > 0 ? trial : null);
    this.board.drawFaults(trial.violations);
    fill(this.verdict, trial.violations.length === 0 ? notice(t("rulesKept"), "success") : this.violations(trial.violations));
    this.verdict.dataset["violations"] = String(trial.violations.length);
  }

  private violations(found: Violation[]): HTMLElement {
    return violationList(found, (violation, index) => {
      this.board.drawFaults(found, index);
      this.board.showFault(violation);
    });
  }

  private failed(problem: Problem): void {
    delete this.verdict.dataset["violations"];
    if (problem.code === "stale-parcels") this.ways.conflict(problem, this);
    else fill(this.verdict, notice(problem.message, "error"));
  }

  async save(submit: boolean): Promise<void> {
    const operation = this.tool.operation();
    if (!operation || this.submitButton.disabled) return;
    if (this.reason.value.trim().length < 3) {
      fill(this.verdict, notice(t("reasonNeeded"), "error"));
      this.reason.focus();
      return;
    }
    this.saveButton.disabled = this.submitButton.disabled = true;
    try {
      const asked = this.request(operation);
      const draft = this.change ? await api.revise(this.change, asked) : await api.draft(this.entry.kind, asked, this.key);
      this.change = { uid: draft.uid, version: draft.version };
      const result = submit ? await api.step(draft, "submit") : draft;
      forget();
      this.ways.saved(result);
    } catch (error) {
      this.buttons();
      this.failed(error as Problem);
    }
  }

  private giveUp(): void {
    if (this.tool.steps.canUndo && !confirm(t("giveUpSure"))) return;
    forget();
    this.ways.leave();
  }
}

/** 128 random bits; `crypto.randomUUID` is missing on addresses without TLS. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
