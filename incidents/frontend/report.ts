/** `/incidents/new/`: the report form. Everything is on the device before anything is sent. */
import "./report/css/report.css";
import { fill, h, need } from "@core/ui/dom.ts";
import { readData, type Draft, type QueuedReport } from "./report/data.ts";
import { categoryIcon, ownIcon } from "./report/icons.ts";
import { Outbox } from "./report/outbox.ts";
import { Pictures } from "./report/pictures.ts";
import { Place } from "./report/place.ts";
import { isNew } from "./report/similar.ts";
import { drafts, dropDraft, photosOf, putDraft, queue, report as stored } from "./report/store.ts";
import { say } from "./report/words.ts";

const data = readData();
const form = need<HTMLFormElement>("#form");
const done = need("#done");
const fault = need("#fault");
const description = need<HTMLTextAreaElement>("#description");
let draft: Draft = newDraft();
let shown: string | null = null;

function newDraft(): Draft {
  return { uid: crypto.randomUUID(), category: null, description: "", pin: null, touched: Date.now() };
}

/** A draft belongs to the tab that holds its lock; one that no tab holds was left by a page that is gone. */
async function hold(uid: string): Promise<boolean> {
  if (!navigator.locks) return true;
  return new Promise((settle) => {
    void navigator.locks.request(`ioc-draft-${uid}`, { ifAvailable: true }, (lock) => {
      settle(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    });
  });
}

async function resume(): Promise<void> {
  for (const left of (await drafts()).sort((a, b) => b.touched - a.touched))
    if (await hold(left.uid)) {
      draft = left;
      return;
    }
  await hold(draft.uid);
}

await resume();
const pictures = new Pictures(data.max_photos, () => place.follow());
pictures.begin(draft.uid, await photosOf(draft.uid));
const place = new Place(data, draft.pin, () => void keep());
const outbox = new Outbox(data, () => void showDone());
description.value = draft.description;
description.addEventListener("input", () => void keep());
for (const element of document.querySelectorAll<HTMLElement>("[data-icon]")) element.prepend(ownIcon(element.dataset["icon"] ?? ""));
showCategories();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
void navigator.serviceWorker?.register(data.urls.worker, { scope: data.urls.scope }).then(() => navigator.serviceWorker.ready).then(() => (document.body.dataset["offline"] = "ready"));
document.body.dataset["ready"] = "yes";

function showCategories(): void {
  const buttons = data.categories.map((category) => {
    const input = h("input", { type: "radio", name: "category", value: category.code, class: "visually-hidden", checked: draft.category === category.code });
    input.addEventListener("change", () => {
      fault.hidden = true;
      void keep();
    });
    return h("label", { class: "category" }, input, categoryIcon(category.icon), h("span", {}, category.name));
  });
  fill(need("#categories"), ...buttons);
}

function chosenCategory(): string | null {
  return form.querySelector<HTMLInputElement>("input[name=category]:checked")?.value ?? null;
}

async function keep(): Promise<void> {
  draft = { ...draft, category: chosenCategory(), description: description.value, pin: place.position, touched: Date.now() };
  await putDraft(draft);
}

function complain(sentence: string, near: string): void {
  fault.textContent = sentence;
  fault.hidden = false;
  need(near).scrollIntoView({ block: "center" });
}

async function submit(): Promise<void> {
  fault.hidden = true;
  const category = data.categories.find((one) => one.code === chosenCategory());
  const pin = place.position;
  const photos = await pictures.all();
  if (!category) return complain(say("chooseCategory"), "#categories");
  if (!photos.length && !description.value.trim()) return complain(say("describe"), "#photos");
  if (!pin) return complain(say("choosePlace"), "#map");
  const outcome = await isNew(data, pin, category.code);
  if (outcome === "back") return;
  if (outcome === "followed") {
    await leave();
    return showFollowed();
  }
  const anonymous = need<HTMLInputElement>("#anonymous").checked;
  const waiting: QueuedReport = {
    uid: draft.uid,
    category_name: category.name,
    created: Date.now(),
    state: "queued",
    code: null,
    fault: null,
    attempts: 0,
    body: {
      uid: draft.uid,
      category: category.code,
      pin,
      device: place.device,
      description: description.value,
      made_at: new Date().toISOString(),
      photos: photos.map((photo) => ({ uid: photo.uid, ...photo.note })),
      contact: anonymous ? null : contact(),
      anonymous,
    },
  };
  await queue(waiting);
  void navigator.storage?.persist?.();
  shown = waiting.uid;
  await startAnew();
  await outbox.show();
  await showDone();
  done.focus();
  await outbox.added();
}

function contact(): QueuedReport["body"]["contact"] {
  const field = (name: string): string => form.querySelector<HTMLInputElement>(`[name=${name}]`)?.value.trim() ?? "";
  const found = { name: field("name"), phone: field("phone"), email: field("email") };
  return found.name || found.phone || found.email ? found : null;
}

/** The draft became a report: the form is empty, with a new uid. */
async function startAnew(): Promise<void> {
  draft = newDraft();
  void hold(draft.uid);
  const { name, phone, email } = contact() ?? { name: "", phone: "", email: "" };
  form.reset();
  // Whoever reports twice need not write the contact twice; it is not kept longer than the page is open.
  for (const [field, value] of Object.entries({ name, phone, email })) need<HTMLInputElement>(`[name=${field}]`, form).value = value;
  pictures.begin(draft.uid, []);
  place.reset();
}

async function leave(): Promise<void> {
  await dropDraft(draft.uid);
  await startAnew();
}

async function showDone(): Promise<void> {
  const waiting = shown ? await stored(shown) : undefined;
  done.hidden = form.hidden = false;
  if (!waiting) {
    done.hidden = true;
    return;
  }
  form.hidden = true;
  const missing = (await photosOf(waiting.uid)).filter((photo) => photo.state === "queued").length;
  const sent = waiting.code !== null;
  done.dataset["state"] = waiting.state;
  fill(
    done,
    h("p", { class: "done__mark", "aria-hidden": "true" }, waiting.state === "refused" ? "!" : sent ? "✓" : "…"),
    h("h2", {}, say(waiting.state === "refused" ? "refused" : sent ? "sentTitle" : "savedTitle")),
    h("p", {}, waiting.fault ?? say(sent ? "sentText" : "savedText")),
    waiting.code && h("a", { class: "done__code", href: data.urls.tracking.replace("{code}", waiting.code) }, waiting.code),
    sent && missing > 0 && h("p", { class: "done__photos" }, say("photosComing", { n: missing })),
    h("button", { type: "button", class: "report__button", onclick: another }, say("another")),
  );
}

function showFollowed(): void {
  form.hidden = true;
  done.hidden = false;
  done.dataset["state"] = "followed";
  fill(done, h("p", { class: "done__mark", "aria-hidden": "true" }, "✓"), h("h2", {}, say("followed")), h("button", { type: "button", class: "report__button", onclick: another }, say("another")));
  done.focus();
}

function another(): void {
  shown = null;
  done.hidden = true;
  form.hidden = false;
  scrollTo(0, 0);
}
