/** One step for all selected reports. */
import { fill, h } from "@core/ui/dom.ts";
import { count } from "@core/ui/format.ts";

import { post } from "./api.ts";
import { board, t, type Row } from "./page.ts";

interface Outcome {
  code: string;
  ok: boolean;
  error: string | null;
}

export class Bulk {
  private readonly bar: HTMLElement;
  private readonly done: (text: string, failed: boolean) => void;
  private readonly clear: () => void;

  constructor(bar: HTMLElement, clear: () => void, done: (text: string, failed: boolean) => void) {
    this.bar = bar;
    this.clear = clear;
    this.done = done;
  }

  show(rows: Row[]): void {
    this.bar.hidden = rows.length === 0;
    const unit = h("select", { class: "input", "aria-label": t("chooseUnit") }, h("option", { value: "" }, t("chooseUnit")), ...Object.entries(board.units).map(([code, name]) => h("option", { value: code }, name)));
    const button = (label: string, onclick: () => void, quiet = true): HTMLElement => h("button", { type: "button", class: `button button--tiny ${quiet ? "button--quiet" : ""}`, onclick }, label);
    fill(this.bar, h("b", {}, t("selected", { n: count(rows.length) })), unit,
      button(t("assignAll"), () => unit.value && void this.take("assign", rows, { unit: unit.value }), false),
      button(t("receiveAll"), () => void this.take("receive", rows, {})), button(t("clear"), this.clear));
  }

  private async take(verb: string, rows: Row[], body: Record<string, string>): Promise<void> {
    try {
      const versions = Object.fromEntries(rows.map(({ code, version }) => [code, version]));
      const outcomes = await post<Outcome[]>(`/bulk/${verb}`, { ...body, codes: rows.map(({ code }) => code), versions });
      const refused = outcomes.filter(({ ok }) => !ok);
      const why = [...new Set(refused.map(({ error }) => error))].join(" ");
      this.done(`${t("doneAll", { ok: outcomes.length - refused.length, failed: refused.length })} ${why}`.trim(), refused.length > 0);
    } catch (error) {
      this.done((error as Error).message, true);
    }
  }
}
