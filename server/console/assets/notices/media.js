// Pictures and clips in the editor: a language's file, the card's picture and logo, the pictures of an album.
import { say, toast } from "../api.js";
import { dropZone, send } from "../upload.js";
import { at, put } from "./document.js";

const thumbnail = (id) => `/api/v1/media/${id}/thumbnail`;

/** Fills the [data-file] slots of a form and the album's list; the document holds the ids. */
export class Media {
  constructor(form, state, onChange) {
    this.form = form;
    this.state = state;
    this.onChange = onChange;
    this.chooser = document.getElementById("files");
    form.querySelectorAll("[data-file]").forEach((slot) => this.slot(slot));
    this.album = form.querySelector("[data-album]");
    if (this.album) this.albumParts();
  }

  /** Show what the document holds. */
  show() {
    this.form.querySelectorAll("[data-file]").forEach((slot) => this.fill(slot));
    if (this.album) this.showAlbum();
  }

  slot(slot) {
    dropZone(slot, (files) => this.upload(slot, files, (media) => this.set(slot, media)));
    slot.querySelector("[data-from]")?.addEventListener("click", () => this.choose(slot.dataset.fileKind, (media) => this.set(slot, media)));
    slot.querySelector("[data-empty]")?.addEventListener("click", () => this.set(slot, null));
  }

  set(slot, media) {
    put(this.state.document, slot.dataset.file, media?.id ?? null);
    slot.shown = media;
    this.fill(slot);
    this.onChange();
  }

  fill(slot) {
    const value = at(this.state.document, slot.dataset.file);
    const known = slot.shown ?? JSON.parse(slot.dataset.known || "null");
    const media = value && known?.id === value ? known : null;
    const place = slot.querySelector(".picture");
    place.querySelectorAll("img, video").forEach((one) => one.remove());
    place.querySelector(".none").hidden = Boolean(media);
    slot.querySelector("[data-name]").textContent = media?.name ?? "";
    slot.querySelector("[data-empty]").hidden = !value;
    if (!media) return;
    const clip = (media.kind ?? "").startsWith("video/");
    const shown = document.createElement(clip ? "video" : "img");
    shown.src = `/api/v1/media/${media.id}/file`;
    if (clip) Object.assign(shown, { muted: true, controls: true, playsInline: true, preload: "metadata" });
    else shown.alt = media.name ?? "";
    place.append(shown);
  }

  async upload(slot, files, taken) {
    const [problem, bar] = [slot.querySelector(".problem"), slot.querySelector("progress")];
    problem.textContent = "";
    bar.hidden = false;
    slot.dataset.state = "sending";
    try {
      for (const file of slot.matches("[data-many]") ? files : files.slice(0, 1)) {
        const agency = this.form.querySelector("[name=agency_id]")?.value || this.form.dataset.agency;
        taken(await send(file, { agency, onProgress: (part) => (bar.value = 1000 * part) }));
      }
      slot.dataset.state = "stored";
    } catch (error) {
      problem.textContent = error.message;
      slot.dataset.state = "refused";
    } finally {
      bar.hidden = true;
      bar.value = 0;
    }
  }

  choose(kind, taken) {
    const dialog = this.chooser;
    dialog.querySelectorAll("[data-pick]").forEach((one) => {
      one.closest("li").hidden = Boolean(kind) && !one.dataset.kind.startsWith(kind);
    });
    dialog.showModal();
    dialog.onclick = (event) => {
      const pick = event.target.closest("[data-pick]");
      if (!pick) return;
      taken({ id: pick.dataset.pick, kind: pick.dataset.kind, name: pick.dataset.name });
      dialog.close();
    };
  }

  albumParts() {
    const zone = this.album.closest("[data-many]");
    dropZone(zone, (files) => this.upload(zone, files, (media) => this.addPicture(media)));
    zone.querySelector("[data-from]")?.addEventListener("click", () => this.choose("image", (media) => this.addPicture(media)));
    this.album.addEventListener("click", (event) => {
      const item = event.target.closest("[data-picture]");
      if (!item) return;
      const step = event.target.closest("[data-move]")?.dataset.move;
      if (step) this.movePicture(item, step === "up" ? -1 : 1);
      else if (event.target.closest("[data-drop-picture]")) this.dropPicture(item);
    });
  }

  items() {
    return [...this.album.querySelectorAll("[data-picture]")];
  }

  showAlbum() {
    const pictures = this.state.document.content.picture_ids ?? [];
    this.album.replaceChildren(...pictures.map((one) => this.item(one)));
    this.numberAlbum();
  }

  item(id) {
    const item = document.getElementById("album-picture").content.firstElementChild.cloneNode(true);
    item.dataset.picture = id;
    item.querySelector("img").src = thumbnail(id);
    item.querySelectorAll("[data-caption]").forEach((input) => {
      input.value = this.state.document.variants?.[input.dataset.caption]?.words?.captions?.[id] ?? "";
      input.dataset.path = `variants.${input.dataset.caption}.words.captions.${id}`;
    });
    return item;
  }

  addPicture(media) {
    if (this.items().some((one) => one.dataset.picture === media.id)) return toast(say("album_has_it"));
    this.album.append(this.item(media.id));
    return this.albumChanged();
  }

  movePicture(item, by) {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(item);
    else other.after(item);
    item.querySelector(`[data-move=${by < 0 ? "up" : "down"}]`).focus();
    this.albumChanged();
  }

  dropPicture(item) {
    const next = item.nextElementSibling;
    item.remove();
    this.albumChanged();
    const back = () => {
      this.album.insertBefore(item, next?.isConnected ? next : null);
      this.albumChanged();
    };
    toast(say("picture_dropped"), { name: say("undo"), run: back });
  }

  albumChanged() {
    this.state.document.content.picture_ids = this.items().map((one) => one.dataset.picture);
    this.numberAlbum();
    this.onChange();
  }

  numberAlbum() {
    const all = this.items();
    all.forEach((item, index) => {
      item.querySelector("[data-place-number]").textContent = index + 1;
      item.querySelector("[data-move=up]").disabled = index === 0;
      item.querySelector("[data-move=down]").disabled = index === all.length - 1;
    });
    const none = this.form.querySelector("[data-no-pictures]");
    if (none) none.hidden = all.length > 0;
  }
}
