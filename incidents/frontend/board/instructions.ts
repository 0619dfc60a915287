/** Instructions of leaders at a report: read, given, answered, accepted. */
import { fill, h } from "@core/ui/dom.ts";
import { date, minutes } from "@core/ui/format.ts";

import { get, post } from "./api.ts";
import { board, t, type Detail } from "./page.ts";

interface Instruction {
  uid: string;
  version: number;
  title: string;
  text: string;
  state: string;
  overdue: boolean;
  due_at: string | null;
  given_by: string;
  assignee_name: string | null;
  answer: string;
  answered_by: string | null;
  may_answer: boolean;
  may_close: boolean;
}

interface Handlers {
  say(text: string, failed?: boolean): void;
}

/** A section that fills itself; nothing is shown where there is nothing to read and nobody to give. */
export function instructionsOf(incident: Detail, on: Handlers): HTMLElement {
  const section = h("section", { class: "card instructions" });
  section.hidden = true;
  const read = async (): Promise<void> => {
    const found = await get<Instruction[]>("/instructions", { incident: incident.code }).catch(() => [] as Instruction[]);
    section.hidden = found.length === 0 && !board.may.instruct;
    fill(section, h("h3", {}, t("instructions")), ...found.map((one) => line(one, send)), board.may.instruct && giving(incident, send));
  };
  const send = (path: string, body: unknown, version?: number): void =>
    void post(`/instructions${path}`, body, version).then(read, (error: Error) => on.say(error.message, true));
  void read();
  return section;
}

type Send = (path: string, body: unknown, version?: number) => void;

function line(one: Instruction, send: Send): HTMLElement {
  const due = one.due_at ? new Date(one.due_at) : null;
  const text = h("textarea", { class: "input", rows: 2, maxlength: 4000, "aria-label": t("answer") });
  return h("article", { class: "instruction", "data-state": one.state, "data-late": one.overdue },
    h("p", { class: "log__line" }, h("b", {}, one.title), h("span", {}, one.given_by), due && h("span", { class: "num" }, t(one.overdue ? "lateBy" : "dueAt", { date: `${minutes(due)} ${date(due)}` }))),
    one.text !== "" && h("p", {}, one.text), one.assignee_name && h("p", { class: "hint" }, one.assignee_name),
    one.answer !== "" && h("blockquote", { class: "log__note" }, one.answer, one.answered_by && h("span", { class: "hint" }, ` – ${one.answered_by}`)),
    one.may_answer && h("p", { class: "form" }, text, h("button", { type: "button", class: "button button--tiny", onclick: () => text.value.trim() && send(`/${one.uid}/answer`, { answer: text.value }, one.version) }, t("sendAnswer"))),
    one.may_close && h("button", { type: "button", class: "button button--quiet button--tiny", onclick: () => send(`/${one.uid}/close`, {}, one.version) }, t("closeIt")));
}

function giving(incident: Detail, send: Send): HTMLElement {
  const title = h("input", { class: "input", name: "title", required: true, minlength: 3, maxlength: 160, placeholder: t("instruction"), "aria-label": t("instruction") });
  const unit = h("select", { class: "input", "aria-label": t("chooseUnit") }, h("option", { value: "" }, t("chooseUnit")), ...Object.entries(board.units).map(([code, name]) => h("option", { value: code }, name)));
  const due = h("input", { class: "input num", type: "datetime-local", "aria-label": t("deadline") });
  const form = h("form", { class: "form instructions__new" }, title, unit, due, h("button", { class: "button button--quiet button--tiny" }, t("instruct")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send("", { title: title.value, incident: incident.code, assignee: unit.value || null, due_at: due.value ? new Date(due.value).toISOString() : null });
  });
  return form;
}
