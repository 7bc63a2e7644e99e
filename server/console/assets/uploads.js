// Uploads in pieces (tus): many files one after another, each with a bar, pause, resume, and a way back after a broken
// link or a closed browser. What the server refuses is said in its own sentence and stays until it is dismissed.
import * as tus from "tus-js-client";
import { ask, toLogin } from "./api.js";
import { language, say, sentenceOf } from "./texts.js";
import { dropZone } from "./upload.js";

const ENDPOINT = `${location.origin}/api/v1/uploads`;
const CHUNK = 4 << 20;
const DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 20_000];
const AGAIN_MS = 15_000;
const LOOK_MS = 1000;
const NAMED_MS = 5000;
const SAID = ["source", "author", "right_of_use", "right_note", "rights_until", "tags"];
const BUTTONS = {
  cancel: () => say("cancel"),
  dismiss: () => say("dismiss"),
  try_again: () => say("try_again"),
  upload_pause: () => say("upload_pause"),
  upload_resume: () => say("upload_resume"),
};
let queue = Promise.resolve();

/** One line of the list: the file's name, a bar, a sentence, and buttons that its state allows. */
class Line {
  constructor(list, name) {
    this.item = document.createElement("li");
    this.item.className = "upload";
    this.item.innerHTML = `<div class="grow progress"><span data-name></span><progress max="1000" value="0"></progress><span class="aside" data-said role="status"></span></div><span class="tools" data-buttons></span>`;
    this.item.querySelector("[data-name]").textContent = name;
    this.bar = this.item.querySelector("progress");
    this.bar.setAttribute("aria-label", name);
    list.prepend(this.item);
  }

  show(state, sentence, buttons = {}, tone = "") {
    this.item.dataset.state = state;
    const said = this.item.querySelector("[data-said]");
    if (said.textContent !== sentence) said.textContent = sentence;
    said.className = tone ? `state ${tone}` : "aside";
    this.bar.hidden = ["done", "refused", "waiting"].includes(state);
    const place = this.item.querySelector("[data-buttons]");
    if (place.dataset.for === Object.keys(buttons).join()) return;
    place.dataset.for = Object.keys(buttons).join();
    place.replaceChildren(
      ...Object.entries(buttons).map(([name, run]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.do = name;
        button.textContent = BUTTONS[name]();
        button.addEventListener("click", run);
        return button;
      }),
    );
  }

  fill(share) {
    this.bar.value = Math.round(1000 * share);
  }

  remove() {
    this.item.remove();
  }
}

/** A file on its way. `sent` settles when every byte is there, or when it was given up. */
class Sending {
  constructor(file, line, metadata) {
    this.line = line;
    this.dropped = false;
    this.sent = new Promise((resolve) => (this.settle = resolve));
    this.named = new Promise((resolve) => (this.name = resolve));
    this.upload = new tus.Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: CHUNK,
      retryDelays: DELAYS_MS,
      metadata: { filename: file.name, filetype: file.type, ...metadata },
      headers: { "Accept-Language": language },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => worthRetrying(statusOf(error)),
      onUploadUrlAvailable: () => this.name(),
      onProgress: (bytes, total) => this.progress(bytes / (total || 1)),
      onSuccess: () => this.whole(),
      onError: (error) => this.failed(error),
    });
    line.show("waiting", say("upload_waiting"), { cancel: () => this.drop() });
  }

  async start() {
    if (this.dropped) return;
    const before = await this.upload.findPreviousUploads();
    if (before.length) this.upload.resumeFromPreviousUpload(before[before.length - 1]);
    this.go();
  }

  go() {
    clearTimeout(this.timer);
    this.going = true;
    this.line.show("sending", say("upload_sent", { percent: Math.floor(this.line.bar.value / 10) }), this.buttons());
    this.upload.start();
  }

  buttons() {
    return { upload_pause: () => this.pause(), cancel: () => this.drop() };
  }

  progress(share) {
    if (this.dropped) return;
    this.line.fill(share);
    this.line.show("sending", say("upload_sent", { percent: Math.floor(100 * share) }), this.buttons());
  }

  async pause() {
    await this.upload.abort();
    const percent = Math.floor(this.line.bar.value / 10);
    this.line.show("paused", say("upload_paused", { percent }), { upload_resume: () => this.go(), cancel: () => this.drop() }, "warn");
  }

  async drop() {
    this.dropped = true;
    clearTimeout(this.timer);
    // Asked for but not yet answered: wait for its address, or it would be left behind on the server.
    if (this.going && !this.upload.url) await Promise.race([this.named, new Promise((resolve) => setTimeout(resolve, NAMED_MS))]);
    try {
      await this.upload.abort(Boolean(this.upload.url));
    } catch {
      /* the server gives it up by itself after some days */
    }
    this.line.remove();
    this.settle();
  }

  failed(error) {
    this.name();
    if (this.dropped) return undefined;
    const status = statusOf(error);
    if (status === 401) return toLogin();
    const again = { try_again: () => this.go(), cancel: () => this.drop() };
    if (worthRetrying(status)) {
      this.line.show("offline", say("upload_offline"), again, "warn");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.go(), AGAIN_MS);
      return undefined;
    }
    const id = idOf(this.upload.url);
    this.line.show("refused", sentenceOf(problemOf(error)), { dismiss: () => dismiss(this.line, id) }, "bad");
    return this.settle();
  }

  whole() {
    this.line.fill(0);
    this.settle();
    follow(this.line, idOf(this.upload.url));
  }
}

const statusOf = (error) => error.originalResponse?.getStatus() ?? 0;
const worthRetrying = (status) => status === 0 || status >= 500 || [408, 409, 423, 429].includes(status);
const idOf = (url) => url?.split("/").pop();

function problemOf(error) {
  try {
    return JSON.parse(error.originalResponse.getBody());
  } catch {
    return null;
  }
}

async function dismiss(line, id) {
  if (id) await ask("DELETE", `/api/v1/uploads/${id}`).catch(() => null);
  line.remove();
}

/** Ask how the check of an upload goes until it ends. */
async function follow(line, id) {
  for (;;) {
    let shown;
    try {
      shown = await ask("GET", `/api/v1/uploads/${id}`);
    } catch (error) {
      if (error.status === 404) return line.remove();
      shown = null;
      line.show("offline", error.message, {}, "warn");
    }
    if (shown?.state === "checking" || shown?.state === "receiving") {
      line.fill(shown.progress_permille / 1000);
      line.show("checking", say("upload_checked", { percent: Math.floor(shown.progress_permille / 10) }));
    } else if (shown) return finished(line, shown);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function finished(line, shown) {
  const away = { dismiss: () => dismiss(line, shown.id) };
  if (shown.state === "refused") return line.show("refused", shown.sentences[language] ?? "", away, "bad");
  const told = shown.is_new ? say("upload_stored") : (shown.sentences[language] ?? say("upload_stored"));
  const remarks = shown.remarks.map((remark) => remark[language]);
  line.show("done", [told, ...remarks].join(" "), away, remarks.length || !shown.is_new ? "warn" : "good");
  return document.body.dispatchEvent(new Event("uploaded"));
}

function metadataOf(zone) {
  const found = {};
  for (const name of ["agency_id", ...SAID]) {
    const value = zone.querySelector(`[name=${name}]`)?.value.trim();
    if (value) found[name] = value;
  }
  return found;
}

const taken = new Set();
const keyOf = (name, size) => `${name} ${size}`;

function take(files, zone, list) {
  for (const file of files) {
    taken.add(keyOf(file.name, file.size));
    const sending = new Sending(file, new Line(list, file.name), metadataOf(zone));
    queue = queue.then(async () => {
      await sending.start();
      if (!sending.dropped) await sending.sent;
    });
  }
}

/** Show what the last visit left: uploads that stand still, are checked, or were refused; what is sent now has a line. */
async function recall(list) {
  const shown = await ask("GET", "/api/v1/uploads").catch(() => []);
  for (const one of shown.reverse()) {
    if (one.state === "done" || taken.has(keyOf(one.name, one.length))) continue;
    const line = new Line(list, one.name);
    if (one.state === "checking") follow(line, one.id);
    else if (one.state === "refused") finished(line, one);
    else {
      line.fill(one.offset / (one.length || 1));
      line.item.dataset.file = keyOf(one.name, one.length);
      line.show("left", say("upload_left", { percent: Math.floor((100 * one.offset) / (one.length || 1)) }), { cancel: () => dismiss(line, one.id) }, "warn");
    }
  }
}

export function install() {
  const zone = document.querySelector("[data-uploads]");
  if (!zone) return;
  const list = document.getElementById(zone.dataset.uploads);
  dropZone(zone, (files) => {
    for (const file of files) list.querySelectorAll('[data-state="left"]').forEach((item) => item.dataset.file === keyOf(file.name, file.size) && item.remove());
    take(files, zone, list);
  });
  recall(list);
  window.addEventListener("online", () => list.querySelectorAll('[data-state="offline"] [data-do="try_again"]').forEach((button) => button.click()));
  window.addEventListener("beforeunload", (event) => {
    if (list.querySelector('[data-state="sending"]')) event.preventDefault();
  });
}
