/** The first view: a file, the answers to its questions; own uploads and layers below. */
import { date, minutes, count } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { addressOf, api, bring, data, layerAddress, t, type OwnLayer, type Upload } from "./data.ts";
import { toast } from "./toast.ts";

const SCRIPTS: [string, string][] = [["utf8", "Unicode"], ["tcvn3", "TCVN3 (ABC)"], ["vni", "VNI"], ["cp1258", "Windows-1258"]];
const SHOWN = 12;

export function field(id: string, label: string, input: HTMLElement): HTMLElement {
  return h("p", { class: "field" }, h("label", { for: id }, label), input);
}

export function select(id: string, options: [string, string][], chosen = ""): HTMLSelectElement {
  return h("select", { class: "input", id, name: id }, ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

export function crsField(chosen = ""): HTMLElement {
  const zones: [string, string][] = data.zones.map(({ code, name }) => [code, `${code} · ${name}`]);
  return field("crs", t("crs"), select("crs", [["", t("asFile")], ...zones, ["EPSG:4326", t("degrees")]], chosen));
}

export function scriptField(chosen = "auto"): HTMLElement {
  return field("script", t("script"), select("script", [["auto", t("guess")], ...SCRIPTS], chosen));
}

export function formView(panel: HTMLElement, opened: (job: Upload) => void): void {
  const file = h("input", { type: "file", id: "file", name: "file", class: "drop__input", accept: ".gpkg,.zip,.shp,.geojson,.json,.fgb,.parquet,.kml,.gpx,.dxf,.dgn,.csv,.txt,.tsv,.xlsx,.tif,.tiff" });
  const name = h("span", { class: "drop__name" }, t("chooseFile"));
  const drop = h("label", { class: "drop", for: "file" }, name, h("span", { class: "hint" }, t("fileKinds")), file);
  const button = h("button", { class: "button", type: "submit", disabled: true }, t("examine"));
  const bar = h("progress", { class: "bar", max: 100, value: 0, hidden: true });
  const chosen = (): void => {
    const picked = file.files?.[0];
    name.textContent = picked ? picked.name : t("chooseFile");
    drop.classList.toggle("is-chosen", Boolean(picked));
    button.disabled = !picked;
  };
  file.addEventListener("change", chosen);
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
  const form = h("form", { class: "form" }, drop,
    h("details", { class: "more" }, h("summary", {}, t("questions")), h("p", { class: "hint" }, t("questionsHint")), h("div", { class: "pairs" }, crsField(), scriptField())),
    bar, h("p", { class: "form__actions" }, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    bar.hidden = false;
    bring(new FormData(form), (percent) => {
      bar.value = percent;
      button.textContent = t("sending", { percent });
    }).then(opened, (problem: Error) => {
      toast(problem.message, "error");
      button.textContent = t("examine");
      bar.hidden = true;
      chosen();
    });
  });
  const layers = h("div", { class: "lines" });
  const uploads = h("div", { class: "lines" });
  fill(panel, h("div", { class: "stack" }, h("h1", { class: "panel-title" }, t("title")), h("p", { class: "hint" }, t("lead")), form,
    h("section", { class: "card" }, h("h2", { class: "card__title" }, t("yourLayers")), layers),
    h("section", { class: "card" }, h("h2", { class: "card__title" }, t("yourUploads")), uploads)));
  void list(api.layers(), layers, layerLine);
  void list(api.list(), uploads, uploadLine);
}

async function list<T>(asked: Promise<T[]>, into: HTMLElement, line: (one: T) => HTMLElement): Promise<void> {
  const found = await asked.catch((problem: Error) => {
    toast(problem.message, "error");
    return [] as T[];
  });
  fill(into, ...(found.length ? found.slice(0, SHOWN).map(line) : [h("p", { class: "hint" }, t("none"))]));
}

function layerLine(layer: OwnLayer): HTMLElement {
  return h("a", { class: "line", href: layerAddress(layer.name) }, h("span", { class: "line__name" }, layer.title), h("span", { class: "state" }, layer.public ? t("public") : t("scoped")),
    h("span", { class: "line__meta" }, `${count(layer.rows)} ${t("rows")} · ${layer.source}`));
}

function uploadLine(job: Upload): HTMLElement {
  const at = new Date(job.created_at);
  return h("a", { class: "line", href: addressOf(job.uid) }, h("span", { class: "line__name" }, job.name), h("span", { class: "state", "data-state": job.state }, job.state_text),
    h("span", { class: "line__meta" }, `${date(at)} ${minutes(at)}`));
}
