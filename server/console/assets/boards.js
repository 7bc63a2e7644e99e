// Status boards: one tap states a value, with an undo; the new board's form makes its plan.
import { ask, toast } from "./api.js";
import { reloadSaying } from "./said.js";
import { say } from "./texts.js";
import { sign } from "./trust/signing.js";
import { instantOf } from "./zones.js";

const CONSOLE = { "HX-Request": "true" };

/** Return {for_s} or {until} of the chosen length; nothing stands for the rest of the day. */
function lasting(slot, zone) {
  const chosen = slot?.querySelector(".lasts input[type=radio]:checked")?.value ?? "";
  if (chosen === "") return {};
  if (chosen !== "until") return { for_s: Number(chosen) * 60 };
  const time = slot.querySelector("[data-until-time]").value;
  if (!time) throw new Error(say("until_missing"));
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(Date.now());
  let until = Date.parse(instantOf(`${today}T${time}`, zone));
  if (until <= Date.now()) until += 24 * 3600 * 1000;
  return { until: new Date(until).toISOString() };
}

/** State values; where a root is installed the reader signs them with a passkey. Resolves to what can be undone, or to nothing. */
async function stated(id, said) {
  try {
    return await ask("POST", `/api/v1/boards/${id}/values`, said, CONSOLE);
  } catch (error) {
    if (error.problem?.code !== "values-need-signature") throw error;
  }
  const prepared = await ask("POST", `/api/v1/boards/${id}/values/prepare`, said);
  await sign(prepared.id);
  toast(say("board_told"));
  return null;
}

async function state(board, set, more) {
  const problem = board.querySelector(":scope > .problem");
  problem.textContent = "";
  const id = board.dataset.board;
  const buttons = board.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await stated(id, { set, ...more });
    const undo = () => ask("POST", `/api/v1/boards/${id}/changes/${answer.seq}/undo`, undefined, CONSOLE).then(() => refresh(id), (error) => toast(error.message));
    if (answer) toast(say("board_told"), { name: say("undo"), run: undo });
  } catch (error) {
    problem.textContent = error.message;
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
  document.activeElement?.blur();
  refresh(id);
}

// htmx lives in the other bundle and hears this event like its own
const refresh = (id) => document.getElementById(`board-${id}`)?.dispatchEvent(new Event("refresh"));

function tapped(button) {
  const board = button.closest("[data-board]");
  try {
    const more = "back" in button.dataset ? {} : lasting(button.closest(".slot"), board.dataset.zone);
    state(board, JSON.parse(button.dataset.state), more);
  } catch (error) {
    board.querySelector(":scope > .problem").textContent = error.message;
  }
}

function step(button) {
  const input = button.closest("form").querySelector("input");
  const wanted = Number(input.value || 0) + Number(button.dataset.step);
  input.value = String(Math.min(Number(input.max), Math.max(Number(input.min), wanted)));
}

// ---- a new board: the usual slots of a gate, with their words in three languages

const words = (vi, en, zh) => ({ vi, en, zh });
const WEEK = [1, 2, 3, 4, 5, 6, 7];

// a time field knows no 24:00; closing at 00:00 is the end of that day
const closing = (time) => (time === "00:00" ? "24:00" : time);

function planOf(form) {
  const value = (name) => form.elements[name].value.trim();
  const gate = { name: "gate", kind: "phrase", phrases: ["open", "closed", "limited"], hours: { windows: [{ weekdays: WEEK, start: value("opens"), end: closing(value("closes")) }] }, open_phrase: "open", closed_phrase: "closed" };
  const counted = {
    lanes: { slot: { name: "lanes", kind: "digits", least: 0, most: 20 }, label: words("Làn đang mở", "Open lanes", "开放通道") },
    wait: { slot: { name: "wait", kind: "digits", least: 0, most: 600 }, label: words("Thời gian chờ", "Waiting time", "等候时间"), unit: words("phút", "min", "分钟") },
    heat: { slot: { name: "heat", kind: "temperature", least: -10, most: 50 }, label: words("Nhiệt độ", "Temperature", "气温") },
  };
  const chosen = Object.keys(counted).filter((name) => form.elements[name].checked);
  return {
    title: words(value("title_vi"), value("title_en"), value("title_zh")),
    slots: [
      { slot: gate, label: words("Thông quan", "Crossing", "通关") },
      { slot: { name: "gate_until", kind: "until", of: "gate" } },
      ...chosen.map((name) => counted[name]),
      ...(form.elements.clock.checked ? [{ slot: { name: "clock", kind: "clock" } }] : []),
      ...(chosen.length ? [{ slot: { name: "as_of", kind: "as_of" } }] : []),
    ],
    max_age_s: 3600,
    on_stale: value("on_stale"),
  };
}

async function make(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const agency = form.elements.agency_id?.value;
  try {
    await ask("POST", "/api/v1/boards", { site_id: form.elements.site_id.value, name: form.elements.title_vi.value.trim(), plan: planOf(form), ...(agency ? { agency_id: agency } : {}) });
    reloadSaying(say("board_made"));
  } catch (error) {
    problem.textContent = error.message;
  }
}

document.addEventListener("click", (event) => {
  const tap = event.target.closest("[data-state]");
  if (tap) tapped(tap);
  const stepper = event.target.closest("[data-step]");
  if (stepper) step(stepper);
});
document.addEventListener("submit", (event) => {
  const count = event.target.closest("form[data-count]");
  const fresh = event.target.closest("form[data-board-new]");
  if (!count && !fresh) return;
  event.preventDefault();
  if (fresh) make(fresh);
  else state(count.closest("[data-board]"), { [count.dataset.count]: Number(count.querySelector("input").value) }, {});
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-until-time]")) event.target.closest("label").querySelector("input[type=radio]").checked = true;
});
