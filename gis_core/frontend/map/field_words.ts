/** Words for properties: a layer's queryables (OGC API) carry each field's label and the words behind its codes. */
import type { FieldInfo, LayerInfo } from "../page.ts";

interface Schema {
  title?: string;
  oneOf?: { const: unknown; title?: string }[];
  "x-ogc-unit"?: string;
}

const asked = new Map<string, Promise<void>>();

/** Fills `layer.fields` once. Without an answer the properties keep their own names: never a reason to show nothing. */
export function loadFields(layer: LayerInfo): Promise<void> {
  const known = asked.get(layer.name);
  if (known) return known;
  const answer = layer.fields ? Promise.resolve() : fetchFields(layer);
  asked.set(layer.name, answer);
  return answer;
}

async function fetchFields(layer: LayerInfo): Promise<void> {
  try {
    if (!layer.connections.collection) return;
    const response = await fetch(`${new URL(layer.connections.collection, location.href).pathname}/queryables`, { headers: { Accept: "application/schema+json" } });
    if (!response.ok) throw new Error(String(response.status));
    const { properties } = (await response.json()) as { properties: Record<string, Schema> };
    layer.fields = Object.entries(properties).map(([name, schema]) => fieldOf(name, schema));
  } catch {
    asked.delete(layer.name);
  }
}

function fieldOf(name: string, schema: Schema): FieldInfo {
  const words = schema.oneOf?.map((choice): [string, string] => [String(choice.const), choice.title ?? String(choice.const)]);
  return { name, label: schema.title ?? name, unit: schema["x-ogc-unit"] ?? null, choices: words ? Object.fromEntries(words) : null };
}
