/** The first view: the kinds of analyses, the form of the chosen one, the own analyses. */
import { date, minutes } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { toast } from "../uploads/toast.ts";
import { addressOf, api, data, t, type Analysis, type Kind } from "./data.ts";
import { questions } from "./questions.ts";

type Opened = (job: Analysis) => void;

export function formView(panel: HTMLElement, opened: Opened): void {
  const list = h("div", { class: "lines" });
  const form = h("div", {});
  const buttons = data.kinds.map((kind) => h("button", { class: "kind", type: "button", "aria-pressed": "false", "data-kind": kind.name }, h("b", {}, kind.title), h("span", {}, kind.abstract)));
  buttons.forEach((button, number) =>
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      const kind = data.kinds[number];
      if (!kind) return;
      fill(form, formOf(kind, opened));
      form.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }),
  );
  fill(panel, h("div", { class: "stack" }, h("h1", { class: "panel-title" }, t("title")), h("p", { class: "hint" }, t("lead")), h("div", { class: "kinds" }, ...buttons), form,
    h("section", { class: "card" }, h("h2", { class: "card__title" }, t("yours")), list)));
  void api.list().then(
    (jobs) => fill(list, ...(jobs.length ? jobs.slice(0, 20).map(line) : [h("p", { class: "hint" }, t("none"))])),
    (problem: Error) => toast(problem.message, "error"),
  );
}

function line(job: Analysis): HTMLElement {
  const at = new Date(job.created_at);
  return h("a", { class: "line", href: addressOf(job.uid) }, h("span", { class: "line__name" }, job.title), h("span", { class: "state", "data-state": job.state }, job.state_text),
    h("span", { class: "line__meta" }, `${date(at)} ${minutes(at)}`));
}

function formOf(kind: Kind, opened: Opened): HTMLElement {
  const button = h("button", { class: "button", type: "submit", id: "compute" }, t("compute"));
  const { fields, given } = questions(kind, { layers: data.layers, rasters: data.rasters, units: data.units, nothing: t("nothing"), all: t("all") });
  const form = h("form", { class: "form decision" }, h("h2", { class: "card__title" }, kind.title), fields, h("p", { class: "form__actions" }, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    api.ask(kind.name, given()).then(opened, (problem: Error) => {
      button.disabled = false;
      toast(problem.message, "error");
    });
  });
  return form;
}
