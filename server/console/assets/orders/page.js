// A work order on a phone: forms that survive being offline, ticked steps, and photos, made smaller here.
import htmx from "htmx.org";
import { say, toast } from "../api.js";
import { bodyOf } from "../forms.js";
import { reloadSaying } from "../said.js";
import { locale } from "../texts.js";
import { keepPage } from "./keep.js";
import * as outbox from "./outbox.js";

const SIDE = 2048;
const QUALITY = 0.85;
const AGAIN_MS = 20_000;
let box = null;
let person = "";
let isLeaving = false;

/** Return a photo with sides of at most 2048 pixels as a JPEG, or the file itself where the browser cannot read it. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return (await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY))) ?? file;
  } catch {
    return file;
  }
}

const orderOf = (path) => path.split("/")[4];

/** Keep a form, try to send all that wait, and say what came of this one. */
async function keep(form, path, body, photo) {
  const problem = form.querySelector(".problem");
  const buttons = form.querySelectorAll("button");
  problem.textContent = "";
  buttons.forEach((button) => (button.disabled = true));
  form.setAttribute("aria-busy", "true");
  const words = form.dataset.kept;
  const detail = form.querySelector("[data-detail]")?.textContent ?? body.note ?? body.name ?? body.waiting_for ?? "";
  const written = { id: outbox.newId(), person, path, body, photo, words, detail, what: form.dataset.what, at: Date.now() };
  try {
    const seq = await outbox.add(written).catch(() => null);
    if (seq === null) return await sendAtOnce(form, written);
    const { link } = await outbox.send(person);
    const left = (await outbox.formsOf(person)).find((one) => one.seq === seq);
    if (!left) return sent(form);
    if (left.state === "refused") {
      await outbox.remove(seq);
      problem.textContent = left.problem;
      return undefined;
    }
    if (form.dataset.what !== "tick") form.reset();
    toast(say("form_kept"));
    return await show(link);
  } catch {
    problem.textContent = say("unreachable");
    return undefined;
  } finally {
    form.removeAttribute("aria-busy");
    buttons.forEach((button) => (button.disabled = false));
  }
}

/** Send a form that this browser cannot keep: it has no room, or keeps nothing; without a link its words stay where they are. */
async function sendAtOnce(form, written) {
  const refusal = await outbox.sendOne(written);
  if (refusal === null) return sent(form);
  form.querySelector(".problem").textContent = refusal || say("outbox_full");
  return undefined;
}

function sent(form) {
  const [verb, where] = (form.dataset.then ?? "reload").split(" ");
  if (verb !== "refresh") return reload();
  document.querySelectorAll(where).forEach((one) => htmx.trigger(one, "refresh"));
  return show("ok");
}

function reload(sentence) {
  isLeaving = true;
  reloadSaying(sentence);
}

/** Show what waits and what was refused, and the page as it will be when all is sent. */
async function show(link) {
  const forms = await outbox.formsOf(person);
  const waiting = forms.filter((one) => one.state === "waiting");
  box.hidden = forms.length === 0 && link === "ok";
  const state = box.querySelector("[data-link-state]");
  state.hidden = link === "ok";
  const made = new Date(box.dataset.made);
  const when = new Intl.DateTimeFormat(locale(), { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" }).format(made);
  state.textContent = link === "ok" ? "" : say(link === "no-link" ? "outbox_no_link" : "outbox_login", { when });
  box.querySelector("[data-login-link]").hidden = link !== "login" && link !== "other-person";
  const title = box.querySelector("h2");
  title.hidden = forms.length === 0;
  title.textContent = say("outbox_waiting", { count: waiting.length });
  box.querySelector("[data-send]").hidden = waiting.length === 0;
  box.querySelector("ul").replaceChildren(...forms.map(lineOf));
  foresee(waiting);
}

function lineOf(form) {
  const line = box.querySelector("template").content.firstElementChild.cloneNode(true);
  line.dataset.seq = form.seq;
  line.querySelector("[data-words]").textContent = form.words;
  line.querySelector("[data-text]").textContent = form.detail;
  line.querySelector("[data-at]").textContent = new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(form.at);
  line.querySelector("a").href = `/work-orders/${orderOf(form.path)}`;
  const isRefused = form.state === "refused";
  line.querySelector(".problem").textContent = isRefused ? form.problem : "";
  line.querySelector("[data-choices]").hidden = !isRefused;
  const photo = line.querySelector("[data-photo-link]");
  photo.hidden = !form.photo;
  if (form.photo) photo.href = URL.createObjectURL(form.photo);
  line.querySelector("[data-as-note]").hidden = form.what === "note";
  return line;
}

function foresee(waiting) {
  const mine = waiting.filter((one) => location.pathname.endsWith(orderOf(one.path)));
  const asked = new Set(mine.map((one) => one.what));
  document.querySelectorAll("form[data-kept][data-after]").forEach((form) => (form.hidden = !asked.has(form.dataset.after) || asked.has(form.dataset.what)));
  document.querySelectorAll("form[data-kept][data-first]").forEach((form) => (form.hidden = asked.has(form.dataset.what)));
  for (const one of mine.filter((form) => form.what === "tick")) {
    const input = document.querySelector(`form[data-what=tick] input[name=step][value="${CSS.escape(one.body.step)}"]`);
    if (input) input.form.elements.is_done.checked = one.body.is_done;
  }
}

const isTyping = () => [...document.querySelectorAll("form[data-kept] :is(input, textarea):not([type=hidden], [type=checkbox])")].some((input) => input.value !== input.defaultValue);

async function sendAll() {
  if (isLeaving) return;
  const { sent: count, link } = await outbox.send(person);
  if (count && !isTyping()) return reload(say("outbox_sent", { count }));
  if (count) toast(say("outbox_sent", { count }));
  await show(link);
}

async function chosen(line, button) {
  const form = (await outbox.formsOf(person)).find((one) => one.seq === Number(line.dataset.seq));
  if (!form) return show("ok");
  if ("drop" in button.dataset) {
    if (confirm(button.dataset.sure)) await outbox.remove(form.seq);
    return show("ok");
  }
  const path = form.path.replace(/\/[a-z]+$/, "/notes");
  const note = `${form.words}: ${form.detail}`.slice(0, 500);
  await outbox.put({ ...form, id: outbox.newId(), path, body: { note }, photo: undefined, what: "note", state: "waiting", problem: "" });
  return sendAll();
}

export function install() {
  // the page of notifications has an outbox of another kind
  box = document.querySelector("#outbox[data-person]");
  if (!box) return;
  person = box.dataset.person;
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-kept]");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.api) keep(form, form.dataset.api.split(" ")[1], bodyOf(form));
  }, true);
  document.addEventListener("change", async (event) => {
    const form = event.target.closest("form[data-kept]");
    if (form?.dataset.what === "photo" && event.target.type === "file") {
      const [file] = event.target.files;
      const { moment, note } = form.elements;
      if (file) await keep(form, form.dataset.photo, { moment: moment.value, note: note.value }, await smaller(file));
    } else if (form?.dataset.what === "tick") form.requestSubmit();
  });
  box.addEventListener("click", (event) => {
    const line = event.target.closest("li[data-seq]");
    const button = event.target.closest("button");
    if (line && button) chosen(line, button);
    else if (button && "send" in button.dataset) sendAll();
  });
  document.body.addEventListener("htmx:afterSwap", () => show("ok"));
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", () => show("no-link"));
  setInterval(async () => {
    if (!document.hidden && !box.hidden) await sendAll();
  }, AGAIN_MS);
  sendAll();
  keepPage(person).catch(() => {});
}
