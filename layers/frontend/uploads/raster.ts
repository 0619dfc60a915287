/** Rasters among uploads: what was found in one, what becomes of it, and how it is drawn. */
import { count, number, plainDate } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { api, data, t, type OwnLayer, type RasterAbout, type RasterLook, type Report } from "./data.ts";
import { field, select } from "./form.ts";

/** The card of what an examined raster holds. */
export function rasterFound(report: Report & RasterAbout): HTMLElement {
  const fact = (value: string, name: string): HTMLElement => h("div", { class: "tally" }, h("b", { class: "num" }, value), h("span", {}, name));
  const [across] = report.pixel;
  return h("div", { class: "stack" },
    h("div", { class: "tallies" }, fact(`${count(report.width)} × ${count(report.height)}`, t("pixels")), fact(count(report.bands.length), t("bands")), fact(pixelSize(across, report.srid), t("pixel"))),
    h("section", { class: "card" }, h("h2", { class: "card__title" }, t("bands")), h("div", { class: "table-scroll" }, bandTable(report))));
}

/** Title or target, day and unit of a raster; `decide` gets the plan. */
export function rasterDecision(report: Report & RasterAbout, file: string, decide: (plan: Record<string, unknown>) => void, cancel: () => void): HTMLElement {
  const title = h("input", { class: "input", id: "title", name: "title", maxlength: 200, required: true, value: file.replace(/\.[^.]+$/, "").replaceAll("_", " ") });
  const taken = h("input", { class: "input", type: "date", id: "taken", name: "taken", value: report.taken ?? "", min: "1900-01-01" });
  const unit = h("input", { class: "input", id: "unit", name: "unit", maxlength: 12, placeholder: "m" });
  const mode = select("mode", [["create", t("create")]]);
  const target = field("target", t("target"), select("target", []));
  const access = data.may_open ? select("public", [["", t("scopedRaster")], ["1", t("public")]]) : null;
  const titleField = field("title", t("layerTitle"), title);
  const renew = (): void => {
    target.hidden = mode.value === "create";
    titleField.hidden = !target.hidden;
    title.required = target.hidden;
  };
  mode.addEventListener("change", renew);
  renew();
  void api.layers().then((layers) => offer(layers.filter(({ raster }) => raster), mode, target)).catch(() => undefined);
  const button = h("button", { class: "button", type: "submit", id: "publish" }, t("publishRaster"));
  const form = h("form", { class: "form decision" }, field("mode", t("what"), mode), titleField, target,
    h("div", { class: "pairs" }, field("taken", t("taken"), taken), field("unit", t("unit"), unit)), access && field("public", t("access"), access),
    h("p", { class: "form__actions" }, button, h("button", { class: "button button--danger", type: "button", onclick: cancel }, t("cancel"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    const existing = mode.value !== "create";
    decide({ mode: mode.value, title: existing ? "" : title.value, target: existing ? (target.querySelector("select")?.value ?? "") : "", public: access?.value === "1", taken: taken.value || null, unit: unit.value.trim() });
  });
  return form;
}

function offer(layers: OwnLayer[], mode: HTMLSelectElement, target: HTMLElement): void {
  if (layers.length === 0) return;
  mode.append(h("option", { value: "append" }, `${t("addScene")} …`), h("option", { value: "replace" }, `${t("replaceRaster")} …`));
  const list = target.querySelector("select");
  const wanted = new URLSearchParams(location.search).get("target");
  if (list) fill(list, ...layers.map(({ name, title }) => h("option", { value: name, selected: name === wanted }, title)));
}

/** The style of a published raster; `keep` stores it. */
export function rasterStyle(about: RasterAbout, keep: (look: RasterLook) => void): HTMLElement {
  const look = structuredClone(about.look);
  const bands = about.bands.map(({ number: band, name }): [string, string] => [String(band), name]);
  const kinds = about.kinds.filter((kind) => kind !== "natural" || bands.length >= 3);
  const how = select("kind", kinds.map((kind) => [kind, t(`look_${kind}`)]), look.kind);
  const options = h("div", { class: "pairs" });
  const box = (id: string, value: number | null, step: string): HTMLElement => h("input", { class: "input", type: "number", id, step, value: value ?? "" });
  const renew = (): void => {
    const ramp = how.value === "ramp" || how.value === "relief";
    const light = how.value === "hillshade" || how.value === "relief";
    fill(options,
      ...(how.value === "natural" ? ["red", "greenBand", "blueBand"].map((name, index) => field(`band-${index}`, t(name), select(`band-${index}`, bands, String(look.bands[index] ?? index + 1)))) : [field("band-0", t("band"), select("band-0", bands, String(look.bands[0] ?? 1)))]),
      ramp && field("colours", t("colours"), select("colours", about.colours.map((name) => [name, name]), look.colours)),
      how.value === "ramp" && field("expression", t("expression"), h("input", { class: "input", id: "expression", maxlength: 200, value: look.expression, placeholder: "(b2-b1)/(b2+b1)" })),
      how.value !== "hillshade" && field("low", t("low"), box("low", look.low, "any")), how.value !== "hillshade" && field("high", t("high"), box("high", look.high, "any")),
      light && field("azimuth", t("azimuth"), box("azimuth", look.azimuth, "1")), light && field("exaggeration", t("exaggeration"), box("exaggeration", look.exaggeration, "0.1")));
  };
  how.addEventListener("change", renew);
  renew();
  const form = h("form", { class: "form" }, field("kind", t("style"), how), options, h("p", {}, h("button", { class: "button", type: "submit", id: "keep-style" }, t("keepStyle"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = (id: string): string | undefined => options.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)?.value;
    const numeric = (id: string, otherwise: number | null): number | null => (given(id) ? Number(given(id)) : otherwise);
    const chosen = how.value === "natural" ? [0, 1, 2] : [0];
    keep({ ...look, kind: how.value as RasterLook["kind"], bands: chosen.map((index) => Number(given(`band-${index}`) ?? index + 1)), colours: given("colours") ?? look.colours, expression: given("expression") ?? "", low: numeric("low", null), high: numeric("high", null), azimuth: numeric("azimuth", 315) ?? 315, exaggeration: numeric("exaggeration", null) });
  });
  return form;
}

/** The scenes of a mosaic, the newest first. */
export function sceneList({ scenes }: RasterAbout): HTMLElement {
  const newest = [...scenes].sort((a, b) => (b.taken ?? "").localeCompare(a.taken ?? ""));
  return h("ol", { class: "lines" }, ...newest.map(({ taken, size }) => h("li", { class: "line" }, h("span", { class: "line__name" }, taken ? plainDate(taken) : t("noDay")), h("span", { class: "line__meta" }, `${number(size / 1_000_000)} MB`))));
}

function bandTable({ bands }: RasterAbout): HTMLElement {
  return h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...[t("band"), t("low"), t("mean"), t("high")].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...bands.map(({ number: band, name, min, mean, max }) => h("tr", {}, h("td", {}, name === `b${band}` ? name : `b${band} · ${name}`), ...[min, mean, max].map((value) => h("td", { class: "num" }, number(value)))))));
}

function pixelSize(size: number, srid: number): string {
  return srid === 4326 || srid === 4756 ? `${number(size * 111_320)} m` : `${number(size)} m`;
}
