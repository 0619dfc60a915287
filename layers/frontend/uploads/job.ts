/** One upload: its progress, its question, what was found, the decision. */
import { count } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { api, data, layerAddress, t, type OwnLayer, type RasterAbout, type Report, type Upload } from "./data.ts";
import { crsField, field, scriptField, select } from "./form.ts";
import { rasterDecision, rasterFound } from "./raster.ts";
import type { Stage } from "./stage.ts";
import { toast } from "./toast.ts";

/** Milliseconds between two looks at a job at work. */
const LOOK = 600;

export class JobView {
  private readonly panel: HTMLElement;
  private readonly stage: Stage | null;
  private readonly opened: (layer: string) => void;
  private job: Upload;

  constructor(panel: HTMLElement, stage: Stage | null, job: Upload, opened: (layer: string) => void) {
    this.panel = panel;
    this.stage = stage;
    this.job = job;
    this.opened = opened;
    this.draw();
    void this.follow();
  }

  private async follow(): Promise<void> {
    while (this.job.busy) {
      await new Promise((done) => setTimeout(done, LOOK));
      try {
        const before = this.job.state;
        this.job = await api.one(this.job.uid);
        if (before !== this.job.state) this.draw();
        else this.advance();
      } catch {
        // The next look may succeed; the bar simply stands still.
      }
    }
  }

  private draw(): void {
    const { job } = this;
    fill(this.panel, h("div", { class: "stack", "data-upload": job.state },
      h("p", {}, h("a", { href: data.page }, `← ${t("another")}`)),
      h("h1", { class: "panel-title" }, job.name), h("p", {}, h("span", { class: "state", "data-state": job.state }, job.state_text)),
      job.busy && this.busy(),
      job.question && this.question(job.question),
      job.failure && h("p", { class: "notice notice--error", role: "alert" }, job.failure),
      job.state === "cancelled" && h("p", { class: "notice" }, t("cancelled")),
      job.state === "done" && this.done(),
      job.state === "examined" && job.report && this.found(job.report)));
    this.advance();
    if (job.state === "examined" && job.report) {
      if (job.kind === "coverage") void this.stage?.picture(job.report.preview ?? "", job.report.bounds);
      else void this.stage?.preview(job.report.shapes, job.report.bounds);
    }
    if (job.state === "done" && job.layer) void api.layer(job.layer).then(() => this.stage?.layer(job.layer ?? "", job.report?.bounds ?? null)).catch(() => undefined);
  }

  private busy(): HTMLElement {
    return h("div", { class: "progress" }, h("p", { class: "progress__what", role: "status" }, t("waiting")), h("progress", { class: "bar", max: 100 }),
      h("p", {}, h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(api.cancel(this.job.uid)) }, t("cancel"))));
  }

  private advance(): void {
    const what = this.panel.querySelector(".progress__what");
    const bar = this.panel.querySelector<HTMLProgressElement>(".bar");
    if (!what || !bar) return;
    const { step, done, total } = this.job;
    what.textContent = `${step || t("waiting")}${total ? `: ${count(done)} / ${count(total)}` : done ? `: ${count(done)}` : ""}`;
    if (total) bar.value = (100 * done) / total;
    else bar.removeAttribute("value");
  }

  private question(question: NonNullable<Upload["question"]>): HTMLElement {
    const form = h("form", { class: "form", id: "answers" }, h("p", { class: "notice" }, question.text), ...this.inputs(question), h("p", { class: "form__actions" }, h("button", { class: "button", type: "submit" }, t("answer"))));
    form.addEventListener("submit", (event) => this.answered(event, form));
    return h("section", { class: "card" }, h("h2", { class: "card__title" }, t("question")), form);
  }

  private inputs({ code, params }: NonNullable<Upload["question"]>): HTMLElement[] {
    const names = (text: unknown): [string, string][] => String(text ?? "").split(", ").map((name) => [name, name]);
    if (code === "which-layer" || code === "unknown-layer") return [field("layer", t("whichLayer"), select("layer", names(params["layers"])))];
    if (code === "kinds") return [field("family", t("whichKind"), select("family", Object.entries(params["counts"] as Record<string, number>).map(([kind, n]) => [kind, `${t(kind)} (${count(n)})`])))];
    if (code === "no-places") return [h("div", { class: "pairs" }, field("east", t("east"), select("east", names(params["fields"]))), field("north", t("north"), select("north", names(params["fields"])))), crsField()];
    return [crsField(), scriptField()];
  }

  private answered(event: Event, form: HTMLFormElement): void {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form).entries()].filter(([, value]) => value !== ""));
    const known = { crs: this.job.asked["srid"] ? `EPSG:${String(this.job.asked["srid"])}` : "", layer: this.job.asked["layer"], family: this.job.asked["family"], east: this.job.asked["east"], north: this.job.asked["north"], script: this.job.asked["script"] };
    void this.act(api.answer(this.job.uid, { ...known, ...given }));
  }

  private raster(report: Report & RasterAbout): HTMLElement {
    const again = h("form", { class: "form" }, crsField(this.job.asked["srid"] ? `EPSG:${String(this.job.asked["srid"])}` : ""), h("p", {}, h("button", { class: "button button--quiet", type: "submit" }, t("again"))));
    again.addEventListener("submit", (event) => this.answered(event, again));
    return h("div", { class: "stack" },
      rasterFound(report),
      rasterDecision(report, this.job.name, (plan) => void this.act(api.confirm(this.job.uid, plan)), () => void this.act(api.cancel(this.job.uid))),
      h("details", { class: "card more", open: true }, h("summary", { class: "card__title" }, t("howRead")), h("ul", { class: "read" }, ...report.remarks.map((text) => h("li", {}, text)))),
      h("details", { class: "card more" }, h("summary", { class: "card__title" }, t("questions")), again));
  }

  private found(report: Report): HTMLElement {
    if (this.job.kind === "coverage") return this.raster(report as Report & RasterAbout);
    const fact = (value: string, name: string, bad = false): HTMLElement => h("div", { class: bad ? "tally is-bad" : "tally" }, h("b", { class: "num" }, value), h("span", {}, name));
    const again = h("form", { class: "form" }, crsField(this.job.asked["srid"] ? `EPSG:${String(this.job.asked["srid"])}` : ""), scriptField(String(this.job.asked["script"] ?? "auto")), h("p", {}, h("button", { class: "button button--quiet", type: "submit" }, t("again"))));
    again.addEventListener("submit", (event) => this.answered(event, again));
    return h("div", { class: "stack" },
      h("div", { class: "tallies" }, fact(count(report.rows), t("rows")), fact(count(report.columns.length), t("columns")), fact(count(report.bad), t("bad"), report.bad > 0)),
      this.decision(report),
      report.faults.length > 0 && h("section", { class: "card" }, h("h2", { class: "card__title" }, t("problems")), h("ol", { class: "faults" }, ...report.faults.map(({ row, text }) => h("li", { class: "fault" }, h("b", { class: "num" }, t("row", { n: row })), " ", text)))),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("firstRows")), h("div", { class: "table-scroll" }, sample(report))),
      h("details", { class: "card more", open: true }, h("summary", { class: "card__title" }, t("howRead")), h("ul", { class: "read" }, ...report.remarks.map((text) => h("li", {}, text)))),
      h("details", { class: "card more" }, h("summary", { class: "card__title" }, t("questions")), again));
  }

  private decision(report: Report): HTMLElement {
    const title = h("input", { class: "input", id: "title", name: "title", maxlength: 200, required: true, value: this.job.name.replace(/\.[^.]+$/, "").replaceAll("_", " ") });
    const mode = select("mode", [["create", t("create")]]);
    const target = field("target", t("target"), select("target", []));
    const key = select("key", [["", t("noKey")], ...report.columns.map(({ name, alias }): [string, string] => [name, alias])]);
    const access = data.may_open ? select("public", [["", t("scoped")], ["1", t("public")]]) : null;
    const leave = h("input", { type: "checkbox", id: "leave-out" });
    const titleField = field("title", t("layerTitle"), title);
    const button = h("button", { class: "button", type: "submit", id: "publish", disabled: report.bad > 0 || report.rows === 0 }, t("publish", { n: count(report.rows) }));
    leave.addEventListener("change", () => (button.disabled = !leave.checked));
    const renew = (): void => {
      target.hidden = mode.value === "create";
      titleField.hidden = !target.hidden;
      title.required = target.hidden;
    };
    mode.addEventListener("change", renew);
    renew();
    void api.layers().then((all) => all.filter(({ raster }) => !raster)).then((layers) => layers.length && this.offer(layers, mode, target)).catch(() => undefined);
    const form = h("form", { class: "form decision" }, field("mode", t("what"), mode), titleField, target, h("div", { class: "pairs" }, field("key", t("key"), key), access && field("public", t("access"), access)),
      report.bad > 0 && h("label", { class: "check", for: "leave-out" }, leave, t("leaveOut", { n: count(report.bad) })),
      h("p", { class: "form__actions" }, button, h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(api.cancel(this.job.uid)) }, t("cancel"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.disabled = true;
      const existing = mode.value !== "create";
      const plan = { mode: mode.value, title: existing ? "" : title.value, target: existing ? (target.querySelector("select")?.value ?? "") : "", key: key.value, public: access?.value === "1", leave_out: leave.checked };
      void this.act(api.confirm(this.job.uid, plan)).then(() => (button.disabled = false));
    });
    return form;
  }

  private offer(layers: OwnLayer[], mode: HTMLSelectElement, target: HTMLElement): void {
    for (const name of ["replace", "append", "upsert"]) mode.append(h("option", { value: name }, `${t(name)} …`));
    const list = target.querySelector("select");
    const wanted = new URLSearchParams(location.search).get("target");
    if (list) fill(list, ...layers.map(({ name, title }) => h("option", { value: name, selected: name === wanted }, title)));
  }

  private done(): HTMLElement {
    const { layer } = this.job;
    return h("div", { class: "notice notice--success", role: "status" }, h("p", {}, layer ? t("published") : t("changed")),
      layer && h("p", { class: "form__actions" }, h("a", { class: "button", href: layerAddress(layer), onclick: (event) => { event.preventDefault(); this.opened(layer); } }, t("styleIt")), h("a", { class: "button button--quiet", href: "/" }, t("toMap"))));
  }

  private async act(step: Promise<Upload>): Promise<void> {
    try {
      this.job = await step;
      this.draw();
      await this.follow();
    } catch (problem) {
      toast((problem as Error).message, "error");
    }
  }
}

function sample(report: Report): HTMLElement {
  return h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...report.columns.map(({ alias }) => h("th", { scope: "col" }, alias)))),
    h("tbody", {}, ...report.sample.map((row) => h("tr", {}, ...row.map((value) => h("td", {}, value ?? "–"))))));
}
