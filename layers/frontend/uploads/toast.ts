/** Short sentences over the map about what just happened. */
import { h, need } from "@core/ui/dom.ts";

const SECONDS = 8;

export function toast(text: string, kind: "success" | "error" = "success"): void {
  const one = h("p", { class: `notice toast notice--${kind}` }, text);
  need("#toasts").append(one);
  setTimeout(() => one.remove(), SECONDS * 1000);
}
