// A segment as its panel shows it: in the panel's own pixels, as large as the page allows, or as it looks from a distance,
// with its lamps as dots. The video plays the very bytes that the kiosk plays, and then holds their last second, as it does.
import { say } from "./texts.js";

const EYE_MM = 600; // from a reader's eye to the screen
const CSS_PX_A_MM = 96 / 25.4;
const LEAST_DOT_PX = 3;
const USUAL_PITCH_UM = 10_000;
const NEAREST_M = 0.5;
const FARTHEST_M = 60;

/** Return the width in CSS pixels at which a panel looks as large as from `metres` away. */
export function apparentWidth(widthPx, pitchUm, metres) {
  return ((widthPx * pitchUm) / 1000) * (EYE_MM / (metres * 1000)) * CSS_PX_A_MM;
}

/** Return the distance that a slider's position (0 to 100) means, in metres: equal steps look equally large. */
export function metresOf(position) {
  return NEAREST_M * (FARTHEST_M / NEAREST_M) ** (position / 100);
}

/** Return the slider's position for a distance in metres. */
export function positionOf(metres) {
  const within = Math.min(FARTHEST_M, Math.max(NEAREST_M, metres));
  return Math.round((100 * Math.log(within / NEAREST_M)) / Math.log(FARTHEST_M / NEAREST_M));
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/**
 * Build the view inside `place` from its data: src, width, height, pitch-um, distance-m (the last two may be missing).
 * Another `data-src` later on is played at once; a segment that has ended holds its last second.
 */
export function mount(place) {
  if (place.querySelector(":scope > .led-stage")) return;
  const { src, width, height } = place.dataset;
  const pitch = Number(place.dataset.pitchUm) || USUAL_PITCH_UM;
  const size = { width: Number(width), height: Number(height) };
  const name = `led-${Math.random().toString(36).slice(2)}`;
  const video = element("video", { src, muted: true, autoplay: true, playsInline: true, preload: "auto", "aria-label": say("led_plays") });
  const dots = element("div", { class: "led-dots", "aria-hidden": "true" });
  const face = element("div", { class: "led-face" }, video, dots);
  const stage = element("div", { class: "led-stage", tabindex: "0", role: "group", "aria-label": say("led_stage") }, face);
  const modes = { pixels: say("led_pixels"), whole: say("led_whole"), distance: say("led_distance") };
  const buttons = Object.entries(modes).map(([mode, words]) => element("button", { type: "button", "data-mode": mode }, words));
  const lamps = element("input", { type: "checkbox", checked: true });
  const slider = element("input", { type: "range", min: "0", max: "100", step: "1", id: name, value: String(positionOf(Number(place.dataset.distanceM) || 10)) });
  const said = element("output", { for: name, class: "number" });
  const again = element("button", { type: "button", class: "plain" }, say("led_again"));
  const distance = element("div", { class: "led-distance" }, element("label", { for: name }, say("led_how_far")), slider, said);
  const remark = element("p", { class: "hint", role: "status" });
  const tools = element("div", { class: "tools led-tools" }, ...buttons, element("label", { class: "check" }, lamps, say("led_dots")), again);
  place.replaceChildren(stage, tools, distance, remark);
  let mode = place.dataset.mode ?? "whole";

  function draw() {
    const metres = metresOf(Number(slider.value));
    const widths = { pixels: size.width / devicePixelRatio, whole: stage.clientWidth, distance: apparentWidth(size.width, pitch, metres) };
    const across = Math.max(8, widths[mode]);
    const lamp = across / size.width;
    face.style.width = `${across}px`;
    face.style.aspectRatio = `${size.width} / ${size.height}`;
    face.classList.toggle("coarse", lamp > 1);
    dots.hidden = !lamps.checked || lamp < LEAST_DOT_PX;
    dots.style.backgroundSize = `${lamp}px ${lamp}px`;
    distance.hidden = mode !== "distance";
    said.value = say("led_metres", { metres: metres < 10 ? metres.toFixed(1) : Math.round(metres) });
    slider.setAttribute("aria-valuetext", said.value);
    const melt = mode === "distance" && lamps.checked && dots.hidden;
    const guessed = mode === "distance" && !Number(place.dataset.pitchUm);
    remark.textContent = [melt && say("led_melt"), guessed && say("led_no_pitch", { mm: pitch / 1000 })].filter(Boolean).join(" ");
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    place.dataset.shown = mode;
  }

  tools.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-mode]");
    if (!chosen) return;
    mode = chosen.dataset.mode;
    draw();
  });
  lamps.addEventListener("change", draw);
  slider.addEventListener("input", draw);
  again.addEventListener("click", () => {
    video.currentTime = 0;
    video.play().catch(() => undefined);
  });
  video.addEventListener("ended", () => {
    video.currentTime = Math.max(0, video.duration - 1);
    video.play().catch(() => undefined);
  });
  new MutationObserver(() => {
    video.src = place.dataset.src;
    video.play().catch(() => undefined);
  }).observe(place, { attributeFilter: ["data-src"] });
  new ResizeObserver(draw).observe(stage);
  draw();
}

export function install(root = document) {
  root.querySelectorAll("[data-led]").forEach(mount);
  if (root === document) document.body.addEventListener("htmx:afterSwap", (event) => install(event.target.parentNode ?? document.body));
}
