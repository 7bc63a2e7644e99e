// New urgent faults sound until somebody takes them: opt-in for this browser, in one tab, and written across every tab.
import { ask } from "./api.js";

const KEY = "bangtin-sound";
const URGENT = new Set(["critical", "major"]);
const LOOK_MS = 15_000;
const AGAIN_MS = 4_000;
const LEAST_GAP_MS = 1_000;
const quieted = new Set();
let context = null;
let sounding = null;
let channel = null;
let stream = null;
let wanting = [];

const isOn = () => localStorage.getItem(KEY) === "on";

/** Two rising tones, loud enough for a control room and over in half a second. */
function beep() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
  for (const [hertz, begin] of [[660, 0], [880, 0.22]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + begin;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.5, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + 0.2);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.22);
  }
  document.documentElement.dataset.beeps = String(Number(document.documentElement.dataset.beeps ?? 0) + 1);
}

/** Write across the page what sounds; an empty list takes it away. */
function write(faults) {
  const place = document.getElementById("sounding");
  if (!place) return;
  const one = faults[0];
  place.hidden = !one;
  document.title = document.title.replace(/^● /, "");
  if (!one) return;
  place.querySelector("[data-sound-words]").textContent = place.querySelector("[data-sound-words]").dataset.one;
  const words = `${one.names[document.documentElement.lang.slice(0, 2)] ?? one.names.vi}, ${one.panel_name ?? one.site_name}`;
  place.querySelector("[data-sound-what]").textContent = faults.length > 1 ? `${words} (+${faults.length - 1})` : words;
  document.title = `● ${document.title}`;
}

function tell(faults) {
  wanting = faults;
  const loud = faults.filter((one) => !quieted.has(one.id));
  write(loud);
  if (loud.length && !sounding) {
    beep();
    sounding = setInterval(beep, AGAIN_MS);
  } else if (!loud.length && sounding) {
    clearInterval(sounding);
    sounding = null;
  }
}

async function look() {
  if (!isOn()) return share([]);
  try {
    const { items } = await ask("GET", "/api/v1/alarms?view=now&limit=200");
    share(items.filter((one) => URGENT.has(one.severity) && one.phase === "unacknowledged"));
  } catch {
    // the next look is soon; a link that is down is told by the page itself
  }
}

function share(faults) {
  const slim = faults.map(({ id, names, panel_name, site_name }) => ({ id, names, panel_name, site_name }));
  channel?.postMessage({ faults: slim.filter((one) => !quieted.has(one.id)) });
  tell(slim);
}

/** Be the tab that looks and sounds, until this tab is closed or the sound is switched off. */
function hold() {
  return new Promise((release) => {
    look();
    const timer = setInterval(look, LOOK_MS);
    stream = new EventSource(`/api/v1/events?after=${document.body.dataset.seen}`);
    let soon = null;
    stream.addEventListener("alarm", () => {
      soon ??= setTimeout(() => {
        soon = null;
        look();
      }, LEAST_GAP_MS);
    });
    const end = () => {
      clearInterval(timer);
      stream?.close();
      share([]);
      release();
    };
    addEventListener("pagehide", end, { once: true });
    document.addEventListener("bangtin:sound-off", end, { once: true });
  });
}

function begin() {
  if (!isOn() || !navigator.locks || !document.body.dataset.seen) return;
  navigator.locks.request(KEY, hold);
}

function quiet() {
  for (const one of wanting) quieted.add(one.id);
  channel?.postMessage({ quiet: wanting.map((one) => one.id) });
  tell(wanting);
}

export function install() {
  if (!document.getElementById("sounding")) return;
  channel = new BroadcastChannel(KEY);
  channel.addEventListener("message", ({ data }) => {
    if (data.quiet) {
      for (const id of data.quiet) quieted.add(id);
      tell(wanting);
    } else if (data.faults) {
      if (sounding) return;
      wanting = data.faults;
      write(data.faults.filter((one) => !quieted.has(one.id)));
    }
  });
  document.querySelector("[data-sound-quiet]")?.addEventListener("click", () => {
    write([]);
    quiet();
  });
  // browsers let a page sound only after somebody has touched it
  document.addEventListener("pointerdown", () => context?.resume(), { once: true });
  const box = document.querySelector("[data-sound-on]");
  if (box) {
    box.checked = isOn();
    box.addEventListener("change", () => {
      if (box.checked) {
        localStorage.setItem(KEY, "on");
        beep();
        begin();
      } else {
        localStorage.removeItem(KEY);
        document.dispatchEvent(new Event("bangtin:sound-off"));
      }
    });
    document.querySelector("[data-sound-test]")?.addEventListener("click", () => {
      beep();
      const names = { vi: "Thử", en: "Test", zh: "测试" };
      write([{ id: "test", names, panel_name: "Bảng Tin" }]);
      setTimeout(() => write(wanting.filter((one) => !quieted.has(one.id))), 3000);
    });
  }
  begin();
}
