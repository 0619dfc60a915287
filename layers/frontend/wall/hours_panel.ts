/** Reports by hour: today over yesterday. */
import { t } from "@core/i18n.ts";
import { fill, h, need } from "@core/ui/dom.ts";
import { count } from "@core/ui/format.ts";

import { hours } from "./charts.ts";

type Values = (number | null)[];

export function drawHours(today: Values, before: Values): void {
  need("#hours").hidden = false;
  const chart = hours(today, before);
  const now = new Date().getHours();
  const ends = [24, 12, 0].map((back) => h("span", {}, `${(now - back + 48) % 24}h`));
  const words = t("hoursInWords", { today: count(sum(today)), before: count(sum(before)) });
  fill(need("#hours-chart"), h("span", { class: "hours__top num" }, chart.dataset["top"] ?? ""), chart, h("p", { class: "hours__ends num", "aria-hidden": "true" }, ...ends), h("p", { class: "visually-hidden" }, words));
}

function sum(values: Values): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0);
}
