// A panel's day: slide, tap a line or type a time, and the server says why what is on then is on.
import { toast, toLogin } from "./api.js";
import { say } from "./texts.js";

const WAIT_MS = 150;
let form, timer, asked = 0;

const two = (number) => String(number).padStart(2, "0");
const clockOf = (minute) => `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;

async function look(clock) {
  const mine = ++asked;
  const answer = await fetch(`${form.dataset.moment}&at=${clock}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return;
  if (answer?.status === 401) toLogin();
  if (!answer?.ok) return void toast(say("unreachable"));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("why").replaceChildren(page.querySelector("[data-why]"));
}

function choose(clock, source) {
  const [hours, minutes] = clock.split(":").map(Number);
  if (source !== "slide") form.slide.value = 60 * hours + minutes;
  if (source !== "clock") form.clock.value = clock;
  form.slide.setAttribute("aria-valuetext", clock);
  clearTimeout(timer);
  timer = setTimeout(() => look(clock), source === "line" ? 0 : WAIT_MS);
}

export function install() {
  const choice = document.querySelector("[data-day-choice]");
  choice?.date.addEventListener("change", () => choice.date.value && choice.requestSubmit());
  choice?.querySelector("[data-other-panel]").addEventListener("change", (event) => {
    choice.action = `/panels/${event.target.value}/day`;
    choice.requestSubmit();
  });
  form = document.querySelector("form[data-moment]");
  if (!form) return;
  form.slide.addEventListener("input", () => choose(clockOf(Number(form.slide.value)), "slide"));
  form.clock.addEventListener("input", () => form.clock.value && choose(form.clock.value, "clock"));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-at]");
    if (!line) return;
    choose(line.dataset.at, "line");
    document.getElementById("why").scrollIntoView({ block: "nearest" });
  });
  document.querySelector(".strip")?.addEventListener("click", (event) => {
    const strip = event.target.closest("svg");
    if (!strip) return;
    const box = strip.getBoundingClientRect();
    const minute = Math.floor(((event.clientX - box.left) / box.width) * (Number(form.slide.max) + 1));
    choose(clockOf(Math.max(0, Math.min(Number(form.slide.max), minute))), "strip");
  });
}
