/** Every form by the kind of change that it writes. */
import { land, t } from "../page.ts";
import type { Entry } from "../tools/entry.ts";
import { amount, choice, filled, sentence, text } from "./fields.ts";
import { Form, type Sheet, type Values } from "./form.ts";
import { creditor, isWhole, shares } from "./holders.ts";
import { restriction } from "./restrictions.ts";
import { uses, usesOf } from "./uses.ts";

export interface FormEntry extends Entry {
  /** Under which heading the menu lists it: a key of the page's words; "" for forms that other pages open. */
  group: string;
}

const ready = (needs: Record<string, number>) => (values: Values): boolean => filled(values, needs);

const handing = (kind: string): Sheet => ({
  kind,
  parts: [shares, choice("kind_of_right", "kindOfRight", land.labels.right, "use")],
  ready: (values) => isWhole((values["holders"] as { numerator: number; denominator: number }[] | undefined) ?? []),
});

const certificate = (kind: string): Sheet => ({ kind, parts: [text("serial", "serial", { least: 4, most: 20 }), text("register_no", "registerNo", { most: 20 })], ready: ready({ serial: 4, register_no: 1 }) });

const DISPUTES = Object.fromEntries(Object.entries(land.labels.restriction).filter(([kind]) => kind !== "mortgage"));

const GROUPS: [string, Sheet[]][] = [
  ["groupRights", ["transfer", "inherit", "gift"].map(handing)],
  ["groupRestrictions", [
    { kind: "mortgage", parts: [text("reference", "contract", { least: 3 }), creditor], ready: ready({ reference: 3, creditor: 1 }) },
    { kind: "restrict", parts: [choice("restriction", "kindOfRestriction", DISPUTES, "dispute"), text("reference", "decision", { least: 3 })], ready: ready({ reference: 3 }), params: (values, { uid }) => ({ restriction: "dispute", ...values, parcel: uid }) },
    { kind: "release", parts: [restriction], ready: ready({ restriction: 0 }) },
  ]],
  ["groupCertificates", [
    certificate("issue_certificate"), certificate("replace_certificate"),
    { kind: "revoke_certificate", parts: [text("serial", "serial", { least: 4, most: 20 }), text("decision", "decision", { least: 3 })], ready: ready({ serial: 4, decision: 3 }) },
  ]],
  ["groupLand", [
    { kind: "change_use", parts: [uses], ready: (values) => usesOf(values).length > 0 && usesOf(values).every((use) => use.area_m2 > 0) },
    { kind: "recover", parts: [sentence("hintRecover"), text("decision", "decision", { least: 3 })], ready: ready({ decision: 3 }) },
    { kind: "correct", parts: [text("address", "address", { most: 200 }), amount("legal_area_m2", "areaOnPaper", "hintCorrect")], ready: (values) => Object.keys(values).length > 0 },
  ]],
  ["", [{ kind: "undo", parts: [sentence("hintUndo")], ready: ready({ change: 1 }), params: ({ change }) => ({ change }) }]],
];

/** Parameters of a stored change without what the form does not hold. */
function stateOf(params: Record<string, unknown>): Values {
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => name !== "parcel" && value !== null));
}

export const FORMS: FormEntry[] = GROUPS.flatMap(([group, sheets]) => sheets.map((sheet) => ({
  kind: sheet.kind, key: "", word: "", icon: "", group,
  make: (bench, state) => new Form(bench, sheet, (state as Values | undefined) ?? {}),
  state: stateOf,
})));

/** The menu's headings with their forms. */
export const menu = (): { title: string; entries: FormEntry[] }[] =>
  GROUPS.filter(([group]) => group !== "").map(([group]) => ({ title: t(group), entries: FORMS.filter((entry) => entry.group === group) }));
