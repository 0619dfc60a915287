/** One uploaded layer: its style, its name and access, its versions, how to connect. */
import { t as words } from "@core/i18n.ts";
import { absolute } from "@core/page.ts";
import { bindCopy } from "@core/ui/copy.ts";
import { count, date, minutes } from "@core/ui/format.ts";
import { fill, h } from "@core/ui/dom.ts";

import { api, data, page, t, type Look, type OwnLayer, type Upload, type Version } from "./data.ts";
import { field, select } from "./form.ts";
import { rasterStyle, sceneList } from "./raster.ts";
import type { Stage } from "./stage.ts";
import { toast } from "./toast.ts";

const NUMBERS = ["integer", "bigint", "double"];
const RAMPS = ["blue", "green", "orange", "purple", "grey"];

export class LayerView {
  private readonly panel: HTMLElement;
  private readonly stage: Stage | null;
  private readonly opened: (job: Upload) => void;
  private layer: OwnLayer;
  private look: Look | null;

  constructor(panel: HTMLElement, stage: Stage | null, layer: OwnLayer, opened: (job: Upload) => void) {
    this.panel = panel;
    this.stage = stage;
    this.layer = layer;
    this.opened = opened;
    this.look = layer.look;
    this.draw();
    void this.show();
  }

  private async show(): Promise<void> {
    const known = page.layers.find(({ name }) => name === this.layer.name);
    await this.stage?.layer(this.layer.name, known?.bounds ?? null);
  }

  private draw(): void {
    const { layer } = this;
    fill(this.panel, h("div", { class: "stack", "data-layer": layer.name },
      h("p", {}, h("a", { href: data.page }, `← ${t("title")}`)),
      h("h1", { class: "panel-title" }, layer.title),
      h("p", { class: "hint" }, `${count(layer.rows)} ${t(layer.raster ? "scenes" : "rows")} · ${layer.geometry_type} · EPSG:${layer.srid} · ${layer.source}`),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("style")), layer.raster ? rasterStyle(layer.raster, (look) => void this.keep(api.look(layer.name, { look }), t("styleKept"), true)) : this.styling()),
      layer.raster && h("section", { class: "card" }, h("h2", { class: "card__title" }, t("scenes")), sceneList(layer.raster)),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("connect")), this.addresses()),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("sharing")), this.sharing()),
      h("section", { class: "card" }, h("h2", { class: "card__title" }, t("versions")), h("ol", { class: "lines" }, ...layer.versions.map((version, index) => this.version(version, index === 0)))),
      h("p", {}, h("button", { class: "button button--danger", type: "button", onclick: () => void this.remove() }, t("remove")))));
  }

  private styling(): HTMLElement {
    const { columns, geometry_type: kind } = this.layer;
    const kinds = ["single", "categorised", "graduated", ...(kind.endsWith("Point") ? ["heat"] : [])];
    const how = select("kind", kinds.map((name) => [name, t(name)]), this.look?.kind ?? "single");
    const options = h("div", { class: "pairs" });
    const classes = h("div", { class: "classes" });
    const label = select("label", [["", t("noLabel")], ...columns.map(({ name, alias }): [string, string] => [name, alias])], this.layer.label ?? "");
    const propose = async (): Promise<void> => {
      const value = (id: string): string => options.querySelector<HTMLSelectElement>(`#${id}`)?.value ?? "";
      const query = Object.fromEntries(["field", "count", "method", "ramp"].map((id) => [id, value(id)]).filter(([, given]) => given)) as Record<string, string>;
      try {
        this.look = await api.proposal(this.layer.name, how.value, query);
        this.classes(classes);
      } catch (problem) {
        toast((problem as Error).message, "error");
      }
    };
    const renew = (): void => {
      fill(options, ...this.options(how.value));
      options.querySelectorAll("select").forEach((input) => input.addEventListener("change", () => void propose()));
    };
    how.addEventListener("change", () => {
      renew();
      void propose();
    });
    renew();
    if (this.look) this.classes(classes);
    else void propose();
    const form = h("form", { class: "form" }, field("kind", t("style"), how), options, classes, field("label", t("label"), label), h("p", {}, h("button", { class: "button", type: "submit", id: "keep-style" }, t("keepStyle"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep(api.look(this.layer.name, { ...(this.look ? { look: this.look } : {}), label: label.value }), t("styleKept"), true);
    });
    return form;
  }

  private options(kind: string): HTMLElement[] {
    const fitting = (types: string[]): [string, string][] => this.layer.columns.filter(({ type }) => types.includes(type)).map(({ name, alias }) => [name, alias]);
    const chosen = this.look?.field ?? "";
    if (kind === "categorised") return [field("field", t("field"), select("field", fitting(["text", "boolean", "integer", "bigint"]), chosen))];
    if (kind === "heat") return [field("field", t("weight"), select("field", [["", t("noKey")], ...fitting(NUMBERS)], chosen))];
    if (kind !== "graduated") return [];
    return [
      field("field", t("field"), select("field", fitting(NUMBERS), chosen)),
      field("count", t("classes"), select("count", [3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), String(n)]), String(this.look?.colours?.length ?? 5))),
      field("method", t("method"), select("method", ["quantile", "equal"].map((name) => [name, t(name)]))),
      field("ramp", t("colours"), select("ramp", RAMPS.map((name) => [name, t(name)]))),
    ];
  }

  /** The classes with a colour each that can be changed. */
  private classes(into: HTMLElement): void {
    const { look } = this;
    const line = (name: string, colour: string, change: (colour: string) => void): HTMLElement => {
      const input = h("input", { type: "color", value: colour, "aria-label": name });
      input.addEventListener("input", () => change(input.value));
      return h("li", { class: "class" }, input, h("span", {}, name));
    };
    const lines: HTMLElement[] = [];
    look?.classes?.forEach((pair) => lines.push(line(String(pair[0]), pair[1], (colour) => (pair[1] = colour))));
    look?.colours?.forEach((colour, index) => lines.push(line(interval(look.breaks ?? [], index), colour, (chosen) => look.colours?.splice(index, 1, chosen))));
    if (look?.colour) lines.push(line(look.kind === "single" ? t("single") : t("other"), look.colour, (colour) => (look.colour = colour)));
    fill(into, h("ul", { class: "class-list" }, ...lines));
  }

  private addresses(): HTMLElement {
    const known = page.layers.find(({ name }) => name === this.layer.name);
    if (!known) return h("p", { class: "hint" }, t("none"));
    const { connections } = known;
    const line = (name: string, address: string): HTMLElement => h("li", { class: "address" }, h("b", {}, name), h("code", {}, address), copyButton(address));
    return h("div", { class: "stack" }, h("ul", { class: "addresses" }, ...(this.layer.raster ? [line("WMS", connections.wms ?? ""), line("WMTS", connections.wmts ?? ""), line(t("addressRaster"), absolute(connections.tiles))] : [line(t("addressWfs"), absolute("/wfs")), line(t("addressOgc"), connections.ogc ?? ""), line(t("addressTiles"), absolute(connections.tiles))])),
      connections.qgis ? h("p", {}, h("a", { class: "button button--quiet", href: connections.qgis, download: "" }, t("qgisFile"))) : null);
  }

  private sharing(): HTMLElement {
    const title = h("input", { class: "input", id: "title", name: "title", maxlength: 200, required: true, value: this.layer.title });
    const access = select("public", [["", t(this.layer.raster ? "scopedRaster" : "scoped")], ["1", t("public")]], this.layer.public ? "1" : "");
    access.disabled = !data.may_open;
    const form = h("form", { class: "form" }, field("title", t("layerTitle"), title), field("public", t("access"), access), h("p", {}, h("button", { class: "button button--quiet", type: "submit" }, t("save"))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep(api.share(this.layer.name, { title: title.value, ...(data.may_open ? { public: access.value === "1" } : {}) }), t("saved"), false);
    });
    return form;
  }

  private version(version: Version, newest: boolean): HTMLElement {
    const at = new Date(version.at);
    return h("li", { class: "line" }, h("span", { class: "line__name" }, `${version.number} · ${version.mode_text}`),
      newest ? h("span", { class: "state", "data-state": "done" }, t("now")) : version.kept ? h("button", { class: "button button--quiet button--tiny", type: "button", onclick: () => void this.restore(version.number) }, t("restore")) : h("span", { class: "state" }, t("forgotten")),
      h("span", { class: "line__meta" }, `${count(version.rows ?? 0)} ${t(this.layer.raster ? "scenes" : "rows")} · ${version.source ?? ""} · ${date(at)} ${minutes(at)}${version.author ? ` · ${version.author}` : ""}`));
  }

  private async keep(step: Promise<OwnLayer>, text: string, redrawn: boolean): Promise<void> {
    try {
      this.layer = await step;
      this.look = this.layer.look;
      this.draw();
      if (redrawn) await this.show();
      toast(text);
    } catch (problem) {
      toast((problem as Error).message, "error");
    }
  }

  private async restore(number: number): Promise<void> {
    await this.queued(api.restore(this.layer.name, number));
  }

  private async remove(): Promise<void> {
    if (confirm(t("removeSure", { name: this.layer.title }))) await this.queued(api.remove(this.layer.name));
  }

  private async queued(step: Promise<Upload>): Promise<void> {
    try {
      this.opened(await step);
    } catch (problem) {
      toast((problem as Error).message, "error");
    }
  }
}

function interval(breaks: number[], index: number): string {
  const low = breaks[index - 1];
  const high = breaks[index];
  if (low === undefined) return high === undefined ? "…" : `< ${String(high)}`;
  return high === undefined ? `≥ ${String(low)}` : `${String(low)} – ${String(high)}`;
}

function copyButton(text: string): HTMLElement {
  const button = h("button", { class: "button button--quiet button--tiny", type: "button" }, words("copy"));
  bindCopy(button, () => text);
  return button;
}
