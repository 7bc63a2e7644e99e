// Forms that speak to the JSON API: data-api="POST /path", data-rev, data-then="go|reload|refresh|show".
import htmx from "htmx.org";
import { ask, say, toast } from "./api.js";
import { mayLeave } from "./orders/keep.js";
import { install as keepRefusals, refuse } from "./refusals.js";
import { reloadSaying, tell } from "./said.js";
import { instantOf } from "./zones.js";

const KINDS = {
  number: (input) => (input.value === "" ? null : Number(input.value)),
  milli: (input) => (input.value === "" ? null : Math.round(Number(input.value) * 1000)),
  micro: (input) => Math.round(Number(input.value) * 1_000_000),
  gib: (input) => (input.value === "" ? null : Math.round(Number(input.value) * 2 ** 30)),
  words: (input) => input.value.split(/[\s,;]+/).filter(Boolean),
  list: (input) => input.value.split(",").map((one) => one.trim()).filter(Boolean),
  flag: (input) => input.value === "1",
  moment: (input) => instantOf(input.value, input.form.dataset.zone),
  lines: (input) => input.value.split("\n").map((line) => line.trim()).filter(Boolean),
};

/** Return a form's fields as a JSON object; names with dots nest, `name[]` gathers ticked boxes into a list. */
export function bodyOf(form) {
  const body = {};
  for (const input of form.elements) {
    if (!input.name || input.disabled || input.type === "submit") continue;
    if (input.name.endsWith("[]")) {
      const list = (body[input.name.slice(0, -2)] ??= []);
      if (input.checked) list.push(input.dataset.kind === "number" ? Number(input.value) : input.value);
      continue;
    }
    if (input.type === "checkbox") put(body, input.name, input.checked);
    else if (input.type === "radio" && !input.checked) continue;
    else if (input.value === "" && "optional" in input.dataset) put(body, input.name, null);
    else if (input.value === "" && "omit" in input.dataset) continue;
    else put(body, input.name, input.dataset.kind in KINDS ? KINDS[input.dataset.kind](input) : input.value);
  }
  return body;
}

function put(body, name, value) {
  const parts = name.split(".");
  const last = parts.pop();
  parts.reduce((inner, part) => (inner[part] ??= {}), body)[last] = value;
}

async function submit(form) {
  const [method, path] = form.dataset.api.split(" ");
  const problem = form.querySelector(".problem");
  const buttons = form.querySelectorAll("button[type=submit]");
  if (problem) problem.textContent = "";
  buttons.forEach((button) => (button.disabled = true));
  try {
    const wrap = form.dataset.wrap;
    const body = wrap ? { [wrap]: [bodyOf(form)] } : bodyOf(form);
    const headers = form.dataset.rev ? { "If-Match": `"${form.dataset.rev}"` } : {};
    const answer = await ask(method, path, "empty" in form.dataset ? undefined : body, headers);
    done(form, answer);
  } catch (error) {
    for (const name of (form.dataset.clear ?? "").split(" ").filter(Boolean)) form.elements[name].value = "";
    if (!refuse(form, error.message)) toast(error.message);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

function done(form, answer) {
  const [verb, ...rest] = (form.dataset.then ?? "reload").split(" ");
  const where = rest.join(" ").replace(/\{(\w+)\}/g, (_, key) => answer?.[key] ?? "");
  if (verb === "go") location.assign(where);
  else if (verb === "refresh") document.querySelectorAll(where).forEach((one) => htmx.trigger(one, "refresh"));
  else if (verb === "show") show(form, answer);
  else reloadSaying(form.dataset.said);
}

// A secret that is shown once: the answer's field goes into the form's .secret and stays until the page is left.
function show(form, answer) {
  const place = form.querySelector("[data-secret]");
  place.querySelectorAll("[data-field]").forEach((one) => {
    one.textContent = one.dataset.field.split(".").reduce((inner, key) => inner?.[key], answer) ?? "";
  });
  place.querySelectorAll("[data-time]").forEach((one) => {
    const at = answer?.[one.dataset.time];
    if (at) one.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
  });
  place.hidden = false;
  place.tabIndex = -1;
  place.focus();
}

export function install() {
  tell();
  keepRefusals();
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-api]");
    if (!form) return;
    event.preventDefault();
    if (!form.dataset.sure || confirm(form.dataset.sure)) submit(form);
  });
  document.addEventListener("click", async (event) => {
    const undoable = event.target.closest("[data-toggle-api]");
    if (undoable) {
      const [api, back] = [undoable.dataset.toggleApi, undoable.dataset.backApi];
      try {
        await ask(...api.split(" "));
        const row = undoable.closest("[data-row]");
        row.hidden = true;
        toast(undoable.dataset.said, { name: say("undo"), run: () => ask(...back.split(" ")).then(() => (row.hidden = false), (error) => toast(error.message)) });
      } catch (error) {
        toast(error.message);
      }
    }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-logout]") && (await mayLeave())) ask("POST", "/api/v1/logout").finally(() => location.assign("/login"));
    const choice = event.target.closest("[data-language]");
    if (choice) {
      await ask("PATCH", "/api/v1/me", { language: choice.dataset.language }).catch((error) => toast(error.message));
      location.reload();
    }
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });
}
