// One small file in one request, for places that wait for it, and zones that take files by drop, button and keyboard.
import { say, sentenceOf, language } from "./texts.js";
import { toLogin } from "./api.js";

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

export function install() {
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => event.preventDefault());
}
