/** The map as a table: every commune with every number that could colour it, and what is wrong where. */
import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { count, number } from "@core/ui/format.ts";

import type { Area } from "./area.ts";
import { type Shown, visibleTo, type WallPage } from "./page.ts";
import { during, type Group, type Measured, MetricSource, together } from "./source.ts";

export class Twin {
  private readonly dialog = need<HTMLDialogElement>("#twin");
  private readonly page: WallPage;
  private readonly area: Area;
  private readonly source: MetricSource;

  constructor(page: WallPage, area: Area) {
    this.page = page;
    this.area = area;
    this.source = new MetricSource(page.wall.metrics);
    need("#twin-open").addEventListener("click", () => this.toggle());
  }

  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else {
      this.dialog.showModal();
      void this.read();
    }
  }

  private async read(): Promise<void> {
    const maps = visibleTo(this.page, this.page.wall.maps);
    const close = h("button", { type: "button", class: "chip-button", onclick: () => this.dialog.close() }, t("close"));
    fill(this.dialog, h("h2", {}, t("twinTitle")), h("p", {}, t("loading")), close);
    try {
      const parts = together(maps);
      const answers = await Promise.all(parts.map((part) => this.source.read(part.map(({ metric }) => metric), { by: "unit", level: "commune", filter: part[0]?.filter ?? "", ...during(part[0]?.period ?? "now") })));
      const columns = parts.flatMap((part, index) => part.map((shown) => ({ shown, measured: answers[index]?.get(shown.metric) })));
      fill(this.dialog, h("h2", {}, t("twinTitle")), h("div", { class: "twin__scroll", tabindex: 0 }, this.table(columns)), close);
    } catch {
      fill(this.dialog, h("h2", {}, t("twinTitle")), h("p", {}, t("sourceFails")), close);
    }
    close.focus();
  }

  private table(columns: { shown: Shown; measured: Measured | undefined }[]): HTMLElement {
    const units = new Map<number, string>();
    for (const { measured } of columns) for (const { key, label } of measured?.groups ?? []) if (key && typeof key === "object") units.set(key.id, label);
    const rows = [...units].map(([id, name]) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "rank", onclick: () => this.go(id, name) }, name)),
      ...columns.map(({ measured }) => h("td", { class: "num" }, words(measured, id)))));
    return h("table", { class: "twin__table" }, h("caption", { class: "visually-hidden" }, t("twinTitle")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("twinUnit")), ...columns.map(({ shown }) => h("th", { scope: "col" }, shown.title)))), h("tbody", {}, ...rows));
  }

  private go(id: number, name: string): void {
    this.dialog.close();
    this.area.choose({ id, name });
  }
}

function words(measured: Measured | undefined, id: number): string {
  const group: Group | undefined = measured?.groups?.find(({ key }) => typeof key === "object" && key?.id === id);
  const value = group?.value ?? null;
  if (value === null) return "–";
  const text = Number.isInteger(value) || value >= 1_000 ? count(value) : number(Math.round(value * 10) / 10);
  return measured?.unit ? `${text} ${measured.unit}` : text;
}
