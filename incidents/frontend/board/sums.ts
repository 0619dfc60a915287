/** Statistics by unit, category, area or period, and exports of the filter. */
import { fill, h } from "@core/ui/dom.ts";
import { count, number } from "@core/ui/format.ts";

import { address, get, type Query } from "./api.ts";
import { t } from "./page.ts";

interface Line {
  title: string | null;
  [column: string]: string | number | null;
}

const BY = ["unit", "category", "area", "week", "month"] as const;

export class Sums {
  private readonly panel: HTMLElement;
  private by: (typeof BY)[number] = "unit";
  private query: Query = {};

  constructor(panel: HTMLElement) {
    this.panel = panel;
  }

  toggle(query: Query): void {
    this.panel.hidden = !this.panel.hidden;
    this.query = query;
    if (!this.panel.hidden) void this.read();
  }

  /** The filter changed. */
  again(query: Query): void {
    this.query = query;
    if (!this.panel.hidden) void this.read();
  }

  private async read(): Promise<void> {
    const { order: _order, ...query } = this.query;
    const told = await get<{ columns: string[]; lines: Line[]; total: Record<string, number> }>("/statistics", { ...query, by: this.by }).catch(() => null);
    if (!told) return;
    const value = (cell: string | number | null | undefined): string => (typeof cell === "number" ? (Number.isInteger(cell) ? count(cell) : number(cell)) : "–");
    const line = (title: string | null, cells: Record<string, unknown>, strong = false): HTMLElement => {
      const share = Number(cells["resolved"]) > 0 ? Number(cells["on_time"]) / Number(cells["resolved"]) : 0;
      const bar = h("i", { class: "share__fill" });
      bar.style.width = `${Math.round(share * 100)}%`;
      return h("tr", { class: strong ? "sums__total" : null }, h("th", { scope: "row" }, title ?? "–", h("span", { class: "share", title: t("col_on_time") }, bar)),
        ...told.columns.map((column) => h("td", { class: "num", "data-column": column }, value(cells[column] as number))));
    };
    fill(this.panel,
      h("p", { class: "sums__head" }, h("b", {}, t("statistics")), h("span", { class: "segmented" }, ...BY.map((by) =>
        h("button", { type: "button", "aria-pressed": String(by === this.by), onclick: () => { this.by = by; void this.read(); } }, t(`by_${by}`)))),
        h("span", { class: "sums__files" }, h("a", { class: "button button--quiet button--tiny", href: address("/statistics", { ...query, by: this.by, format: "xlsx" }) }, "XLSX"),
          h("button", { type: "button", class: "icon-button", "aria-label": t("close"), onclick: () => (this.panel.hidden = true) }, "×"))),
      h("div", { class: "sums__scroll" }, h("table", { class: "table" },
        h("thead", {}, h("tr", {}, h("th", {}), ...told.columns.map((column) => h("th", { scope: "col" }, t(`col_${column}`))))),
        h("tbody", {}, line(t("sumOfAll"), told.total, true), ...told.lines.map((one) => line(one.title, one))))));
  }
}

/** Links to the files of a filter. */
export function exportLinks(query: Query): HTMLElement {
  const { order: _order, ...filter } = query;
  return h("span", { class: "exports" }, ...["csv", "xlsx", "geojson"].map((format) =>
    h("a", { class: "button button--quiet button--tiny", href: address("/export", { ...filter, format }) }, format === "geojson" ? "GeoJSON" : format.toUpperCase())));
}
