/** The menu of changes that are written, not drawn: arrows move, Enter takes, Escape leaves. */
import { h } from "@core/ui/dom.ts";

import { menu, type FormEntry } from "../forms/register.ts";
import { label, nameOf, t, type Parcel } from "../page.ts";
import { button } from "./parts.ts";

export function chooseForm(parcel: Parcel): Promise<FormEntry | null> {
  return new Promise((resolve) => {
    let chosen: FormEntry | null = null;
    const item = (entry: FormEntry): HTMLElement => {
      const take = (): void => {
        chosen = entry;
        dialog.close();
      };
      return h("li", {}, h("button", { type: "button", class: "kinds__item", "data-form": entry.kind, onclick: take }, label("kind", entry.kind)));
    };
    const columns = menu().map(({ title, entries }) => h("section", {}, h("h3", { class: "card__title" }, title), h("ul", {}, ...entries.map(item))));
    const dialog = h("dialog", { class: "kinds", "aria-label": t("otherChange") },
      h("h2", { class: "panel-title" }, t("otherChange")), h("p", { class: "hint" }, nameOf(parcel)), h("div", { class: "kinds__columns" }, ...columns), button(t("close"), () => dialog.close()));
    dialog.addEventListener("keydown", (event) => step(dialog, event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector<HTMLElement>(".kinds__item")?.focus();
  });
}

function step(dialog: HTMLElement, event: KeyboardEvent): void {
  // The board's keys are not the menu's.
  event.stopPropagation();
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const items = [...dialog.querySelectorAll<HTMLElement>(".kinds__item")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + by + items.length) % items.length]?.focus();
  event.preventDefault();
}
