/** What every page has: its style sheet, the theme switch, copy buttons, and asking before what cannot be undone. */
import "./css/base.css";
import { bindCopyButtons } from "./ui/copy.ts";
import { bindThemeToggles } from "./ui/theme.ts";

bindThemeToggles();
bindCopyButtons();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-confirm]"))
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset["confirm"])) event.preventDefault();
  });
for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-submit]"))
  select.addEventListener("change", () => select.form?.requestSubmit());
