/** Forms of parameters, as analyses and reports describe them. */
import { fill, h } from "@core/ui/dom.ts";

import { field, select } from "../uploads/form.ts";
import type { Kind, Parameter } from "./data.ts";

export interface Offer {
  layers: { name: string; title: string; geometry: string; timed: boolean; fields: [string, string, boolean][] }[];
  rasters?: [string, string][];
  units: [string, string][];
  nothing: string;
  all: string;
}

type Input = HTMLInputElement | HTMLSelectElement;

/** The fields of a kind, and what was filled in. */
export function questions(kind: Kind, offer: Offer): { fields: HTMLElement; given: () => Record<string, string> } {
  const inputs = new Map<string, Input>();
  const fields = kind.parameters.map((parameter) => {
    const input = inputOf(parameter, offer);
    inputs.set(parameter.name, input);
    const made = field(`p-${parameter.name}`, parameter.unit ? `${parameter.label} (${parameter.unit})` : parameter.label, input);
    input.id = `p-${parameter.name}`;
    if (parameter.hint) made.append(h("small", { class: "hint" }, parameter.hint));
    return made;
  });
  for (const parameter of kind.parameters.filter((one) => one.kind === "field")) follow(parameter, inputs, offer);
  return {
    fields: h("div", { class: "pairs" }, ...fields),
    given: () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value]).filter(([, value]) => value !== "")),
  };
}

function inputOf(parameter: Parameter, offer: Offer): Input {
  const { name, required } = parameter;
  const start = parameter.default === null ? "" : String(parameter.default);
  const empty: [string, string][] = required ? [] : [["", parameter.kind === "unit" ? offer.all : offer.nothing]];
  if (parameter.kind === "layer") {
    const fitting = offer.layers.filter((layer) => parameter.geometries?.includes(layer.geometry) && (layer.timed || !parameter.timed));
    return select(name, [...empty, ...fitting.map((layer): [string, string] => [layer.name, layer.title])], start);
  }
  if (parameter.kind === "choice") return select(name, parameter.options ?? [], start);
  if (parameter.kind === "raster") return select(name, [...empty, ...(offer.rasters ?? [])], start);
  if (parameter.kind === "unit") return select(name, [...empty, ...offer.units], start);
  if (parameter.kind === "field") return select(name, empty, start);
  if (parameter.kind === "number")
    return h("input", { class: "input", name, type: "number", required, min: parameter.low ?? 0, max: parameter.high ?? 0, step: parameter.whole ? "1" : "any", value: start });
  return h("input", { class: "input", name, type: parameter.kind === "date" ? "date" : "text", required, value: start, spellcheck: false });
}

/** The attributes offered are those of the layer that is chosen. */
function follow(parameter: Parameter, inputs: Map<string, Input>, offer: Offer): void {
  const own = inputs.get(parameter.name);
  const other = inputs.get(parameter.of ?? "");
  if (!own || !other) return;
  const renew = (): void => {
    const layer = offer.layers.find((one) => one.name === other.value);
    const fields = (layer?.fields ?? []).filter(([, , number]) => number || !parameter.numeric);
    const empty = parameter.required ? [] : [h("option", { value: "" }, offer.nothing)];
    fill(own, ...empty, ...fields.map(([name, label]) => h("option", { value: name, selected: name === parameter.default }, label)));
  };
  other.addEventListener("change", renew);
  renew();
}
