/** The filter: one state in the address, so that a link brings another dispatcher to the same list. */
import { fill, h } from "@core/ui/dom.ts";
import { count } from "@core/ui/format.ts";

import { board, t, type Counts } from "./page.ts";

const NAMES = ["status", "severity", "category", "unit", "area", "overdue", "waiting", "moderation", "since", "until", "q", "order"] as const;
type Name = (typeof NAMES)[number];
const KEPT = "board-filters";
const TYPING_MS = 250;

export class Filters {
  private values: Record<string, string> = {};
  private readonly bar: HTMLElement;
  private readonly changed: () => void;
  private counts: Counts | null = null;
  private timer = 0;

  constructor(bar: HTMLElement, changed: () => void) {
    this.bar = bar;
    this.changed = changed;
    this.read();
    addEventListener("popstate", () => {
      this.read();
      this.draw();
      changed();
    });
    this.draw();
  }

  /** Parameters for the API. */
  get query(): Record<string, string> {
    return { ...this.values };
  }

  show(counts: Counts | null): void {
    this.counts = counts;
    this.draw();
  }

  focusSearch(): void {
    this.bar.querySelector<HTMLInputElement>("input[type=search]")?.focus();
  }

  private read(): void {
    const given = new URLSearchParams(location.search);
    this.values = given.size === 0 ? { status: "open" } : {};
    for (const name of NAMES) if (given.get(name)) this.values[name] = given.get(name) ?? "";
  }

  private set(values: Partial<Record<Name, string>>): void {
    for (const [name, value] of Object.entries(values))
      if (value) this.values[name] = value;
      else delete this.values[name];
    const query = new URLSearchParams(this.values);
    if (query.size === 0) query.set("status", "");
    history.pushState(null, "", `?${query}${location.hash}`);
    this.draw();
    this.changed();
  }

  private draw(): void {
    const typing = document.activeElement instanceof HTMLInputElement && document.activeElement.type === "search" ? document.activeElement : null;
    const at = typing?.selectionStart ?? 0;
    fill(this.bar, this.search(), this.chips(), this.lists(), this.kept());
    if (typing) {
      this.focusSearch();
      this.bar.querySelector<HTMLInputElement>("input[type=search]")?.setSelectionRange(at, at);
    }
  }

  private search(): HTMLElement {
    const field = h("input", { class: "input", type: "search", maxlength: 100, placeholder: t("search"), "aria-label": t("search"), value: this.values["q"] ?? "" });
    field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.set({ q: field.value.trim() }), TYPING_MS);
    });
    return field;
  }

  private chips(): HTMLElement {
    const is = (name: Name, value: string): boolean => (this.values[name] ?? "") === value;
    const chip = (label: string, pressed: boolean, onclick: () => void, n?: number, tone = ""): HTMLElement =>
      h("button", { type: "button", class: `pill ${tone}`, "aria-pressed": String(pressed), onclick }, label, n === undefined ? null : h("b", { class: "num" }, count(n)));
    const flip = (name: Name, value: string) => (): void => this.set({ [name]: is(name, value) ? "" : value });
    return h("p", { class: "pills" },
      chip(t("open"), is("status", "open"), flip("status", "open"), this.counts?.open),
      chip(t("overdue"), is("overdue", "true"), flip("overdue", "true"), this.counts?.overdue, "pill--late"),
      chip(t("unassigned"), is("unit", "none"), flip("unit", "none")),
      chip(t("waiting"), is("waiting", "true"), flip("waiting", "true")),
      chip(t("pending"), is("moderation", "pending"), flip("moderation", "pending")),
      ...Object.entries(board.status).filter(([value]) => this.counts?.status[value]).map(([value, label]) =>
        chip(label, is("status", value), flip("status", value), this.counts?.status[value])));
  }

  private lists(): HTMLElement {
    return h("p", { class: "selects" },
      this.select("category", t("anyCategory"), board.categories), this.select("severity", t("anySeverity"), board.severity),
      this.select("unit", t("anyUnit"), { none: t("unassigned"), ...board.units }), this.select("area", t("anyArea"), board.areas),
      this.select("order", t("newest"), { due: t("due") }), this.day("since"), this.day("until"));
  }

  private select(name: Name, empty: string, options: Record<string, string>): HTMLElement {
    const field = h("select", { class: "input", "aria-label": empty }, h("option", { value: "" }, empty),
      ...Object.entries(options).map(([value, label]) => h("option", { value, selected: this.values[name] === value }, label)));
    field.addEventListener("change", () => this.set({ [name]: field.value }));
    return field;
  }

  private day(name: "since" | "until"): HTMLElement {
    const field = h("input", { class: "input num", type: "date", "aria-label": name, value: this.values[name] ?? "" });
    field.addEventListener("change", () => this.set({ [name]: field.value }));
    return field;
  }

  private kept(): HTMLElement {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, string>;
    const store = (): void => localStorage.setItem(KEPT, JSON.stringify(kept));
    const keep = (): void => {
      const name = prompt(t("nameFilter"))?.trim();
      if (!name) return;
      kept[name] = new URLSearchParams(this.values).toString();
      store();
      this.draw();
    };
    return h("p", { class: "kept" }, ...Object.entries(kept).map(([name, query]) => h("span", { class: "kept__one" },
      h("a", { href: `?${query}` }, name),
      h("button", { type: "button", class: "kept__drop", "aria-label": `${t("clear")}: ${name}`, onclick: () => { delete kept[name]; store(); this.draw(); } }, "×"))),
      h("button", { type: "button", class: "button button--quiet button--tiny", onclick: keep }, t("saveFilter")));
  }
}
