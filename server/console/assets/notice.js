// The notice editor: three language slots, each fed by upload or from the files that are there already.
import { ask } from "./api.js";
import { say } from "./texts.js";
import { dropZone, send } from "./upload.js";

const previewUrl = (media) => `/api/v1/media/${media.id}/file`;

function fill(slot, media) {
  slot.querySelector("input[data-media]").value = media?.id ?? "";
  const place = slot.querySelector(".picture");
  place.replaceChildren();
  if (media) {
    const clip = (media.kind ?? "").startsWith("video/");
    const shown = document.createElement(clip ? "video" : "img");
    shown.src = previewUrl(media);
    if (clip) Object.assign(shown, { muted: true, controls: true, playsInline: true, preload: "metadata" });
    else shown.alt = media.name ?? "";
    place.append(shown);
  } else {
    const none = document.createElement("span");
    none.className = "none";
    none.textContent = say("slot_empty");
    place.append(none);
  }
  slot.querySelector("[data-name]").textContent = media?.name ?? "";
  slot.querySelector("[data-empty]").hidden = !media;
  slot.closest("form").dataset.dirty = "1";
}

async function uploadInto(slot, files) {
  const [file] = files;
  if (!file) return;
  const problem = slot.querySelector(".problem");
  const bar = slot.querySelector("progress");
  problem.textContent = "";
  bar.hidden = false;
  slot.dataset.state = "sending";
  try {
    const agency = slot.closest("form").elements.agency_id?.value;
    const media = await send(file, { agency, onProgress: (part) => (bar.value = 1000 * part) });
    fill(slot, media);
    slot.dataset.state = "stored";
  } catch (error) {
    problem.textContent = `${file.name}: ${error.message}`;
    slot.dataset.state = "refused";
  } finally {
    bar.hidden = true;
    bar.value = 0;
  }
}

function variants(form) {
  const found = {};
  form.querySelectorAll("[data-slot]").forEach((slot) => {
    const media = slot.querySelector("input[data-media]").value;
    if (media) found[slot.dataset.slot] = media;
  });
  return found;
}

async function save(form) {
  const problem = form.querySelector(":scope > .problem");
  problem.textContent = "";
  const [method, path] = form.dataset.notice.split(" ");
  const body = { title: form.elements.title.value, content_class: form.elements.content_class.value, festive: form.elements.festive.checked, variants: variants(form) };
  if (method === "POST" && form.elements.agency_id?.value) body.agency_id = form.elements.agency_id.value;
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const notice = await ask(method, path, body, form.dataset.rev ? { "If-Match": `"${form.dataset.rev}"` } : {});
    form.dataset.dirty = "";
    location.assign(`/notices/${notice.id}?saved=1`);
  } catch (error) {
    problem.textContent = error.message;
    problem.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
}

function choose(dialog, slot) {
  dialog.showModal();
  dialog.onclick = (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    fill(slot, { id: pick.dataset.pick, kind: pick.dataset.kind, name: pick.dataset.name });
    dialog.close();
  };
}

export function install() {
  const form = document.querySelector("form[data-notice]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
  form.addEventListener("input", () => (form.dataset.dirty = "1"));
  form.querySelectorAll("[data-slot]").forEach((slot) => {
    dropZone(slot, (files) => uploadInto(slot, files));
    slot.querySelector("[data-from]")?.addEventListener("click", () => choose(document.getElementById("files"), slot));
    slot.querySelector("[data-empty]").addEventListener("click", () => fill(slot, null));
  });
  window.addEventListener("beforeunload", (event) => form.dataset.dirty && event.preventDefault());
}
