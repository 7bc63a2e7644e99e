// "Publish": asks once, then tells in words how far it has come until every kiosk plays.
import { ask, say } from "./api.js";

const EVERY_MS = 1200;
const LONGEST_MS = 10 * 60_000;

function row(receipt) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.className = "grow";
  name.textContent = receipt.panel_name ?? receipt.name ?? "";
  const state = document.createElement("span");
  const tone = { playing: "good", rejected: "bad" }[receipt.state] ?? "";
  state.className = `state ${tone}`;
  state.textContent = say(`receipt_${receipt.state}`);
  line.append(name, state);
  return line;
}

function show(dialog, publication) {
  const { state, ready_segments: ready = 0, wanted_segments: wanted = 0, receipts = [] } = publication;
  const bar = dialog.querySelector("progress");
  const playing = receipts.filter((one) => one.state === "playing").length;
  let sentence = say("publishing_waiting");
  if (state === "failed") sentence = say("publishing_failed");
  else if (state === "rendering") sentence = wanted ? say("publishing_rendered", { ready, wanted }) : say("publishing_waiting");
  else if (receipts.length && playing === receipts.length) sentence = say("publishing_playing");
  else if (state === "assigned") sentence = say("publishing_assigned", { playing, panels: receipts.length });
  bar.value = state === "assigned" ? 600 + (receipts.length ? (400 * playing) / receipts.length : 0) : wanted ? (600 * ready) / wanted : 0;
  dialog.dataset.state = state === "assigned" && receipts.length && playing === receipts.length ? "playing" : state;
  dialog.querySelector("[data-said]").textContent = sentence;
  dialog.querySelector(".problem").textContent = publication.error ?? "";
  dialog.querySelector("[data-receipts]").replaceChildren(...receipts.map(row));
}

async function follow(dialog, id) {
  const until = Date.now() + LONGEST_MS;
  while (Date.now() < until && dialog.dataset.publication === id) {
    try {
      show(dialog, await ask("GET", `/api/v1/publications/${id}`));
      dialog.querySelector(".problem").hidden = false;
    } catch (error) {
      dialog.querySelector(".problem").textContent = error.message;
      if (error.status >= 400 && error.status < 500) return;
    }
    if (["playing", "failed"].includes(dialog.dataset.state)) return;
    await new Promise((wake) => setTimeout(wake, EVERY_MS));
  }
}

async function publish(panels) {
  const dialog = document.getElementById("publishing");
  dialog.dataset.publication = "";
  dialog.dataset.state = "asked";
  dialog.querySelector(".problem").textContent = "";
  dialog.querySelector("[data-receipts]").replaceChildren();
  dialog.querySelector("[data-said]").textContent = say("publishing_waiting");
  dialog.querySelector("progress").value = 0;
  dialog.showModal();
  try {
    const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const publication = await ask("POST", "/api/v1/publications", { panel_ids: panels }, { "Idempotency-Key": key });
    dialog.dataset.publication = publication.id;
    await follow(dialog, publication.id);
  } catch (error) {
    dialog.dataset.state = "refused";
    dialog.querySelector("[data-said]").textContent = "";
    dialog.querySelector(".problem").textContent = error.message;
  }
}

export function install() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-publish]");
    if (button) publish(button.dataset.publish.split(",").filter(Boolean));
  });
}
