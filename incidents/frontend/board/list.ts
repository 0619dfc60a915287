/** The list: pages as one scrolls, one row open, several rows selected, all of it by keyboard too. */
import { fill, h } from "@core/ui/dom.ts";
import { ago, count, date, minutes } from "@core/ui/format.ts";

import { get, type Query } from "./api.ts";
import { board, t, type Counts, type ListPage, type Row } from "./page.ts";

export interface ListHandlers {
  open(row: Row): void;
  selected(rows: Row[]): void;
  loaded(first: ListPage): void;
  failed(error: Error): void;
}

export class List {
  rows: Row[] = [];
  readonly chosen = new Map<string, Row>();
  private readonly element: HTMLElement;
  private readonly counts: HTMLElement;
  private readonly on: ListHandlers;
  private next: string | null = null;
  private query: Query = {};
  private current = -1;
  private loading: AbortController | null = null;

  constructor(element: HTMLElement, counts: HTMLElement, on: ListHandlers) {
    this.element = element;
    this.counts = counts;
    this.on = on;
    element.addEventListener("scroll", () => {
      if (element.scrollTop + element.clientHeight > element.scrollHeight - 600) void this.more();
    });
  }

  get active(): Row | undefined {
    return this.rows[this.current];
  }

  /** Reads the first page of a filter; `quiet` keeps place and selection (a live change). */
  async load(query: Query, quiet = false): Promise<void> {
    this.loading?.abort();
    this.loading = new AbortController();
    const wanted = quiet ? Math.min(200, Math.max(50, this.rows.length)) : 50;
    const open = this.active?.code;
    this.query = query;
    try {
      const first = await get<ListPage>("", { ...query, limit: String(wanted) }, this.loading.signal);
      this.rows = first.items;
      this.next = first.next;
      this.current = this.rows.findIndex(({ code }) => code === open);
      if (!quiet) {
        this.chosen.clear();
        this.element.scrollTop = 0;
        this.on.selected([]);
      }
      this.draw();
      this.drawCounts(first.counts);
      this.on.loaded(first);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.on.failed(error as Error);
    }
  }

  move(by: number): void {
    this.current = Math.max(0, Math.min(this.rows.length - 1, this.current + by));
    this.mark();
    if (this.current > this.rows.length - 10) void this.more();
  }

  /** Marks the row of a code, where it is in the list. */
  point(code: string): void {
    this.current = this.rows.findIndex((row) => row.code === code);
    this.mark();
  }

  toggle(row: Row | undefined): void {
    if (!row) return;
    if (!this.chosen.delete(row.code)) this.chosen.set(row.code, row);
    this.element.querySelector<HTMLInputElement>(`[data-code="${row.code}"] input`)?.toggleAttribute("checked", this.chosen.has(row.code));
    this.draw();
    this.on.selected([...this.chosen.values()]);
  }

  clear(): void {
    this.chosen.clear();
    this.draw();
    this.on.selected([]);
  }

  private async more(): Promise<void> {
    if (!this.next) return;
    const cursor = this.next;
    this.next = null;
    try {
      const following = await get<ListPage>("", { ...this.query, cursor });
      this.rows.push(...following.items);
      this.next = following.next;
      this.element.append(...following.items.map((row) => this.line(row)));
    } catch (error) {
      this.next = cursor;
      this.on.failed(error as Error);
    }
  }

  private draw(): void {
    fill(this.element, ...this.rows.map((row) => this.line(row)), this.rows.length === 0 && h("li", { class: "empty" }, t("none")));
    this.mark(false);
  }

  private drawCounts(counts: Counts | null): void {
    if (counts) fill(this.counts, h("b", { class: "num" }, t("total", { n: count(counts.total) })), h("span", { class: "hint", title: t("keys") }, "⌨ J K ↵ X A S R / ?"));
  }

  private mark(scroll = true): void {
    const code = this.active?.code;
    for (const line of this.element.querySelectorAll<HTMLElement>(".row")) line.toggleAttribute("data-active", line.dataset["code"] === code);
    if (scroll && code) this.element.querySelector(`[data-code="${code}"]`)?.scrollIntoView({ block: "nearest" });
  }

  private line(row: Row): HTMLElement {
    const box = h("input", { type: "checkbox", class: "row__box", "aria-label": row.title, checked: this.chosen.has(row.code) });
    box.addEventListener("click", (event) => { event.stopPropagation(); this.toggle(row); });
    const due = row.due_at ? new Date(row.due_at) : null;
    return h("li", { class: "row", "data-code": row.code, "data-severity": row.severity, "data-late": row.overdue,
      onclick: () => { this.point(row.code); this.on.open(row); } },
      board.may.dispatch && box, h("i", { class: "row__dot", title: board.severity[row.severity] ?? "" }),
      h("b", { class: "row__title" }, row.title),
      h("time", { class: "row__when num", title: row.reported_at }, ago(new Date(row.reported_at))),
      h("span", { class: "row__where" }, [row.category_name, row.address || row.area].filter(Boolean).join(" · ")),
      h("span", { class: "row__foot" }, h("span", { class: "state", "data-state": row.status }, board.status[row.status] ?? row.status),
        row.waiting && h("span", { class: "state", "data-state": "waiting" }, t("waiting")),
        due && h("span", { class: row.overdue ? "row__late num" : "row__due num" }, t(row.overdue ? "lateBy" : "dueAt", { date: `${minutes(due)} ${date(due)}` })),
        row.unit_name && h("span", { class: "row__unit" }, row.unit_name)));
  }
}
