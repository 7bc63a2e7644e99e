// Editing weekly windows and exceptions by date: for dayparts and for operating hours, by the clock or by the sun.
import { ask, toast } from "./api.js";
import { reloadSaying } from "./said.js";
import { say } from "./texts.js";

const SUN = /^(sunrise|sunset)([+-]\d\d:\d\d)?$/;

function fresh(name) {
  return document.getElementById(name).content.firstElementChild.cloneNode(true);
}

// ---- one end of a window: a clock time, or so many minutes before or after sunrise or sunset

function readEnd(end) {
  const kind = end.querySelector("[data-kind-of]").value;
  if (kind === "clock") {
    const value = end.querySelector("[data-clock]").value;
    return end.dataset.end === "end" && value === "00:00" ? "24:00" : value;
  }
  const minutes = Number(end.querySelector("[data-minutes]").value) || 0;
  const size = Math.abs(minutes);
  const text = `${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
  return minutes === 0 ? kind : `${kind}${minutes < 0 ? "-" : "+"}${text}`;
}

function writeEnd(end, value) {
  const found = SUN.exec(value);
  end.querySelector("[data-kind-of]").value = found ? found[1] : "clock";
  if (found) {
    const [hours, minutes] = (found[2] ?? "+00:00").slice(1).split(":").map(Number);
    end.querySelector("[data-minutes]").value = (found[2]?.[0] === "-" ? -1 : 1) * (60 * hours + minutes);
  } else end.querySelector("[data-clock]").value = value === "24:00" ? "00:00" : value;
  showEnd(end);
}

function showEnd(end) {
  const clock = end.querySelector("[data-kind-of]").value === "clock";
  for (const [name, shown] of [["[data-clock]", clock], ["[data-offset-of]", !clock]]) {
    const part = end.querySelector(name);
    part.hidden = !shown;
    part.querySelectorAll("input").forEach((input) => (input.disabled = !shown));
    if (part.matches("input")) part.disabled = !shown;
  }
}

// ---- rows

function addWindow(list, window = { weekdays: [1, 2, 3, 4, 5], start: "07:00", end: "17:00" }) {
  const row = fresh("window-row");
  row.querySelectorAll("[data-weekday]").forEach((box) => (box.checked = window.weekdays?.includes(Number(box.value)) ?? false));
  row.querySelector("[data-weekdays]").hidden = list.dataset.windows === "day";
  row.querySelectorAll("[data-end]").forEach((end) => writeEnd(end, window[end.dataset.end]));
  list.append(row);
  return row;
}

function addException(list, one = { date: "", windows: [] }) {
  const row = fresh("exception-row");
  row.querySelector("[data-date]").value = one.date;
  const closed = row.querySelector("[data-closed]");
  closed.checked = one.windows.length === 0;
  const inner = row.querySelector("[data-windows]");
  one.windows.forEach((window) => addWindow(inner, window));
  list.append(row);
  showException(row);
  return row;
}

function showException(row) {
  const closed = row.querySelector("[data-closed]").checked;
  const inner = row.querySelector("[data-windows]");
  if (!closed && !inner.children.length) addWindow(inner, { start: "08:00", end: "12:00" });
  inner.hidden = row.querySelector("[data-more]").hidden = closed;
}

function windowsOf(list) {
  return [...list.querySelectorAll(":scope > [data-window-row]")].map((row) => {
    const ends = Object.fromEntries([...row.querySelectorAll("[data-end]")].map((end) => [end.dataset.end, readEnd(end)]));
    if (list.dataset.windows === "day") return ends;
    return { weekdays: [...row.querySelectorAll("[data-weekday]:checked")].map((box) => Number(box.value)), ...ends };
  });
}

function exceptionsOf(list) {
  return [...(list?.querySelectorAll("[data-exception-row]") ?? [])].map((row) => ({
    date: row.querySelector("[data-date]").value,
    windows: row.querySelector("[data-closed]").checked ? [] : windowsOf(row.querySelector("[data-windows]")),
  }));
}

/** Return what a form about hours says; data-names gives the four names: windows, exceptions, calendar, days off. */
export function bodyOfHours(form) {
  const [windows, exceptions, calendar, daysOff] = form.dataset.names.split(" ");
  const tied = form.querySelector("[data-calendar]")?.value || null;
  const body = {
    [windows]: windowsOf(form.querySelector("[data-windows=week]")),
    [exceptions]: exceptionsOf(form.querySelector("[data-exceptions]")),
    [calendar]: tied,
    [daysOff]: tied ? windowsOf(form.querySelector("[data-days-off] [data-windows]")) : [],
  };
  for (const name of ["name", "agency_id"]) if (form.elements[name]) body[name] = form.elements[name].value;
  return body;
}

function showDaysOff(form) {
  const part = form.querySelector("[data-days-off]");
  if (!part) return;
  part.hidden = !form.querySelector("[data-calendar]").value;
  part.querySelectorAll("input, select").forEach((input) => part.hidden && (input.disabled = true));
  if (!part.hidden) {
    part.querySelectorAll("select").forEach((input) => (input.disabled = false));
    part.querySelectorAll("[data-end]").forEach(showEnd);
  }
}

async function save(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const mute = [...form.querySelectorAll("[data-windows=week] > [data-window-row]")].find((row) => !row.querySelector("[data-weekday]:checked"));
  if (mute) {
    problem.textContent = say("no_weekday");
    return mute.querySelector("[data-weekday]").focus();
  }
  try {
    const headers = form.dataset.rev ? { "If-Match": `"${form.dataset.rev}"` } : {};
    await ask(...form.dataset.hours.split(" "), bodyOfHours(form), headers);
    form.dataset.dirty = "";
    reloadSaying(form.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
  }
  return undefined;
}

function clicked(event) {
  const form = event.target.closest("form[data-hours]");
  const button = event.target.closest("button");
  if (!form || !button) return;
  if ("addWindow" in button.dataset) addWindow(form.querySelector("[data-windows=week]")).querySelector("input").focus();
  else if ("addException" in button.dataset) addException(form.querySelector("[data-exceptions]")).querySelector("[data-date]").focus();
  else if ("addDayOff" in button.dataset) addWindow(form.querySelector("[data-days-off] [data-windows]"), { start: "08:00", end: "12:00" });
  else if ("more" in button.dataset) addWindow(button.closest("[data-exception-row]").querySelector("[data-windows]"), { start: "13:00", end: "17:00" });
  else if ("drop" in button.dataset) drop(button.closest(button.dataset.drop));
  else return;
  form.dataset.dirty = "1";
}

function drop(row) {
  const [list, next] = [row.parentElement, row.nextElementSibling];
  row.remove();
  toast(say("row_removed"), { name: say("undo"), run: () => list.insertBefore(row, next?.isConnected ? next : null) });
}

export function install() {
  document.querySelectorAll("form[data-hours]").forEach((form) => {
    JSON.parse(form.dataset.windowsNow ?? "[]").forEach((one) => addWindow(form.querySelector("[data-windows=week]"), one));
    const exceptions = form.querySelector("[data-exceptions]");
    if (exceptions) JSON.parse(form.dataset.exceptionsNow ?? "[]").forEach((one) => addException(exceptions, one));
    const daysOff = form.querySelector("[data-days-off] [data-windows]");
    if (daysOff) JSON.parse(form.dataset.daysOffNow ?? "[]").forEach((one) => addWindow(daysOff, one));
    showDaysOff(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save(form);
    });
    form.addEventListener("input", (event) => {
      form.dataset.dirty = "1";
      if (event.target.matches("[data-calendar]")) showDaysOff(form);
      if (event.target.matches("[data-kind-of]")) showEnd(event.target.closest("[data-end]"));
      if (event.target.matches("[data-closed]")) showException(event.target.closest("[data-exception-row]"));
    });
  });
  document.addEventListener("click", clicked);
  window.addEventListener("beforeunload", (event) => document.querySelector('form[data-hours][data-dirty="1"]') && event.preventDefault());
}
