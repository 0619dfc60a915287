/** One import: its progress, what was found, and the decision. */
import { count, number } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { toast } from "../workspace/toasts.ts";
import { t } from "../workspace/page.ts";
import { BUSY, data, imports, type Fault, type Job } from "./data.ts";
import { questions } from "./form.ts";
import type { Picture } from "./picture.ts";

/** Milliseconds between two looks at a job at work. */
const LOOK = 700;
const SHOWN = 120;
/** States in which the report is before somebody's eyes. */
const LOOKED_AT = new Set(["checked", "submitted"]);

export class JobView {
  private readonly panel: HTMLElement;
  private readonly picture: Picture;
  private job: Job;
  private faults: Fault[] = [];
  private code = "";

  constructor(panel: HTMLElement, picture: Picture, job: Job) {
    this.panel = panel;
    this.picture = picture;
    this.job = job;
    this.draw();
    void this.follow();
  }

  private async follow(): Promise<void> {
    while (BUSY.has(this.job.state)) {
      await new Promise((done) => setTimeout(done, LOOK));
      try {
        const before = this.job.state;
        this.job = await imports.one(this.job.uid);
        if (before !== this.job.state) this.draw();
        else this.advance();
      } catch {
        // The next look may succeed; the bar simply stands still.
      }
    }
  }

  private draw(): void {
    this.picture.open(this.job);
    const { job } = this;
    fill(this.panel, h("div", { class: "stack", "data-import": job.state },
      h("p", {}, h("a", { href: data.page }, `← ${t("newImport")}`)),
      h("h1", { class: "panel-title file-title" }, job.name),
      h("p", { class: "hint" }, [job.unit, job.author, job.approver].filter(Boolean).join(" · "), " ", h("span", { class: "state" }, job.state_text)),
      job.state === "checked" && job.note && h("p", { class: "notice notice--error", role: "alert" }, `${t("sentBack")} ${job.note}`),
      BUSY.has(job.state) && this.busy(),
      job.state === "refused" && h("p", { class: "notice notice--error", role: "alert" }, job.failure),
      job.state === "cancelled" && h("p", { class: "notice" }, t("importCancelled")),
      job.state === "done" && h("div", { class: "notice notice--success", role: "status" }, h("p", {}, t("broughtIn", { n: count(job.parcels) })), h("p", {}, h("a", { class: "button button--tiny", href: "/" }, t("showOnMap")))),
      LOOKED_AT.has(job.state) && this.found()));
    if (LOOKED_AT.has(job.state)) this.choose(job.counts.find(({ is_error: bad }) => bad)?.code ?? job.counts[0]?.code ?? "");
  }

  private busy(): HTMLElement {
    return h("div", { class: "progress" }, h("p", { class: "progress__what", role: "status" }, ""), h("progress", { class: "bar", max: 100 }),
      h("p", {}, h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(imports.cancel(this.job.uid)) }, t("cancelImport"))));
  }

  private advance(): void {
    const what = this.panel.querySelector(".progress__what");
    const bar = this.panel.querySelector<HTMLProgressElement>(".bar");
    if (!what || !bar) return;
    const { step, done, total } = this.job;
    const names: Record<string, string> = { reading: t("step_reading"), drawing: t("step_drawing"), checking: t("step_checking"), writing: t("step_writing") };
    what.textContent = `${names[step] ?? t("step_queued")}${total ? `: ${count(done)} / ${count(total)}` : ""}`;
    if (total) bar.value = (100 * done) / total;
    else bar.removeAttribute("value");
  }

  private found(): HTMLElement {
    const { job } = this;
    const fact = (value: string, name: string, bad = false): HTMLElement => h("div", { class: bad ? "tally is-bad" : "tally" }, h("b", { class: "num" }, value), h("span", {}, name));
    return h("div", { class: "stack" },
      h("div", { class: "tallies" }, fact(count(job.parcels), t("parcelsFound")), fact(number((job.area_m2 ?? 0) / 10_000), t("groundFound")), fact(count(job.bad), t("cannotComeIn"), job.bad > 0)),
      this.decision(),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("problems")),
        job.counts.length ? h("div", { class: "kinds" }, ...job.counts.map((kind) => this.kind(kind))) : h("p", { class: "notice notice--success" }, t("nothingWrong")),
        h("ol", { class: "faults" })),
      h("details", { class: "card more" }, h("summary", { class: "card__title" }, t("howRead")), h("ul", { class: "read" }, ...job.understood_text.map((text) => h("li", {}, text)))),
      job.state === "checked" && job.may.change && this.again());
  }

  private decision(): HTMLElement {
    const { job } = this;
    if (job.state === "submitted") return this.approval();
    if (!job.may.change) return h("p", { class: "notice" }, t("notHandedIn"));
    if (job.hopeless || job.bad >= job.parcels) return h("p", { class: "notice notice--error", role: "alert" }, t("hopeless"));
    const leave = h("input", { type: "checkbox", id: "leave-out" });
    const button = h("button", { class: "button", type: "button", id: "submit", disabled: job.bad > 0 }, t("handIn", { n: count(job.parcels - job.bad) }));
    leave.addEventListener("change", () => (button.disabled = !leave.checked));
    button.addEventListener("click", () => void this.act(imports.submit(job.uid, leave.checked)));
    return h("div", { class: "decision" }, job.bad > 0 && h("label", { class: "check", for: "leave-out" }, leave, t("leaveOut", { n: count(job.bad) })),
      h("p", { class: "form__actions" }, button, h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(imports.cancel(job.uid)) }, t("cancelImport"))));
  }

  /** For a second pair of eyes: approve or return. Whoever handed it in waits, and may take it back. */
  private approval(): HTMLElement {
    const { job } = this;
    const n = count(job.parcels - job.bad);
    const cancel = job.may.change && h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(imports.cancel(job.uid)) }, t("cancelImport"));
    if (!job.may.approve) return h("div", { class: "decision" }, h("p", { class: "notice", role: "status" }, t("waitsForApproval", { n })), h("p", { class: "form__actions" }, cancel));
    const why = h("input", { class: "input", id: "why", maxlength: 500 });
    const back = h("button", { class: "button button--quiet", type: "button", id: "return", disabled: true, onclick: () => void this.act(imports.sendBack(job.uid, why.value)) }, t("sendBack"));
    why.addEventListener("input", () => (back.disabled = !why.value.trim()));
    return h("div", { class: "decision" },
      job.bad > 0 && h("p", { class: "notice" }, t("leftOut", { n: count(job.bad) })),
      h("p", { class: "form__actions" }, h("button", { class: "button", type: "button", id: "approve", onclick: () => void this.act(imports.approve(job.uid)) }, t("approveImport", { n }))),
      h("p", { class: "field" }, h("label", { for: "why" }, t("whyBack")), why), h("p", { class: "form__actions" }, back, cancel));
  }

  private kind(kind: Job["counts"][number]): HTMLElement {
    return h("button", { class: `kind ${kind.is_error ? "is-error" : "is-warning"}`, type: "button", "data-code": kind.code, "aria-pressed": "false", onclick: () => this.choose(kind.code) },
      h("span", {}, kind.title), h("b", { class: "num" }, count(kind.count)));
  }

  private choose(code: string): void {
    this.code = code;
    for (const button of this.panel.querySelectorAll<HTMLElement>(".kind")) button.setAttribute("aria-pressed", String(button.dataset["code"] === code));
    if (code) void imports.problems(this.job.uid, code).then((found) => code === this.code && this.list(found), (problem: Error) => toast(problem.message, "error"));
  }

  private list(found: Fault[]): void {
    this.faults = found;
    this.picture.show(found);
    const into = this.panel.querySelector(".faults");
    if (!into) return;
    fill(into, ...found.slice(0, SHOWN).map((fault, index) => h("li", {}, h("button", { class: `fault ${fault.is_error ? "is-error" : "is-warning"}`, type: "button", onclick: () => this.pick(index) },
      (fault.labels.length > 0 || fault.rows.length > 0) && h("span", { class: "fault__who num" }, [fault.labels.join(", "), fault.rows.length > 0 && t("rowN", { n: fault.rows.slice(0, 2).join(", ") })].filter(Boolean).join(" · ")), h("span", {}, fault.detail)))));
    if (found.length > SHOWN) into.append(h("li", { class: "hint" }, t("showingFirst", { n: SHOWN })));
  }

  /** Marks a problem in the list and on the map. */
  pick(index: number): void {
    const fault = this.faults[index];
    if (!fault) return;
    this.picture.goTo(fault, index);
    this.panel.querySelectorAll(".fault").forEach((one, at) => one.setAttribute("aria-current", String(at === index)));
    this.panel.querySelectorAll(".fault")[index]?.scrollIntoView({ block: "nearest" });
  }

  private again(): HTMLElement {
    const form = h("form", { class: "form" }, questions(this.job.asked), h("p", {}, h("button", { class: "button button--quiet", type: "submit" }, t("examineAgain"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = Object.fromEntries(new FormData(form).entries()) as Record<string, unknown>;
      void this.act(imports.answer(this.job.uid, { ...said, sheet: said["sheet"] ? Number(said["sheet"]) : null }));
    });
    return h("details", { class: "card more", open: this.job.hopeless }, h("summary", { class: "card__title" }, t("questions")), form);
  }

  private async act(step: Promise<Job>): Promise<void> {
    try {
      this.job = await step;
      this.draw();
      await this.follow();
    } catch (problem) {
      toast((problem as Error).message, "error");
    }
  }
}
