// A notice on a panel as it will play: the very segments, the languages in turn; said in words while they are rendered.
import { ask } from "../api.js";
import * as led from "../led_view.js";

const EVERY_MS = 1500;

const turnsOf = (face) => [...face.querySelectorAll("[data-turn]")];

function show(face, index) {
  const turns = turnsOf(face);
  turns.forEach((one, place) => one.setAttribute("aria-pressed", String(place === index)));
  const view = face.querySelector("[data-led]");
  if (view.dataset.src !== turns[index].dataset.turn) view.dataset.src = turns[index].dataset.turn;
  face.dataset.index = index;
  clearTimeout(face.timer);
  face.timer = setTimeout(() => next(face), Number(turns[index].dataset.seconds) * 1000);
}

function next(face) {
  const turns = turnsOf(face);
  if (!face.isConnected || turns.length < 2) return;
  if (face.querySelector("[data-in-turn]").checked) show(face, (Number(face.dataset.index) + 1) % turns.length);
  else face.timer = setTimeout(() => next(face), 1000);
}

async function renew(face) {
  const answer = await fetch(face.dataset.renew, { headers: { "HX-Request": "true" } }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const fresh = page?.querySelector("[data-face-of]");
  if (!fresh) {
    setTimeout(() => renew(face), EVERY_MS);
    return;
  }
  const held = document.importNode(fresh, true);
  face.replaceWith(held);
  begin(held);
}

function begin(face) {
  led.install(face);
  if (turnsOf(face).length) show(face, 0);
  if (face.dataset.state === "rendering") setTimeout(() => renew(face), EVERY_MS);
}

async function render(face) {
  const [method, path] = face.dataset.ask.split(" ");
  try {
    await ask(method, path, { panel_id: face.dataset.faceOf });
    await renew(face);
  } catch (error) {
    face.querySelector(".problem").textContent = error.message;
  }
}

export function install() {
  document.querySelectorAll("[data-face-of]").forEach(begin);
  document.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-turn]");
    if (turn) {
      const face = turn.closest("[data-face-of]");
      const box = face.querySelector("[data-in-turn]");
      if (box) box.checked = false;
      show(face, turnsOf(face).indexOf(turn));
    }
    const button = event.target.closest("[data-render]");
    if (button) {
      button.disabled = true;
      render(button.closest("[data-face-of]"));
    }
  });
}
