// The review: every picture of a segment at the panel's own size, and the signature of a document.
import { ask, toast } from "../api.js";
import { reloadSaying } from "../said.js";
import { say } from "../texts.js";
import { sign } from "./signing.js";

async function load(sheet) {
  const place = sheet.querySelector("[data-frames-place]");
  try {
    const frames = await ask("GET", sheet.dataset.frames);
    place.replaceChildren(...frames.map((frame) => picture(frame, sheet.dataset.width)));
    sheet.querySelector("[data-frame-count]").textContent = say("frame_count", { count: frames.length });
  } catch (error) {
    place.textContent = error.message;
  }
}

function picture(frame, width) {
  const figure = document.createElement("figure");
  const image = Object.assign(new Image(), { src: frame.url, alt: say("frame_at", { seconds: (frame.at_ms / 1000).toFixed(1) }), loading: "lazy" });
  image.width = Number(width);
  const caption = document.createElement("figcaption");
  caption.textContent = `${(frame.at_ms / 1000).toFixed(1)} s`;
  figure.append(image, caption);
  return figure;
}

async function signed(button) {
  const problem = button.closest("section").querySelector("[data-sign-problem]");
  problem.textContent = "";
  button.disabled = true;
  try {
    await sign(button.dataset.sign);
    reloadSaying(button.dataset.said);
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
  }
}

async function hold(button) {
  document.querySelectorAll("[data-hold]").forEach((one) => (one.disabled = true));
  try {
    await ask("POST", `/api/v1/notices/${button.dataset.hold}/hold`, { reason: button.dataset.reason });
    reloadSaying(button.dataset.said);
  } catch (error) {
    document.querySelectorAll("[data-hold]").forEach((one) => (one.disabled = false));
    toast(error.message);
  }
}

async function correct(form) {
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  const variants = {};
  for (const fields of form.querySelectorAll("[data-language]")) {
    const words = {};
    for (const input of fields.querySelectorAll("[data-words]")) if (input.value !== input.defaultValue) words[input.dataset.words] = input.value;
    if (Object.keys(words).length) variants[fields.dataset.language] = { words };
  }
  const { reason, note, hold: rest } = form.elements;
  const path = `/api/v1/notices/${form.dataset.correct}`;
  form.querySelector("[type=submit]").disabled = true;
  try {
    if (Object.keys(variants).length) await ask("PATCH", path, { variants }, { "If-Match": `"${form.dataset.rev}"` });
    const made = await ask("POST", `${path}/correction`, { reason: reason.value, note: note.value, hold: rest.checked });
    location.assign(`/approvals/${made.submission_id}`);
  } catch (error) {
    problem.textContent = error.message;
    form.querySelector("[type=submit]").disabled = false;
  }
}

export function install() {
  document.querySelectorAll("[data-frames]").forEach(load);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sign], [data-hold]");
    if (button) (button.dataset.sign ? signed : hold)(button);
  });
  document.querySelectorAll("form[data-correct]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      correct(form);
    }),
  );
}
