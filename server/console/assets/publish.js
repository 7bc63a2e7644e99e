// "Publish": asks once, then shows the server's words about it until every kiosk plays.
import { ask, say, toLogin } from "./api.js";

const EVERY_MS = 1000;
const LONGEST_MS = 15 * 60_000;
const ENDS = new Set(["playing", "failed", "waiting"]);

/** Put the newest words into the dialog; return the publication's state. */
async function look(dialog, id) {
  const answer = await fetch(`/publications/${id}`, { headers: { "HX-Request": "true" } });
  if (answer.status === 401) toLogin();
  if (!answer.ok) return "unknown";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const progress = page.querySelector("[data-progress]");
  if (!progress) return "unknown";
  dialog.querySelector("[data-said]").replaceChildren(progress);
  dialog.dataset.state = progress.dataset.state;
  return progress.dataset.state;
}

async function follow(dialog, id) {
  const until = Date.now() + LONGEST_MS;
  while (Date.now() < until && dialog.dataset.publication === id) {
    const state = await look(dialog, id).catch(() => "unknown");
    dialog.querySelector(".problem").textContent = state === "unknown" ? say("unreachable") : "";
    if (ENDS.has(state) || (!dialog.open && state !== "rendering")) return;
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function publish(panels) {
  const dialog = document.getElementById("publishing");
  const [problem, said] = [dialog.querySelector(".problem"), dialog.querySelector("[data-said]")];
  dialog.dataset.publication = "";
  dialog.dataset.state = "asked";
  problem.textContent = "";
  said.textContent = say("publishing_waiting");
  dialog.showModal();
  const key = `console-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  try {
    const publication = await ask("POST", "/api/v1/publications", { panel_ids: panels }, { "Idempotency-Key": key });
    dialog.dataset.publication = publication.id;
    await follow(dialog, publication.id);
  } catch (error) {
    dialog.dataset.state = "refused";
    said.textContent = "";
    problem.textContent = error.message;
  }
}

export function install() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-publish]");
    if (button) publish(button.dataset.publish.split(",").filter(Boolean));
  });
}
