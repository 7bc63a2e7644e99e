// The editor of a notice: one document, kept in this browser until it is saved, looked at by the server while it grows.
import { ask, say, toast } from "../api.js";
import { language } from "../texts.js";
import * as conflict from "./conflict.js";
import { at, collect, copy, fill, prune, put, same } from "./document.js";
import { forget, keep, kept, sweep } from "./keep.js";
import { Media } from "./media.js";
import { Pictures } from "./pictures.js";
import * as subtitles from "./subtitles.js";
import { Remarks } from "./remarks.js";
import { Rows } from "./rows.js";
import { Values } from "./values.js";

const KEEP_MS = 800;

class Editor {
  constructor(form) {
    this.form = form;
    this.base = JSON.parse(document.getElementById("document").textContent);
    this.state = { document: copy(this.base) };
    this.leaving = false;
    this.ownColours = form.querySelector("[data-own-colours]");
    this.rows = new Rows(form, () => this.changed());
    this.values = new Values(form, this.state);
    this.media = new Media(form, this.state, () => this.changed());
    this.pictures = new Pictures(form, () => this.document());
    this.remarks = new Remarks(form, () => this.document());
    this.show(this.base);
    this.offerKept();
    this.listen();
    this.look();
    this.remarks.soon(0);
    this.pictures.soon(0);
  }

  get rev() {
    return Number(this.form.dataset.rev || 0);
  }

  document() {
    const document_ = collect(this.form, this.state.document);
    if (this.ownColours && !this.ownColours.checked) document_.content.look.colours = null;
    return prune(this.values.swept(this.rows.trimmed(document_)));
  }

  /** Put a document into the fields. */
  show(document_) {
    this.state.document = copy(document_);
    this.rows.show(document_.variants);
    fill(this.form, document_);
    if (this.ownColours) this.ownColours.checked = Boolean(document_.content.look.colours);
    this.media.show();
    this.pictures.watch();
    this.parts();
  }

  get isDirty() {
    return !same(this.base, this.document());
  }

  changed() {
    this.look();
    this.parts();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEEP_MS);
    this.remarks.soon();
    this.pictures.soon();
  }

  keep() {
    if (this.isDirty) keep(this.form.dataset.keptAs, this.document(), this.rev);
    else forget(this.form.dataset.keptAs);
  }

  look() {
    const dirty = this.isDirty;
    this.form.dataset.dirty = dirty ? "1" : "";
    document.querySelectorAll("[data-changed]").forEach((one) => (one.textContent = dirty ? say("unsaved_kept") : say("saved_state")));
  }

  // What belongs to another template or kind of value is out of sight, and not asked for.
  parts() {
    const chosen = this.form.querySelector("[data-path='content.look.template']")?.value;
    if (!chosen) return;
    const parts = JSON.parse(this.form.dataset.parts)[chosen] ?? [];
    this.form.querySelectorAll("[data-part-of-look]").forEach((one) => {
      one.hidden = !parts.includes(one.dataset.partOfLook);
    });
    this.form.querySelector("[data-when-colours]").hidden = !this.ownColours.checked;
    const moves = this.form.querySelector("[data-path='content.look.motion']")?.value !== "none";
    this.form.querySelectorAll("[data-when-moving]").forEach((one) => (one.hidden = !moves));
  }

  offerKept() {
    sweep();
    const found = kept(this.form.dataset.keptAs);
    const banner = this.form.querySelector("[data-kept]");
    if (!found || same(found.document, this.base)) return;
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    banner.querySelector("[data-kept-when]").textContent = when.format(new Date(found.at));
    banner.hidden = false;
    banner.querySelector("[data-take-kept]").onclick = () => {
      this.form.dataset.rev = found.rev || this.form.dataset.rev;
      this.show(found.document);
      banner.hidden = true;
      this.changed();
    };
    banner.querySelector("[data-drop-kept]").onclick = () => {
      forget(this.form.dataset.keptAs);
      banner.hidden = true;
    };
  }

  listen() {
    const form = this.form;
    form.addEventListener("input", (event) => {
      this.follow(event.target);
      this.changed();
    });
    form.addEventListener("change", () => this.changed());
    form.querySelector("[data-face]")?.addEventListener("change", (event) => this.face(event.target.value));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) this.save();
    });
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("bangtin:leaving", () => {
      this.keep();
      this.leaving = true;
    });
    window.addEventListener("beforeunload", (event) => {
      this.keep();
      if (!this.leaving && this.isDirty) event.preventDefault();
    });
  }

  clicked(event) {
    const fix = event.target.closest("[data-fix]");
    if (fix) this.apply(JSON.parse(fix.dataset.fix));
    const act = event.target.closest("[data-workflow]");
    if (act) this.act(act);
    const advice = event.target.closest("[data-dismiss]");
    if (advice) this.dismiss(advice);
    const longer = event.target.closest("[data-give-seconds]");
    if (longer) this.giveSeconds(longer);
    const text = event.target.closest("[data-insert-text]");
    if (text) this.values.put(text.dataset.insertText, text.dataset.into);
    const tab = event.target.closest("[data-show-language]");
    if (tab) this.tab(tab.dataset.showLanguage);
  }

  // The name in the lists is the Vietnamese headline until somebody gives it one of its own.
  follow(field) {
    const name = this.form.querySelector("[data-follows]");
    if (!name) return;
    if (field === name) name.dataset.own = "1";
    if (field.dataset.path !== name.dataset.follows || name.dataset.own) return;
    const before = at(this.base, name.dataset.follows) ?? "";
    if (at(this.base, "title") && at(this.base, "title") !== before) name.dataset.own = "1";
    else name.value = field.value.replace(/\s+/g, " ").slice(0, 120);
  }

  face(size) {
    const [width, height] = size.split("x");
    this.form.querySelectorAll(".language [data-draws]").forEach((one) => Object.assign(one.dataset, { width, height }));
    this.pictures.soon(0);
  }

  tab(code) {
    this.form.dataset.shown = code;
    this.form.querySelectorAll("[role=tab]").forEach((one) => one.setAttribute("aria-selected", String(one.dataset.showLanguage === code)));
    this.pictures.soon(0);
  }

  /** Put a proposed change into the fields: {path: value}. */
  apply(changes) {
    const document_ = this.document();
    for (const [path, value] of Object.entries(changes)) put(document_, path, value);
    this.show(document_);
    this.changed();
    this.remarks.soon(0);
    toast(say("fixed"));
  }

  // Advice is not given again for this revision.
  async dismiss(button) {
    try {
      await ask("POST", button.dataset.dismiss, { advice: button.dataset.advice });
      button.closest(".finding").remove();
      toast(say("advice_dismissed"));
    } catch (error) {
      toast(error.message);
    }
  }

  // How long a notice is on air stands in the playlists that hold it.
  async giveSeconds(button) {
    const milliseconds = 1000 * Number(button.dataset.giveSeconds);
    button.disabled = true;
    try {
      for (const id of button.dataset.playlists.split(",")) {
        const { name, items, rev } = await ask("GET", `/api/v1/playlists/${id}`);
        const changed = items.map(({ id: item, notice_id, languages, on_air_ms }) => ({
          id: item, notice_id, languages, on_air_ms: notice_id === button.dataset.notice ? milliseconds : on_air_ms,
        }));
        await ask("PUT", `/api/v1/playlists/${id}`, { name, items: changed }, { "If-Match": `"${rev}"` });
      }
      toast(say("saved"));
      this.remarks.asked = "";
      this.remarks.soon(0);
    } catch (error) {
      button.disabled = false;
      toast(error.message);
    }
  }

  busy(is) {
    this.form.querySelectorAll("button[type=submit], [data-workflow]").forEach((one) => (one.disabled = is));
  }

  problem(error) {
    const place = this.form.querySelector(":scope > .problem");
    place.textContent = error?.message ?? "";
    if (error) place.scrollIntoView({ block: "nearest" });
    if (error) this.remarks.soon(0);
  }

  /** Save; resolves to true when the server holds what is shown. */
  async save() {
    this.problem(null);
    if (!this.form.reportValidity()) return false;
    this.busy(true);
    const mine = this.document();
    try {
      return await this.send(mine);
    } catch (error) {
      this.keep();
      if (error.status === 412) return await this.meet(mine);
      this.problem(error);
      return false;
    } finally {
      this.busy(false);
    }
  }

  async send(document_) {
    const [method, path] = this.form.dataset.editor.split(" ");
    const headers = method === "POST" ? {} : { "If-Match": `"${this.rev}"` };
    const answer = await ask(method, path, this.body(document_, method), headers);
    forget(this.form.dataset.keptAs);
    if (method === "POST") {
      this.leaving = true;
      location.assign(`/notices/${answer.id}?saved=1`);
      return true;
    }
    await this.refresh(document_);
    toast(say("notice_saved"));
    return true;
  }

  // A picture or clip that is ready is finished in its language; a new notice names its agency.
  body(document_, method) {
    const body = copy(document_);
    if (["image", "clip"].includes(body.content.kind)) {
      for (const [code, variant] of Object.entries(body.variants)) {
        if (variant && !same(variant, this.base.variants[code] ?? null)) variant.finished = true;
      }
    }
    if (method === "POST") {
      body.variants = Object.fromEntries(Object.entries(body.variants).filter(([, variant]) => variant));
      const agency = this.form.querySelector("[name=agency_id]")?.value;
      if (agency) body.agency_id = agency;
    }
    return body;
  }

  // Somebody else was first: their document comes with the page as it is now.
  async meet(mine) {
    const page = await this.page();
    const theirs = JSON.parse(page.getElementById("document").textContent);
    const chosen = await conflict.ask(this.form, this.base, mine, theirs);
    if (chosen === null) return false;
    this.base = theirs;
    this.form.dataset.rev = page.querySelector("form[data-editor]").dataset.rev;
    this.show(chosen);
    return this.save();
  }

  async page() {
    const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" } });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  /** Bring the states around the fields up to date; the fields keep what was typed since. */
  async refresh(saved) {
    const page = await this.page();
    this.form.dataset.rev = page.querySelector("form[data-editor]").dataset.rev;
    const untouched = same(this.document(), saved);
    this.base = JSON.parse(page.getElementById("document").textContent);
    if (untouched) this.show(this.base);
    for (const part of page.querySelectorAll("[data-fresh]")) {
      document.querySelector(`[data-fresh="${part.dataset.fresh}"]`)?.replaceWith(document.importNode(part, true));
    }
    this.look();
    this.remarks.soon(0);
    this.pictures.soon(0);
  }

  // A step of the translation: what was typed is saved first.
  async act(button) {
    if (this.isDirty && !(await this.save())) return;
    this.busy(true);
    this.problem(null);
    try {
      const [method, path] = button.dataset.workflow.split(" ");
      await ask(method, path, button.dataset.body ? JSON.parse(button.dataset.body) : undefined);
      await this.refresh(this.document());
      if (button.dataset.said) toast(button.dataset.said);
    } catch (error) {
      this.problem(error);
    } finally {
      this.busy(false);
    }
  }
}

export function install() {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  subtitles.install(form);
  const editor = new Editor(form);
  editor.tab(form.dataset.shown || (["en", "zh"].includes(language) ? language : "vi"));
}
