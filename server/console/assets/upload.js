// Uploads: several files one after another, each with its own bar, its own refusal and a way to cancel.
import { say, sentenceOf, language } from "./texts.js";
import { toast, toLogin } from "./api.js";

/** Send one file. `onProgress(fraction)`; resolves to the media, rejects with an Error whose message people read. */
export function send(file, { agency, onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name });
    if (agency) query.set("agency_id", agency);
    request.open("POST", `/api/v1/media?${query}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Accept-Language", language);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress?.(event.loaded / event.total));
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        /* not ours: the sentence below says so */
      }
      if (request.status >= 200 && request.status < 300) resolve(answer);
      else if (request.status === 401) toLogin();
      else reject(new Error(sentenceOf(answer)));
    });
    request.addEventListener("error", () => reject(new Error(say("unreachable"))));
    request.addEventListener("abort", () => reject(Object.assign(new Error(say("upload_cancelled")), { cancelled: true })));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function line(file) {
  const item = document.createElement("li");
  item.className = "upload";
  item.innerHTML = `<div class="grow progress"><span data-name></span><progress max="1000" value="0"></progress><span class="aside" data-said role="status"></span></div><button type="button"></button>`;
  item.querySelector("[data-name]").textContent = file.name;
  item.querySelector("progress").setAttribute("aria-label", file.name);
  item.querySelector("button").textContent = say("cancel");
  return item;
}

async function one(file, item, agency) {
  const [bar, said, button] = ["progress", "[data-said]", "button"].map((what) => item.querySelector(what));
  const cancel = new AbortController();
  button.onclick = () => cancel.abort();
  item.dataset.state = "sending";
  try {
    const media = await send(file, {
      agency,
      signal: cancel.signal,
      onProgress: (part) => {
        bar.value = 1000 * part;
        said.textContent = part < 1 ? say("upload_sent", { percent: Math.floor(100 * part) }) : say("upload_checking");
      },
    });
    item.dataset.state = "stored";
    said.textContent = [say("upload_stored"), ...(media.remarks ?? []).map((remark) => remark[language])].join(" ");
    said.classList.add("state", "good");
    button.remove();
    bar.remove();
    return media;
  } catch (error) {
    item.dataset.state = error.cancelled ? "cancelled" : "refused";
    said.textContent = error.message;
    said.classList.add("state", error.cancelled ? "warn" : "bad");
    bar.value = 0;
    bar.hidden = true;
    button.textContent = say("try_again");
    button.onclick = () => {
      bar.hidden = false;
      said.className = "aside";
      button.textContent = say("cancel");
      one(file, item, agency).then((media) => media && finished());
    };
    return null;
  }
}

function finished() {
  document.dispatchEvent(new CustomEvent("bangtin:uploaded"));
}

let queue = Promise.resolve();
function take(files, zone) {
  const list = document.getElementById(zone.dataset.drop);
  for (const file of files) {
    const item = line(file);
    list.prepend(item);
    const said = item.querySelector("[data-said]");
    said.textContent = say("upload_waiting");
    let dropped = false;
    item.querySelector("button").onclick = () => {
      dropped = true;
      item.remove();
    };
    queue = queue.then(async () => {
      if (!dropped && (await one(file, item, zone.querySelector("[name=agency_id]")?.value))) finished();
    });
  }
}

/** Make a zone take files by drop, by button and by the keyboard. */
export function dropZone(zone, onFiles) {
  zone.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    onFiles([...event.dataTransfer.files]);
  });
  const input = zone.querySelector("input[type=file]");
  zone.querySelector("[data-choose]")?.addEventListener("click", () => input.click());
  input?.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
}

let busy = 0;
export function install() {
  document.querySelectorAll("[data-drop]").forEach((zone) => dropZone(zone, (files) => take(files, zone)));
  document.addEventListener("bangtin:uploaded", () => document.body.dispatchEvent(new Event("uploaded")));
  window.addEventListener("beforeunload", (event) => {
    busy = document.querySelectorAll('.upload[data-state="sending"]').length;
    if (busy) event.preventDefault();
  });
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => event.preventDefault());
}

export { toast };
