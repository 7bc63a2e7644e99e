// Special days of a year, and agencies' shares of a panel's airtime.
import { ask, toast } from "./api.js";
import { reloadSaying } from "./said.js";
import { say } from "./texts.js";

let year;

function add(day = { date: "", name: "", kind: "day_off" }) {
  const row = document.getElementById("day-row").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-date]").value = day.date;
  row.querySelector("[data-name]").value = day.name;
  row.querySelector("[data-kind-of]").value = day.kind;
  row.querySelector("[data-as]").value = String(day.as_weekday ?? 1);
  if ("locked" in year.dataset) row.querySelectorAll("input, select, button").forEach((one) => (one.disabled = true));
  year.querySelector("[data-days]").append(row);
  show();
  return row;
}

function show() {
  const rows = [...year.querySelectorAll("[data-day-row]")];
  for (const row of rows) row.querySelector("[data-as]").hidden = row.querySelector("[data-kind-of]").value !== "working_day";
  year.querySelector("[data-no-days]").hidden = rows.length > 0;
}

function dates() {
  return [...year.querySelectorAll("[data-day-row]")].map((row) => {
    const kind = row.querySelector("[data-kind-of]").value;
    const day = { date: row.querySelector("[data-date]").value, name: row.querySelector("[data-name]").value, kind };
    return kind === "working_day" ? { ...day, as_weekday: Number(row.querySelector("[data-as]").value) } : day;
  });
}

async function send(form, method, path, body) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  try {
    await ask(method, path, body, { "If-Match": `"${form.dataset.rev}"` });
    form.dataset.dirty = "";
    reloadSaying(form.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
  }
}

function shares(form) {
  const parts = [...form.querySelectorAll("[data-agency]")].filter((input) => Number(input.value) > 0);
  return { quotas: parts.map((input) => ({ agency_id: input.dataset.agency, permille: Math.round(Number(input.value) * 10) })) };
}

function installYear() {
  year = document.querySelector("form[data-year]");
  if (!year) return;
  JSON.parse(year.dataset.dates).forEach((day) => add(day));
  show();
  year.addEventListener("submit", (event) => {
    event.preventDefault();
    send(year, "PUT", year.dataset.year, { dates: dates(), confirmed: event.submitter?.value !== "keep" });
  });
  year.addEventListener("input", () => {
    year.dataset.dirty = "1";
    show();
  });
  year.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-day]")) add().querySelector("[data-date]").focus();
    const row = event.target.closest("[data-drop]")?.closest("[data-day-row]");
    if (!row) return;
    const next = row.nextElementSibling;
    year.dataset.dirty = "1";
    row.remove();
    show();
    toast(say("row_removed"), { name: say("undo"), run: () => year.querySelector("[data-days]").insertBefore(row, next?.isConnected ? next : null) && show() });
  });
  window.addEventListener("beforeunload", (event) => year.dataset.dirty === "1" && event.preventDefault());
}

export function install() {
  installYear();
  document.querySelectorAll("form[data-quotas]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, "PUT", form.dataset.quotas, shares(form));
    }),
  );
}
