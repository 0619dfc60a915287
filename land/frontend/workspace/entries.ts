/** Drawing tools and forms together, by kind of change. */
import { FORMS } from "./forms/register.ts";
import type { Entry } from "./tools/entry.ts";
import { KIT } from "./tools/kit.ts";

export const entryOf = (kind: string | undefined): Entry | undefined => [...KIT, ...FORMS].find((entry) => entry.kind === kind);
