// Urgent playlists and "essential notices only": both always have an end, said in full before anything is sent.
import { ask, toast } from "./api.js";
import { reloadSaying } from "./said.js";
import { locale, say } from "./texts.js";
import { instantOf } from "./zones.js";

const MINUTE = 60_000;

const whole = (at) => new Date(Math.floor(at / 1000) * 1000).toISOString();

/** Return {starts_at?, ends_at} of a form, or null while a time is missing. */
function times(form) {
  const { begins, lasts, starts_at: from, ends_at: until } = form.elements;
  const later = begins?.value === "at";
  if ((later && !from.value) || (lasts.value === "at" && !until.value)) return null;
  const start = later ? Date.parse(instantOf(from.value, form.dataset.zone)) : Date.now();
  const ends = lasts.value === "at" ? Date.parse(instantOf(until.value, form.dataset.zone)) : start + Number(lasts.value) * MINUTE;
  return { ...(later ? { starts_at: whole(start) } : {}), ends_at: whole(ends) };
}

function show(form) {
  const { begins, lasts, where } = form.elements;
  const shown = { at: begins?.value === "at", until: lasts.value === "at", chosen: where?.value === "chosen" };
  form.querySelectorAll("[data-when]").forEach((one) => {
    one.hidden = !shown[one.dataset.when];
    one.querySelectorAll("input").forEach((input) => (input.disabled = one.hidden));
  });
  const found = times(form);
  const words = found && new Intl.DateTimeFormat(locale(), { timeZone: form.dataset.zone, dateStyle: "full", timeStyle: "short", hourCycle: "h23" }).format(new Date(found.ends_at));
  form.querySelector("[data-end-words]").textContent = words ? say("ends_at", { when: words }) : "";
}

const ticked = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked:not(:disabled)`)].map((one) => one.value);

async function send(form, api, body) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  try {
    await ask("POST", api, body);
    reloadSaying(form.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
  }
}

function override(form) {
  const targets = { panels: ticked(form, "panels"), sites: ticked(form, "sites"), tags: ticked(form, "tags") };
  if (form.elements.where.value === "chosen" && !Object.values(targets).flat().length) {
    form.querySelector(".problem").textContent = say("no_target");
    return undefined;
  }
  const agency = form.elements.agency_id?.value;
  return send(form, "/api/v1/overrides", {
    playlist_id: form.elements.playlist_id.value, targets, reason: form.elements.reason.value, ...times(form), ...(agency ? { agency_id: agency } : {}),
  });
}

// ---- essential notices only: what remains is shown before it is switched on

const sites = (form) => ticked(form, "site_ids");

function essential(form) {
  if (!sites(form).length) {
    form.querySelector(".problem").textContent = say("no_site");
    return undefined;
  }
  return send(form, "/api/v1/essential-only", { site_ids: sites(form), reason: form.elements.reason.value, ...times(form) });
}

async function remains(form) {
  const place = form.querySelector("[data-remains]");
  const asked = sites(form);
  if (!asked.length) return place.replaceChildren();
  try {
    const answer = await ask("POST", "/api/v1/essential-only/preview", { site_ids: asked });
    place.replaceChildren(...answer.panels.map((panel) => left(place, panel)));
  } catch (error) {
    form.querySelector(".problem").textContent = error.message;
  }
  return undefined;
}

function left(place, panel) {
  const line = document.createElement("div");
  const named = (notices, none) => notices.map((one) => one.title).join(", ") || none;
  const parts = [
    ["strong", panel.panel_name],
    ["p", place.dataset.stays.replace("{names}", named(panel.stays, place.dataset.nothing))],
    ["p", place.dataset.goes.replace("{names}", named(panel.goes, place.dataset.none))],
  ];
  line.append(...parts.map(([kind, text]) => Object.assign(document.createElement(kind), { textContent: text })));
  line.className = "remains";
  return line;
}

async function longer(button) {
  const ends_at = whole(Date.parse(button.dataset.until) + Number(button.dataset.minutes) * MINUTE);
  try {
    await ask("PATCH", `/api/v1/overrides/${button.dataset.longer}`, { ends_at }, { "If-Match": `"${button.dataset.rev}"` });
    location.reload();
  } catch (error) {
    toast(error.message);
  }
}

function install_(form, submit) {
  show(form);
  form.addEventListener("input", () => show(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form);
  });
}

export function install() {
  document.querySelectorAll("form[data-override]").forEach((form) => install_(form, override));
  document.querySelectorAll("form[data-essential]").forEach((form) => {
    install_(form, essential);
    form.addEventListener("change", (event) => event.target.name === "site_ids" && remains(form));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-longer]");
    if (button) longer(button);
  });
}
