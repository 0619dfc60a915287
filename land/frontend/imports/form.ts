/** The first view: a file, its unit, the answers to its questions; what was imported before; and the way out again. */
import { count, minutes, date } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { toast } from "../workspace/toasts.ts";
import { land, t } from "../workspace/page.ts";
import { addressOf, bring, data, imports, type Job } from "./data.ts";

const SCRIPTS = ["auto", "utf8", "tcvn3", "vni", "cp1258"] as const;
const SCRIPT_NAMES: Record<string, string> = { utf8: "Unicode", tcvn3: "TCVN3 (ABC)", vni: "VNI", cp1258: "Windows-1258" };

/** Fields for what a file does not say; the same before the examination and after it. */
export function questions(asked?: Job["asked"]): HTMLElement {
  const chosen = asked?.srid ? `EPSG:${asked.srid}` : "";
  const crs = h("select", { class: "input", name: "crs", id: "crs" }, h("option", { value: "" }, t("guessIt")),
    ...data.zones.map(({ code, name }) => h("option", { value: code, selected: code === chosen }, `${code} · ${name}`)),
    h("option", { value: "EPSG:4326", selected: chosen === "EPSG:4326" }, t("degreesGps")));
  const axes = h("select", { class: "input", name: "axes", id: "axes" },
    h("option", { value: "auto" }, t("guessIt")),
    h("option", { value: "ne", selected: asked?.axes === "ne" }, t("axesNorth")),
    h("option", { value: "en", selected: asked?.axes === "en" }, t("axesEast")));
  const script = h("select", { class: "input", name: "script", id: "script" },
    ...SCRIPTS.map((name) => h("option", { value: name, selected: asked?.script === name }, SCRIPT_NAMES[name] ?? t("guessIt"))));
  const sheet = h("input", { class: "input", name: "sheet", id: "sheet", type: "number", min: 1, max: 99999, value: asked?.sheet ?? "" });
  return h("div", { class: "questions" },
    field("crs", t("crsQuestion"), crs), field("axes", t("axesQuestion"), axes), field("script", t("scriptQuestion"), script), field("sheet", t("sheetQuestion"), sheet));
}

function field(id: string, label: string, input: HTMLElement): HTMLElement {
  return h("p", { class: "field" }, h("label", { for: id }, label), input);
}

export function formView(panel: HTMLElement, opened: (job: Job) => void, unitChosen: (code: string) => void): void {
  const file = h("input", { type: "file", id: "file", name: "file", class: "drop__input", accept: ".gpkg,.zip,.shp,.geojson,.json,.dxf,.dgn,.csv,.txt" });
  const name = h("span", { class: "drop__name" }, t("chooseFile"));
  const drop = h("label", { class: "drop", for: "file" }, name, h("span", { class: "hint" }, t("fileKinds")), file);
  const unit = h("select", { class: "input", id: "unit", name: "unit" }, ...data.units.map(({ code, name: title }) => h("option", { value: code }, title)));
  const button = h("button", { class: "button", type: "submit", disabled: true }, t("examine"));
  const bar = h("progress", { class: "bar", max: 100, value: 0, hidden: true });
  const chosen = (): void => {
    const picked = file.files?.[0];
    name.textContent = picked ? picked.name : t("chooseFile");
    drop.classList.toggle("is-chosen", Boolean(picked));
    button.disabled = !picked || !unit.value;
  };
  file.addEventListener("change", chosen);
  unit.addEventListener("change", () => unitChosen(unit.value));
  for (const kind of ["dragover", "dragleave", "drop"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", kind === "dragover");
      const dropped = (event as DragEvent).dataTransfer?.files;
      if (kind === "drop" && dropped?.length) {
        file.files = dropped;
        chosen();
      }
    });
  const form = h("form", { class: "form" }, drop, field("unit", t("importUnit"), unit),
    h("details", { class: "more" }, h("summary", {}, t("questions")), h("p", { class: "hint" }, t("questionsHint")), questions()),
    bar, h("p", { class: "form__actions" }, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    bar.hidden = false;
    const sent = new FormData(form);
    if (!sent.get("sheet")) sent.delete("sheet");
    bring(sent, (percent) => {
      bar.value = percent;
      button.textContent = t("sending", { percent });
    }).then(opened, (problem: Error) => {
      toast(problem.message, "error");
      button.textContent = t("examine");
      bar.hidden = true;
      chosen();
    });
  });
  const earlier = h("div", { class: "work" });
  fill(panel, h("div", { class: "stack" },
    h("h1", { class: "panel-title" }, t("importTitle")), h("p", { class: "hint" }, t("importLead")), data.units.length > 0 && form,
    h("section", { class: "card" }, h("h2", { class: "card__title" }, t("earlierImports")), earlier), exporting()));
  if (unit.value) unitChosen(unit.value);
  void list(earlier);
}

async function list(into: HTMLElement): Promise<void> {
  const found = await imports.list().catch((problem: Error) => {
    toast(problem.message, "error");
    return [] as Job[];
  });
  fill(into, ...found.slice(0, 12).map(line));
  if (!found.length) fill(into, h("p", { class: "hint" }, t("noImports")));
}

function line(job: Job): HTMLElement {
  const at = new Date(job.created_at);
  return h("a", { class: "work__line", href: addressOf(job.uid) },
    h("span", { class: "work__name" }, job.name), h("span", { class: "state", "data-state": { done: "published", checked: "checked", submitted: "submitted", refused: "returned", failed: "returned" }[job.state as string] ?? "" }, job.state_text),
    h("span", { class: "work__meta" }, `${job.unit} · ${job.parcels ? `${count(job.parcels)} ${t("parcelsFound")} · ` : ""}${date(at)} ${minutes(at)}`));
}

function exporting(): HTMLElement {
  const unit = h("select", { class: "input", id: "export-unit" }, ...land.units.map(({ code, name }) => h("option", { value: code }, name)));
  const formats: [string, string][] = [
    ["gpkg", t("format_gpkg")], ["shp", t("format_shp")], ["dxf", t("format_dxf")], ["geojson", t("format_geojson")], ["geojson-wgs84", t("format_wgs84")],
    ["csv", t("format_csv")], ["corners", t("format_corners")], ["xml", t("format_xml")],
  ];
  const format = h("select", { class: "input", id: "export-format" }, ...formats.map(([value, name]) => h("option", { value }, name)));
  const sheet = h("input", { class: "input", id: "export-sheet", type: "number", min: 1 });
  const link = h("a", { class: "button button--quiet", id: "export-link", download: "" }, t("download"));
  const renew = (): void => {
    const query = new URLSearchParams({ unit: unit.value, ...(sheet.value ? { sheet: sheet.value } : {}) });
    link.href = `${land.urls.api}exports/${format.value}?${query.toString()}`;
  };
  for (const input of [unit, format, sheet]) input.addEventListener("input", renew);
  renew();
  return h("section", { class: "card", id: "export" }, h("h2", { class: "card__title" }, t("exportTitle")),
    h("div", { class: "questions" }, field("export-unit", t("importUnit"), unit), field("export-format", t("exportFormat"), format), field("export-sheet", t("exportSheet"), sheet)),
    h("p", {}, link));
}
