/** The catalogue in the panel: layers by theme, each with its switch, its owner and how fresh it is. */
import { t } from "@core/i18n.ts";
import type { LayerInfo } from "@core/page.ts";
import { fill, h } from "@core/ui/dom.ts";
import { ago, plainDate } from "@core/ui/format.ts";
import { icon } from "@core/ui/icons.ts";
import { layerSign } from "@core/ui/legend.ts";

export interface CatalogueActions {
  isVisible(name: string): boolean;
  toggle(name: string, visible: boolean): void;
  open(layer: LayerInfo): void;
}

/** From this many layers on, a filter helps more than it costs space. */
const FILTER_FROM = 6;

export class Catalogue {
  readonly element: HTMLElement;
  private readonly layers: LayerInfo[];
  private readonly actions: CatalogueActions;
  private readonly rows = new Map<string, { row: HTMLElement; box: HTMLInputElement; meta: HTMLElement }>();
  private readonly empty = h("p", { class: "empty", hidden: true });

  constructor(layers: LayerInfo[], actions: CatalogueActions) {
    this.layers = layers;
    this.actions = actions;
    this.element = h("div", { class: "catalogue" },
      layers.length >= FILTER_FROM ? this.filterField() : null,
      layers.length === 0 ? h("p", { class: "empty" }, t("noLayers")) : null,
      ...this.groups().map(([title, members]) => this.section(title, members)), this.empty);
    setInterval(() => this.refreshMeta(), 20_000);
  }

  /** Redraws what ages: "3 phút trước" and the overdue flag. */
  refreshMeta(names: Iterable<string> = this.rows.keys()): void {
    for (const name of names) {
      const layer = this.layers.find((candidate) => candidate.name === name);
      const parts = this.rows.get(name);
      if (layer && parts) fill(parts.meta, ...metaOf(layer));
    }
  }

  /** Puts the switches where the state says. */
  syncSwitches(): void {
    for (const [name, { box, row }] of this.rows) {
      box.checked = this.actions.isVisible(name);
      row.classList.toggle("is-off", !box.checked);
    }
  }

  /** Moves the focus to a layer's row, after its card was closed. */
  focus(name: string): void {
    this.rows.get(name)?.row.querySelector<HTMLElement>(".layer__open")?.focus();
  }

  private groups(): [string, LayerInfo[]][] {
    const groups = new Map<string, LayerInfo[]>();
    for (const layer of this.layers) groups.set(layer.group_title, [...(groups.get(layer.group_title) ?? []), layer]);
    return [...groups];
  }

  private section(title: string, members: LayerInfo[]): HTMLElement {
    return h("section", { class: "group" }, h("h2", { class: "group__title" }, title),
      h("ul", { class: "group__layers" }, ...members.map((layer) => this.row(layer))));
  }

  private row(layer: LayerInfo): HTMLElement {
    const box = h("input", { type: "checkbox", role: "switch", class: "switch", "aria-label": t("show", { title: layer.title }) });
    box.checked = this.actions.isVisible(layer.name);
    const meta = h("span", { class: "layer__meta" }, ...metaOf(layer));
    const open = h("button", { type: "button", class: "layer__open", "aria-label": t("details", { title: layer.title }), onclick: () => this.actions.open(layer) },
      layerSign(layer), h("span", { class: "layer__text" }, h("span", { class: "layer__title" }, layer.title), meta), icon("chevron"));
    const row = h("li", { class: box.checked ? "layer" : "layer is-off", "data-layer": layer.name }, open, box);
    box.addEventListener("change", () => {
      row.classList.toggle("is-off", !box.checked);
      this.actions.toggle(layer.name, box.checked);
    });
    this.rows.set(layer.name, { row, box, meta });
    return row;
  }

  private filterField(): HTMLElement {
    const input = h("input", { type: "search", class: "filter__input", placeholder: t("filterLayers"), "aria-label": t("filterLayers") });
    input.addEventListener("input", () => this.filter(input.value.trim()));
    return h("div", { class: "filter" }, icon("search"), input);
  }

  private filter(text: string): void {
    const wanted = fold(text);
    let found = 0;
    for (const layer of this.layers) {
      const hit = fold(`${layer.title} ${layer.group_title} ${layer.owner ?? ""} ${layer.name}`).includes(wanted);
      this.rows.get(layer.name)?.row.toggleAttribute("hidden", !hit);
      if (hit) found += 1;
    }
    for (const group of this.element.querySelectorAll(".group")) group.toggleAttribute("hidden", !group.querySelector("li:not([hidden])"));
    this.empty.hidden = found > 0;
    this.empty.textContent = t("noLayerMatches", { text });
  }
}

/** Who answers for the layer; below, when it last changed and what a reader must be warned of. */
function metaOf(layer: LayerInfo): Node[] {
  const age = layer.raster ? rasterAge(layer.raster) : layer.last_change ? ago(new Date(layer.last_change)) : t("never");
  const state = h("span", { class: "layer__state" }, h("span", { class: layer.overdue ? "layer__age is-overdue" : "layer__age" }, age));
  if (layer.overdue) state.append(h("span", { class: "badge badge--overdue" }, icon("warning"), t("overdue")));
  if (layer.demo) state.append(h("span", { class: "badge badge--demo" }, t("demo")));
  return [h("span", { class: "layer__owner", title: layer.owner }, layer.owner ?? t("noOwner")), state];
}

/** The day of a raster's newest scene. */
function rasterAge({ days }: NonNullable<LayerInfo["raster"]>): string {
  return days ? plainDate(days[1]) : t("raster");
}

/** Vietnamese without its marks, so that "dat" finds "đất". */
function fold(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{Diacritic}/gu, "").replaceAll("đ", "d");
}
