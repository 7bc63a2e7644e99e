// The entry form: what, where and when; the server says the rule in plain words and warns while one types.
import { ask, toast } from "./api.js";
import { choiceOf, rruleOf, secondsBetween, timeAfter, weekdayOf, DAYS } from "./rule.js";
import { sayNext } from "./said.js";
import { say, language } from "./texts.js";

const ENTRIES = "/api/v1/schedule/entries";
const WAIT_MS = 400;
let form, known, timer, asked = 0, saved = "";

const field = (name) => form.elements[name];
const ticked = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((one) => one.value);
const tick = (name, values) => form.querySelectorAll(`[name="${name}"]`).forEach((one) => (one.checked = values.includes(one.value)));

// ---- between the form and the entry

function choice() {
  return {
    repeat: field("repeat").value, every: Number(field("every").value) || 1, weekdays: ticked("weekdays"),
    nth: field("nth").value, weekday: field("weekday").value, end: field("end").value,
    until: field("until").value, count: Number(field("count").value) || 1, raw: field("raw").value,
  };
}

function recurrence(byDaypart) {
  const picked = choice();
  if (picked.repeat === "always") return null;
  const date = field("date").value;
  const dtstart = byDaypart ? date : `${date}T${field("start").value}`;
  const kept = known?.recurrence ?? {};
  const same = kept.dtstart && kept.dtstart.length > 10 === dtstart.length > 10;
  const exdate = same ? kept.exdate ?? [] : (kept.exdate ?? []).map((one) => one.slice(0, 10));
  return { dtstart, rrule: rruleOf(picked, date), exdate, rdate: same ? kept.rdate ?? [] : [] };
}

/** Return the entry that the form describes. */
export function body() {
  const byDaypart = field("by").value === "daypart";
  const picked = choice();
  const everywhere = field("where").value === "everywhere";
  const entry = {
    playlist_id: field("playlist_id").value,
    note: field("note").value,
    targets: { panels: everywhere ? [] : ticked("panels"), sites: everywhere ? [] : ticked("sites"), tags: everywhere ? [] : ticked("tags") },
    daypart_id: byDaypart ? field("daypart_id").value || null : null,
    window: null,
    recurrence: recurrence(byDaypart),
    duration_s: byDaypart ? null : secondsBetween(field("start").value, field("finish").value),
    valid_from: known?.valid_from ?? null,
    valid_until: known?.valid_until ?? null,
    priority: Number(field("priority").value === "own" ? field("own_priority").value : field("priority").value),
    weight: Number(field("weight").value) || 1,
  };
  entry.special_days = specialDays();
  if (picked.repeat === "always") {
    entry.valid_from = field("date").value || null;
    entry.valid_until = picked.end === "date" ? picked.until || null : null;
  }
  if (bySun() && !byDaypart) return { ...entry, window: known.window, recurrence: known.recurrence, duration_s: null };
  return keepsWindow(picked, byDaypart) ? asWindow(entry, picked) : entry;
}

// A tie to other kinds of days than days off is kept as it is.
function specialDays() {
  const [rule, calendar_id] = (field("special")?.value ?? "").split(":");
  const kept = known?.special_days;
  if (!field("special")) return kept ?? null;
  if (kept && kept.rule === rule && kept.calendar_id === calendar_id) return kept;
  return calendar_id ? { calendar_id, rule, kinds: ["day_off"] } : null;
}

/** Tell whether an entry's own hours follow the sun: these fields cannot say that, so they stay as they are. */
const bySun = () => /sun/.test(`${known?.window?.start}${known?.window?.end}`);

// An entry that came as a weekly window stays one as long as a window can say it.
function keepsWindow(picked, byDaypart) {
  return Boolean(known?.window) && !byDaypart && picked.repeat === "weekly" && picked.every === 1 && picked.end === "never" && !known.recurrence;
}

function asWindow(entry, picked) {
  const finish = field("finish").value;
  const window = { weekdays: picked.weekdays.map((day) => DAYS.indexOf(day) + 1).sort(), start: field("start").value, end: finish === "00:00" ? "24:00" : finish };
  return { ...entry, window, recurrence: null, duration_s: null };
}

function fill(entry) {
  const byDaypart = Boolean(entry.daypart_id);
  let picked = choiceOf(entry.recurrence);
  let [start, finish] = ["07:00", "10:00"];
  if (entry.window) {
    picked = { ...picked, repeat: entry.recurrence ? "custom" : "weekly", weekdays: entry.window.weekdays.map((day) => DAYS[day - 1]) };
    if (!bySun()) [start, finish] = [entry.window.start, entry.window.end.replace("24:00", "00:00")];
  } else if (!byDaypart && entry.recurrence) {
    start = entry.recurrence.dtstart.slice(11, 16);
    finish = timeAfter(start, entry.duration_s);
  }
  if (picked.repeat === "always" && entry.valid_until) picked = { ...picked, end: "date", until: entry.valid_until.slice(0, 10) };
  const targets = entry.targets;
  const band = [...field("priority").options].some((one) => one.value === String(entry.priority)) ? String(entry.priority) : "own";
  set({
    playlist_id: entry.playlist_id, note: entry.note ?? "", by: byDaypart ? "daypart" : "times", daypart_id: entry.daypart_id ?? field("daypart_id").value,
    where: targets.panels.length + targets.sites.length + targets.tags.length ? "chosen" : "everywhere",
    date: (entry.recurrence?.dtstart ?? entry.valid_from ?? field("date").value).slice(0, 10), start, finish,
    repeat: picked.repeat, every: picked.every, nth: picked.nth, weekday: picked.weekday, end: picked.end, until: picked.until, count: picked.count, raw: picked.raw,
    special: entry.special_days ? `${entry.special_days.rule}:${entry.special_days.calendar_id}` : "",
    priority: band, own_priority: entry.priority, weight: entry.weight,
  });
  tick("weekdays", picked.weekdays);
  for (const name of ["panels", "sites", "tags"]) tick(name, targets[name]);
}

function set(values) {
  for (const [name, value] of Object.entries(values)) if (field(name)) field(name).value = value;
}

// ---- what shows

function show() {
  const [by, repeat, end] = [field("by").value, field("repeat").value, field("end").value];
  const repeats = !["always", "once"].includes(repeat);
  const shown = {
    daypart: by === "daypart", times: by === "times" && !bySun(), sun: by === "times" && bySun(), chosen: field("where").value === "chosen", weekly: repeat === "weekly",
    nth: repeat === "monthly_nth", every: repeats && repeat !== "custom", custom: repeat === "custom", ends: repeat !== "once" && repeat !== "custom",
    until: end === "date", count: end === "count" && repeats, own: field("priority").value === "own",
    late: repeat === "monthly" && Number(field("date").value.slice(8, 10)) > 28,
  };
  form.querySelectorAll("[data-when]").forEach((one) => {
    one.hidden = !shown[one.dataset.when];
    one.querySelectorAll("input, select").forEach((input) => (input.disabled = one.hidden));
  });
  const always = field("repeat").querySelector("[value=always]");
  always.hidden = always.disabled = by !== "daypart";
  if (by !== "daypart" && repeat === "always") field("repeat").value = "weekly";
  form.querySelector("[data-unit-place]").textContent = field("repeat").selectedOptions[0]?.dataset.unit ?? "";
  form.querySelector("[data-next-day]").hidden = field("finish").value > field("start").value;
}

function changed() {
  show();
  form.querySelector("button[type=submit]").disabled = JSON.stringify(body()) === saved && Boolean(known);
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
}

// ---- the server's words

async function check() {
  if (!form.checkValidity()) return;
  const mine = ++asked;
  try {
    const answer = await ask("POST", "/api/v1/schedule/check", { ...body(), ...(known ? { id: known.id } : agency()) });
    if (mine === asked) tell(answer);
  } catch (error) {
    if (mine === asked) refuse(error);
  }
}

const agency = () => (field("agency_id")?.value ? { agency_id: field("agency_id").value } : {});

function tell(answer) {
  problem("");
  form.querySelector("[data-sentence]").textContent = answer.sentences[language];
  const list = form.querySelector("[data-warnings]");
  list.replaceChildren(...[...answer.conflicts, ...answer.hints].map((one) => {
    const line = document.createElement("li");
    line.textContent = one.sentences[language];
    if (one.fix) line.append(" ", fixing(one.fix));
    return line;
  }));
  form.querySelector("[data-quiet]").hidden = [...answer.conflicts, ...answer.hints].length > 0;
}

function refuse(error) {
  form.querySelector("[data-sentence]").textContent = "";
  form.querySelector("[data-warnings]").replaceChildren();
  form.querySelector("[data-quiet]").hidden = true;
  problem(error.message, error.problem?.fix);
}

function problem(sentence, fix) {
  const place = form.querySelector(".problem");
  place.textContent = sentence;
  if (fix && Object.keys(fix).length) place.append(" ", fixing(fix));
}

/** Return a button that puts into the form what would fit. */
function fixing(fix) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("apply_fix");
  button.addEventListener("click", () => {
    fill({ ...body(), ...fix });
    changed();
  });
  return button;
}

async function save() {
  if (field("repeat").value === "weekly" && !ticked("weekdays").length) return problem(say("no_weekday"));
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    if (known) await ask("PUT", `${ENTRIES}/${known.id}`, body(), { "If-Match": `"${known.rev}"` });
    else await ask("POST", ENTRIES, { ...body(), ...agency() });
    saved = JSON.stringify(body());
    sessionStorage.setItem("bangtin-said", form.dataset.said);
    location.assign(form.dataset.back);
  } catch (error) {
    refuse(error);
    form.querySelector(".problem").scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
  return undefined;
}

async function remove() {
  try {
    const gone = await ask("DELETE", `${ENTRIES}/${known.id}`, undefined, { "If-Match": `"${known.rev}"` });
    saved = JSON.stringify(body());
    sayNext(say("entry_deleted"), `POST ${ENTRIES}/${gone.id}/restore`, gone.rev);
    location.assign(form.dataset.back);
  } catch (error) {
    toast(error.message);
  }
}

export function install() {
  form = document.querySelector("form[data-entry-form]");
  if (!form) return;
  known = form.dataset.entryForm ? JSON.parse(form.dataset.entryForm) : null;
  if (known) fill(known);
  show();
  saved = JSON.stringify(body());
  changed();
  form.addEventListener("input", (event) => {
    const weekly = event.target === field("repeat") && field("repeat").value === "weekly";
    if (weekly && !ticked("weekdays").length) tick("weekdays", [weekdayOf(field("date").value)]);
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  form.querySelector("[data-last-day]")?.addEventListener("click", () => {
    field("repeat").value = "monthly_last";
    const [year, month] = field("date").value.split("-").map(Number);
    field("date").value = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
    changed();
  });
  document.querySelector("[data-remove-entry]")?.addEventListener("click", remove);
  window.addEventListener("beforeunload", (event) => JSON.stringify(body()) !== saved && event.preventDefault());
}
