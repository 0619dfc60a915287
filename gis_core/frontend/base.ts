/** What every page has: its style sheet, the theme switch, copy buttons, the way back, and asking before what cannot be undone. */
import "./css/base.css";
import { bindCopyButtons } from "./ui/copy.ts";
import { bindThemeToggles } from "./ui/theme.ts";

bindThemeToggles();
bindCopyButtons();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-confirm]"))
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset["confirm"])) event.preventDefault();
  });
// The map's place stands in the hash, which no server sees: whoever leaves for a moment comes back to it.
const here = (): string => location.pathname + location.search + location.hash;
for (const input of document.querySelectorAll<HTMLInputElement>("form[data-return] input[name=next]"))
  input.form?.addEventListener("submit", () => (input.value = here()));
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-return]"))
  link.addEventListener("click", () => {
    const address = new URL(link.href);
    address.searchParams.set("next", here());
    link.href = address.href;
  });
