// Live pages: server-sent changes and item boundaries make single cards fetch themselves again.
import htmx from "htmx.org";
import { ask, toast } from "./api.js";

const LEAST_GAP_MS = 700;
const last = new Map();
const timers = new Map();
let watching = null;

/** Let one element fetch itself again, at most once in LEAST_GAP_MS; a burst ends with one last look. */
function refresh(element) {
  if (!element?.id || timers.has(element.id)) return;
  const wait = Math.max(0, (last.get(element.id) ?? 0) + LEAST_GAP_MS - Date.now());
  timers.set(element.id, setTimeout(() => {
    timers.delete(element.id);
    last.set(element.id, Date.now());
    const current = document.getElementById(element.id);
    if (current && !current.contains(document.activeElement?.closest("input, textarea, select"))) htmx.trigger(current, "refresh");
  }, wait));
}

// An item's end: look again just after it, so that the picture and the words follow the panel.
const boundaries = new Map();
function plan(root) {
  const elements = [...(root.matches?.("[data-until]") ? [root] : []), ...root.querySelectorAll("[data-until]")];
  for (const element of elements) {
    const wait = Date.parse(element.dataset.until) - Date.now();
    if (!Number.isFinite(wait)) continue;
    clearTimeout(boundaries.get(element.id));
    const due = Math.min(Math.max(wait + 250, 1500), 2 ** 30);
    boundaries.set(element.id, setTimeout(() => refresh(document.getElementById(element.id)), due));
  }
}

const TOPICS = ["panel", "kiosk", "status", "fault", "alarm", "command", "log", "order", "swap", "publication", "manifest", "notice", "playlist", "schedule", "media", "segment", "board", "phrase", "emergency", "alert", "roster", "document", "submission", "hold", "notification", "shift"];

function listen() {
  const source = new EventSource(`/api/v1/events?after=${document.body.dataset.seen}`);
  for (const topic of TOPICS) {
    source.addEventListener(topic, (event) => {
      let id;
      try {
        id = JSON.parse(event.data).subject_id;
      } catch {
        return;
      }
      document.querySelectorAll(`[data-live-topic~="${topic}"]`).forEach(refresh);
      document.querySelectorAll(`#panel-${id}, [data-kiosk="${id}"]`).forEach(refresh);
    });
  }
}

async function beat() {
  const { panel } = watching;
  const image = document.querySelector(`[data-picture="${panel}"] img`);
  if (!document.getElementById(`panel-${panel}`) || !image) return stop();
  if (document.hidden) return undefined;
  if (Date.now() >= watching.renewAt) {
    watching.renewAt = Date.now() + 25_000;
    try {
      await ask("POST", `/api/v1/panels/${panel}/watch`);
    } catch (error) {
      toast(error.message);
      return stop();
    }
  }
  const next = new Image();
  next.addEventListener("load", () => {
    if (watching?.panel !== panel) return;
    const shown = document.querySelector(`[data-picture="${panel}"] img`);
    watching.shown = next.src;
    if (shown) shown.src = next.src;
  });
  next.src = `/api/v1/panels/${panel}/capture.jpg?t=${Date.now()}`;
  document.querySelector(`[data-watch="${panel}"]`)?.setAttribute("aria-pressed", "true");
  return undefined;
}

function stop() {
  if (!watching) return;
  clearInterval(watching.timer);
  const image = document.querySelector(`[data-picture="${watching.panel}"] img`);
  if (image?.dataset.expected) image.src = image.dataset.expected;
  document.querySelector(`[data-watch="${watching.panel}"]`)?.setAttribute("aria-pressed", "false");
  watching = null;
}

export function install() {
  if (document.querySelector("[data-live], [data-live-topic]")) listen();
  plan(document);
  document.body.addEventListener("htmx:afterSwap", () => plan(document));
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!watching) return;
    document.querySelector(`[data-watch="${watching.panel}"]`)?.setAttribute("aria-pressed", "true");
    const image = document.querySelector(`[data-picture="${watching.panel}"] img`);
    if (image && watching.shown) image.src = watching.shown;
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) location.reload();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-watch]");
    if (!button) return;
    const again = watching?.panel === button.dataset.watch;
    stop();
    if (again) return;
    watching = { panel: button.dataset.watch, renewAt: 0, timer: setInterval(beat, 1000) };
    beat();
  });
}
