// Raising an emergency in three steps: what, where and how long, and in words what will happen; then the signature.
import { ask, toast } from "../api.js";
import { sign } from "../trust/signing.js";
import { locale, say } from "../texts.js";

const LANGUAGES = ["vi", "en", "zh"];
const key = crypto.randomUUID();
let made = null;

const ticked = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)];
const word = (form) => ticked(form, "word")[0];
const isFree = (form) => word(form)?.value === "";
const isDrill = (form) => new FormData(form).get("status") !== "actual";

function audience(form) {
  if (form.elements.scope?.checked) return { everything: true };
  const sites = ticked(form, "sites").map((one) => one.value);
  return { sites, panels: ticked(form, "panels").filter((one) => !one.disabled).map((one) => one.value) };
}

/** Return the ids of all panels that are meant. */
function meant(form) {
  const everything = form.elements.scope?.checked;
  const boxes = everything ? [...form.querySelectorAll('[name="panels"]')] : ticked(form, "panels");
  return [...new Set(boxes.map((one) => one.value))];
}

function wordsOf(form) {
  const words = {};
  for (const code of LANGUAGES) words[code] = { title: form.elements[`title_${code}`].value.trim(), body: form.elements[`body_${code}`].value.trim() };
  return words;
}

/** Return what is missing before a step can be left, or an empty text. */
function lacks(form, step) {
  if (step === 1) {
    if (!word(form)) return say("emergency_no_word");
    if (isFree(form) && LANGUAGES.some((code) => !form.elements[`title_${code}`].value.trim())) return say("emergency_no_words");
  }
  return step === 2 && !meant(form).length ? say("emergency_nowhere") : "";
}

function show(form, step) {
  form.dataset.step = String(step);
  form.querySelectorAll("fieldset[data-step]").forEach((one) => (one.hidden = one.dataset.step !== String(step)));
  form.querySelectorAll("[data-trail]").forEach((one) => one.classList.toggle("on", Number(one.dataset.trail) <= step));
  form.querySelector("[data-back]").hidden = step === 1;
  form.querySelector("[data-next]").hidden = step === 3;
  form.querySelector("[data-raise]").hidden = step !== 3;
  form.querySelector("[data-raise]").textContent = say(isFree(form) ? "emergency_sign_first" : isDrill(form) ? "emergency_sign_drill" : "emergency_sign");
  if (step === 3) sum(form);
  form.querySelector(`fieldset[data-step="${step}"] legend`)?.scrollIntoView({ block: "nearest" });
}

/** Say in sentences what will happen. */
function sum(form) {
  const chosen = word(form);
  const ids = meant(form);
  const released = isFree(form) ? ids : JSON.parse(chosen.dataset.released).filter((one) => ids.includes(one));
  const minutes = Number(new FormData(form).get("minutes"));
  const until = new Intl.DateTimeFormat(locale(), { timeZone: form.dataset.zone, weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(Date.now() + minutes * 60_000);
  const names = form.elements.scope?.checked ? [say("emergency_everywhere")] : [...ticked(form, "sites"), ...ticked(form, "panels").filter((one) => !one.disabled)].map((one) => one.dataset.name);
  const title = isFree(form) ? wordsOf(form)[document.documentElement.lang.slice(0, 2)]?.title || wordsOf(form).vi.title : chosen.dataset.title;
  const lines = [
    ["p", say(isDrill(form) ? "emergency_is_drill" : "emergency_is_real"), isDrill(form) ? "frame" : "real"],
    ["p", say("emergency_shows", { title, count: released.length, where: names.join(", ") })],
    ["p", say("emergency_until", { until })],
    ["p", say(isFree(form) ? "emergency_two" : "emergency_one")],
  ];
  const without = ids.filter((one) => !released.includes(one)).map((one) => form.querySelector(`[name="panels"][value="${one}"]`)?.dataset.name ?? one);
  if (without.length) lines.push(["p", say("emergency_without", { names: without.join(", ") }), "remark"]);
  const place = form.querySelector("[data-summary]");
  place.replaceChildren(...lines.map(([kind, text, style]) => Object.assign(document.createElement(kind), { textContent: text, className: style ?? "" })));
  form.querySelector("[data-raise]").disabled = !released.length;
}

function bodyOf(form) {
  const data = new FormData(form);
  const free = isFree(form);
  return {
    audience: audience(form),
    minutes: Number(data.get("minutes")),
    status: data.get("status"),
    reason: data.get("reason"),
    ...(free ? { words: wordsOf(form), level: data.get("level") } : { word: word(form).value }),
    ...(form.dataset.replaces ? { replaces: [form.dataset.replaces] } : {}),
    ...(form.dataset.alert ? { alert_id: form.dataset.alert } : {}),
  };
}

async function raise(form, button) {
  const problem = form.querySelector('fieldset[data-step="3"] .problem');
  problem.textContent = "";
  button.disabled = true;
  try {
    made ??= await ask("POST", "/api/v1/emergencies", bodyOf(form), { "Idempotency-Key": key });
    if (made.document_id) await sign(made.document_id);
    location.assign(`/emergency/${made.id}`);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
}

/** A whole site ticks its panels, and the whole network ticks everything: what is meant is always seen. */
function follow(form) {
  const everything = form.elements.scope?.checked ?? false;
  form.querySelectorAll(".place").forEach((place) => {
    const site = place.querySelector('[name="sites"]');
    const whole = everything || (site?.checked ?? false);
    if (site) site.disabled = everything;
    place.querySelectorAll('[name="panels"]').forEach((one) => {
      if (whole) one.checked = true;
      else if (one.disabled) one.checked = false;
      one.disabled = whole;
    });
  });
  form.querySelector("[data-free]").hidden = !isFree(form);
}

function prefill(form) {
  const chosen = form.dataset.chosen ? form.querySelector(`[name="word"][value="${form.dataset.chosen}"]`) : form.dataset.alert ? form.querySelector('[name="word"][value=""]') : null;
  if (chosen) pick(form, chosen);
  for (const [name, ids] of [["sites", form.dataset.sites], ["panels", form.dataset.panels]]) {
    for (const id of (ids ?? "").split(" ").filter(Boolean)) {
      const box = form.querySelector(`[name="${name}"][value="${id}"]`);
      if (box) box.checked = true;
    }
  }
}

function pick(form, radio) {
  radio.checked = true;
  if (!radio.dataset.minutes) return;
  const offered = [...form.querySelectorAll('[name="minutes"]')].filter((one) => Number(one.value) <= Number(radio.dataset.minutes));
  if (offered.length) offered.at(-1).checked = true;
}

export function install() {
  const form = document.querySelector("form[data-emergency]");
  if (!form) return;
  prefill(form);
  follow(form);
  show(form, form.dataset.chosen ? (form.dataset.replaces ? 3 : 2) : 1);
  form.addEventListener("change", (event) => {
    if (event.target.name === "word") pick(form, event.target);
    if (event.target.name === "panels" && form.elements.scope) form.elements.scope.checked = false;
    follow(form);
    made = null;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const step = Number(form.dataset.step);
    if (event.target.closest("[data-back]")) show(form, step - 1);
    if (event.target.closest("[data-next]")) {
      const sentence = lacks(form, step);
      if (sentence) toast(sentence);
      else show(form, step + 1);
    }
    const button = event.target.closest("[data-raise]");
    if (button) raise(form, button);
  });
}
