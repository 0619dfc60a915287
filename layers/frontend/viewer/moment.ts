/** "As of": the date for which the layers that know time answer. */
import { t } from "@core/i18n.ts";
import { fill, h } from "@core/ui/dom.ts";
import { plainDate } from "@core/ui/format.ts";
import { icon } from "@core/ui/icons.ts";

/** The states of the area worth a button: thirteen units of 2020, twelve of early 2025. */
const LANDMARKS = ["2020-06-01", "2025-03-15"];

/** Draws the control and reports each choice (YYYY-MM-DD, or null for today). */
export class MomentControl {
  private readonly element: HTMLElement;
  private readonly titles: string[];
  private readonly choose: (date: string | null) => void;
  private date: string | null;

  constructor(element: HTMLElement, titles: string[], date: string | null, choose: (date: string | null) => void) {
    this.element = element;
    this.titles = titles;
    this.choose = choose;
    this.date = date;
    element.hidden = titles.length === 0;
    this.draw();
  }

  /** Shows a date that was chosen elsewhere (the address). */
  set(date: string | null): void {
    this.date = date;
    this.draw();
  }

  private pick(date: string | null): void {
    this.set(date);
    this.choose(date);
  }

  private draw(): void {
    this.element.classList.toggle("is-past", this.date !== null);
    this.element.title = t("datedLayers", { titles: this.titles.join(", ") });
    fill(this.element, icon("clock"), h("span", { class: "moment__buttons segmented" },
      ...LANDMARKS.map((date) => this.button(plainDate(date), date)), this.otherDate(), this.button(t("today"), null)));
  }

  /** Any other day. The native field stays unseen: it would print dates in the browser's language, not the page's. */
  private otherDate(): HTMLElement {
    const other = this.date !== null && !LANDMARKS.includes(this.date) ? this.date : null;
    const input = h("input", { type: "date", class: "moment__input", tabindex: -1, "aria-hidden": "true", min: "1975-01-01", max: "2099-12-31" });
    input.value = this.date ?? "";
    input.addEventListener("change", () => {
      if (input.value && input.validity.valid) this.pick(input.value);
    });
    const button = h("button", { type: "button", class: "num", "aria-pressed": String(other !== null), onclick: () => input.showPicker() }, other ? plainDate(other) : t("otherDate"));
    return h("span", { class: "moment__other" }, button, input);
  }

  private button(label: string, date: string | null): HTMLElement {
    return h("button", { type: "button", class: "num", "aria-pressed": String(this.date === date), onclick: () => this.pick(date) }, label);
  }
}
