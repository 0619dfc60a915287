/** `/briefings/`: reports are asked for, read, handed on by links, and made again and again. */
import "./uploads/uploads.css";
import "./analysis/analysis.css";
import "./briefings/briefings.css";

import { date, minutes } from "@core/ui/format.ts";
import { fill, h, need } from "@core/ui/dom.ts";

import type { Kind } from "./analysis/data.ts";
import { questions } from "./analysis/questions.ts";
import { api, data, pageOf, t, type Link, type Report, type Schedule } from "./briefings/data.ts";
import { select } from "./uploads/form.ts";
import { toast } from "./uploads/toast.ts";

/** Milliseconds between two looks at reports that are being made. */
const LOOK = 900;

const form = h("div", {});
const list = h("div", { class: "lines" });
const plans = h("div", { class: "lines" });

function failed(problem: Error): void {
  toast(problem.message, "error");
}

function kindButton(kind: Kind, all: () => HTMLElement[]): HTMLElement {
  const button = h("button", { class: "kind", type: "button", "aria-pressed": "false", "data-kind": kind.name }, h("b", {}, kind.title), h("span", {}, kind.abstract));
  button.addEventListener("click", () => {
    for (const other of all()) other.setAttribute("aria-pressed", String(other === button));
    fill(form, formOf(kind));
  });
  return button;
}

function formOf(kind: Kind): HTMLElement {
  const { fields, given } = questions(kind, { layers: [], units: data.units, nothing: t("nothing"), all: t("all") });
  const every = select("every", [["", t("once")], ...data.every]);
  const button = h("button", { class: "button", type: "submit", id: "make" }, t("make"));
  const made = h("form", { class: "form decision" }, h("h2", { class: "card__title" }, kind.title), fields,
    h("p", { class: "field" }, h("label", { for: "every" }, t("schedule")), every), h("p", { class: "form__actions" }, button));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    const asked = every.value ? api.plan(kind.name, given(), every.value).then(({ every_text }) => toast(t("planned", { every: every_text }))) : api.ask(kind.name, given()).then(() => undefined);
    asked.then(refresh, failed).finally(() => (button.disabled = false));
  });
  return made;
}

async function refresh(): Promise<void> {
  const [reports, schedules] = await Promise.all([api.list(), api.schedules()]);
  fill(list, ...(reports.length ? reports.slice(0, 40).map(line) : [h("p", { class: "hint" }, t("none"))]));
  fill(plans, ...(schedules.length ? schedules.map(planLine) : [h("p", { class: "hint" }, t("none"))]));
  if (reports.some((one) => one.busy)) setTimeout(() => void refresh().catch(failed), LOOK);
}

function line(report: Report): HTMLElement {
  const at = new Date(report.created_at);
  const files = Object.entries(report.files).filter(([form]) => form !== "html").map(([form, href]) => h("a", { class: "chip-link", href, download: form !== "pdf", target: form === "pdf" ? "_blank" : false }, form.toUpperCase()));
  const links = h("div", { class: "links" });
  const done = report.state === "done";
  return h("article", { class: "line report", "data-report": report.state },
    h("div", {}, h("b", { class: "line__name" }, report.title || report.kind_title), h("span", { class: "line__meta" }, `${date(at)} ${minutes(at)}`)),
    report.busy && h("p", { class: "hint", role: "status" }, report.step || t("making")),
    report.failure && h("p", { class: "notice notice--error" }, report.failure),
    done && h("p", { class: "files" }, h("a", { class: "button", href: pageOf(report.uid), target: "_blank", rel: "noopener" }, t("open")), ...files,
      h("button", { class: "button button--quiet", type: "button", onclick: () => void share(report, links) }, t("share"))),
    links);
}

async function share(report: Report, into: HTMLElement): Promise<void> {
  try {
    const link = await api.share(report.uid);
    await navigator.clipboard?.writeText(link.address).then(() => toast(t("copied"))).catch(() => undefined);
    fill(into, ...(await api.links(report.uid)).map((one) => linkLine(one, report, into)));
  } catch (problem) {
    failed(problem as Error);
  }
}

function linkLine(link: Link, report: Report, into: HTMLElement): HTMLElement {
  const until = t("until", { date: date(new Date(link.expires_at)), n: link.opened });
  return h("p", { class: "link" }, h("code", {}, link.address), h("span", { class: "hint" }, link.revoked ? t("revoked") : until),
    !link.revoked && h("button", { class: "button button--quiet", type: "button", onclick: () => void api.revoke(link.uid).then(() => api.links(report.uid)).then((all) => fill(into, ...all.map((one) => linkLine(one, report, into))), failed) }, t("revoke")));
}

function planLine(plan: Schedule): HTMLElement {
  return h("div", { class: "line" }, h("b", { class: "line__name" }, plan.kind_title),
    h("button", { class: "button button--quiet", type: "button", onclick: () => void api.unplan(plan.uid).then(refresh, failed) }, t("end")),
    h("span", { class: "line__meta" }, `${plan.every_text} · ${t("next", { date: date(new Date(plan.next_at)) })}`));
}

const buttons: HTMLElement[] = data.kinds.map((kind) => kindButton(kind, () => buttons));
fill(need("#panel"), h("div", { class: "stack" }, h("h1", { class: "panel-title" }, t("title")), h("p", { class: "hint" }, t("lead")),
  h("div", { class: "kinds" }, ...buttons), form,
  h("div", { class: "columns" }, h("section", { class: "card" }, h("h2", { class: "card__title" }, t("yours")), list), h("section", { class: "card" }, h("h2", { class: "card__title" }, t("schedules")), plans))));
refresh().catch(failed);
