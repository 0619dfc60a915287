/** One analysis: its progress, its result on the map, what it was computed from, and what becomes of it. */
import { count, date, minutes, number } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";
import { legendList } from "@core/ui/legend.ts";

import { field } from "../uploads/form.ts";
import { GROUND, type Stage } from "../uploads/stage.ts";
import { toast } from "../uploads/toast.ts";
import { api, data, fileOf, t, type Analysis, type Result } from "./data.ts";

/** Numbers with decimals; whole ones may be codes, which are written as they are. */
const DECIMAL = /^-?\d+\.\d+(e[+-]?\d+)?$/;
/** Milliseconds between two looks at a job at work. */
const LOOK = 600;

export class AnalysisView {
  private readonly panel: HTMLElement;
  private readonly stage: Stage | null;
  private readonly opened: (job: Analysis) => void;
  private job: Analysis;

  constructor(panel: HTMLElement, stage: Stage | null, job: Analysis, opened: (job: Analysis) => void) {
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
    fill(this.panel, h("div", { class: "stack", "data-analysis": job.state },
      h("p", {}, h("a", { href: data.page }, `← ${t("another")}`)),
      h("h1", { class: "panel-title" }, job.title), h("p", {}, h("span", { class: "state", "data-state": job.state }, job.state_text)),
      job.busy && this.busy(),
      job.failure && h("p", { class: "notice notice--error", role: "alert" }, job.failure),
      job.state === "cancelled" && h("p", { class: "notice" }, t("cancelled")),
      job.state === "done" && h("div", { class: "notice notice--success", role: "status" }, h("p", {}, t("kept")), h("p", {}, h("a", { class: "button button--quiet", href: onMap(job) }, t("toMap")))),
      job.result && !job.busy && job.state !== "cancelled" && this.result(job.result),
      !job.busy && h("p", { class: "form__actions" }, h("button", { class: "button button--quiet", type: "button", onclick: () => void api.again(job.uid).then(this.opened, (problem: Error) => toast(problem.message, "error")) }, t("again")))));
    this.advance();
    if (job.tiles && job.result && !job.busy) void this.stage?.tiles(job.tiles, job.result.style, job.result.bounds);
    else void this.stage?.ground();
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
    what.textContent = `${step || t("waiting")}${total ? `: ${count(done)} / ${count(total)}` : ""}`;
    if (total) bar.value = (100 * done) / total;
    else bar.removeAttribute("value");
  }

  private result(result: Result): HTMLElement {
    const facts = result.facts.map(([title, value]) => h("div", { class: "tally" }, h("b", { class: "num" }, typeof value === "number" ? value.toLocaleString("vi-VN") : value), h("span", {}, title)));
    return h("div", { class: "stack" }, h("div", { class: "tallies tallies--two" }, ...facts),
      result.rows === 0 ? h("p", { class: "notice" }, t("empty")) : this.job.state === "examined" && this.decision(),
      result.legend.length > 1 && h("section", { class: "card", id: "legend" }, h("h2", { class: "card__title" }, result.legend_title), legendList(result.legend)),
      result.rows > 0 && h("section", { class: "card" }, h("h2", { class: "card__title" }, t("firstRows")), h("div", { class: "table-scroll" }, sample(result))),
      this.provenance());
  }

  private decision(): HTMLElement {
    const title = h("input", { class: "input", id: "title", name: "title", maxlength: 200, required: true, value: this.job.title });
    const files = ["gpkg", "geojson", "csv", "parquet"].map((form) => h("a", { class: "chip-link", href: fileOf(this.job.uid, form), download: true }, form.toUpperCase()));
    const form = h("form", { class: "form decision" }, data.may_keep && field("title", t("layerTitle"), title),
      h("p", { class: "form__actions" }, data.may_keep && h("button", { class: "button", type: "submit", id: "keep" }, t("keep")), h("button", { class: "button button--danger", type: "button", onclick: () => void this.act(api.cancel(this.job.uid)) }, t("cancel"))),
      h("p", { class: "files" }, h("span", { class: "hint" }, t("download")), ...files));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.act(api.keep(this.job.uid, title.value));
    });
    return form;
  }

  private provenance(): HTMLElement {
    const { inputs = [], versions = {}, begun, changed_meanwhile: changed = [] } = this.job.provenance;
    const at = begun ? new Date(begun) : null;
    const lines = [
      ...(at ? [`${date(at)} ${minutes(at)}`] : []),
      ...inputs.map(({ title, rows, change, files }) => (files ? t("files", { files: count(rows), title }) : t("inputs", { rows: count(rows), title, change }))),
      ...(changed.length ? [t("changed", { names: changed.join(", ") })] : []),
      Object.entries(this.job.parameters).map(([name, value]) => `${name} = ${value}`).join(" · "),
      Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(" · "),
    ];
    return h("details", { class: "card more" }, h("summary", { class: "card__title" }, t("provenance")), h("ul", { class: "read" }, ...lines.map((text) => h("li", {}, text))));
  }

  private async act(step: Promise<Analysis>): Promise<void> {
    try {
      this.job = await step;
      this.draw();
      await this.follow();
    } catch (problem) {
      toast((problem as Error).message, "error");
    }
  }
}

/** The address of the viewer at the layer that a result became, over what it needs to be found again. */
function onMap({ layer, result }: Analysis): string {
  const [west, south, east, north] = result?.bounds ?? [0, 0, 0, 0];
  const zoom = Math.min(17, Math.log2(Math.min(450 / Math.max(east - west, 1e-4), 400 / Math.max(north - south, 1e-4))));
  const place = result?.bounds ? `&map=${zoom.toFixed(2)}/${((south + north) / 2).toFixed(5)}/${((west + east) / 2).toFixed(5)}` : "";
  return `/#layers=${[...GROUND, layer].join(",")}${place}`;
}

function sample(result: Result): HTMLElement {
  const decimals = result.columns.map((_column, index) => result.sample.every((row) => row[index] === null || DECIMAL.test(row[index] ?? "")));
  const said = (value: string | null, index: number): string => (value === null ? "–" : decimals[index] ? number(Number(value)) : value);
  return h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...result.columns.map(({ alias }) => h("th", { scope: "col" }, alias)))),
    h("tbody", {}, ...result.sample.map((row) => h("tr", {}, ...row.map((value, index) => h("td", { class: decimals[index] ? "num" : null }, said(value, index)))))));
}
