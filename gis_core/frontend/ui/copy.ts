/** Copy buttons: a connection string or a token goes to the clipboard, and the button says that it did. */
import { t } from "../i18n.ts";

/** Copies text; works without the clipboard API too, which plain-HTTP intranets do not have. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by policy: fall through to the selection.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** Lets a button copy `text`; for two seconds it answers in its own label (the text beside an icon, where it has one). */
export function bindCopy(button: HTMLElement, text: () => string): void {
  const target = button.querySelector("span") ?? button;
  const label = target.textContent;
  button.addEventListener("click", async () => {
    target.textContent = (await copyText(text())) ? t("copied") : t("copyFailed");
    button.classList.add("is-done");
    setTimeout(() => {
      target.textContent = label;
      button.classList.remove("is-done");
    }, 2000);
  });
}

/** Every `[data-copy]` of the page copies the text of the element its value selects. */
export function bindCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]"))
    bindCopy(button, () => document.querySelector(button.dataset["copy"] ?? "")?.textContent?.trim() ?? "");
}
