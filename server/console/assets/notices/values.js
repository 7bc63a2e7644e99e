// Typed values: a time, a date, a price or a phone number stands in the text as a token and is written by each language.
import { say, toast } from "../api.js";

const TOKEN = /\{([a-z][a-z0-9_]{0,23})\}/g;
const NAMES = { time: "time", time_range: "hours", date: "day", date_time: "when", price: "price", phone: "phone", temperature: "degrees", number: "number" };

/** The values of a document, their dialog, their chips, and where the next one goes. */
export class Values {
  constructor(form, state) {
    this.form = form;
    this.state = state;
    this.dialog = document.getElementById("value");
    this.target = null;
    form.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-takes-values]")) this.target = event.target;
    });
    document.addEventListener("click", (event) => this.clicked(event));
    this.dialog.querySelector("form").addEventListener("submit", (event) => this.submitted(event));
    this.dialog.querySelector("[name=kind]").addEventListener("change", () => this.fields());
  }

  get all() {
    return (this.state.document.values ??= {});
  }

  clicked(event) {
    const opener = event.target.closest("[data-new-value]");
    if (opener) this.open(null, opener.dataset.newValue);
    const edit = event.target.closest("[data-edit-value]");
    if (edit) this.open(edit.dataset.editValue);
    const insert = event.target.closest("[data-insert-value]");
    if (insert) this.insert(insert.dataset.insertValue, insert.dataset.into);
  }

  /** Open the dialog for a new value, or for one that is there. */
  open(key, language) {
    this.key = key;
    this.into = language ?? this.into;
    const form = this.dialog.querySelector("form");
    form.reset();
    const value = key ? this.all[key] : null;
    if (value) {
      form.elements.kind.value = value.kind;
      for (const input of this.inputs(value.kind)) input.value = value[input.name] ?? "";
    }
    this.dialog.querySelector("[data-value-for=new]").hidden = Boolean(key);
    this.dialog.querySelector("[data-value-for=old]").hidden = !key;
    this.fields();
    this.dialog.showModal();
  }

  inputs(kind) {
    const own = [...this.dialog.querySelectorAll("[data-for-kind]")].filter((one) => one.dataset.forKind.split(" ").includes(kind));
    return own.flatMap((one) => [...one.querySelectorAll("input, select")]);
  }

  fields() {
    const kind = this.dialog.querySelector("[name=kind]").value;
    this.dialog.querySelectorAll("[data-for-kind]").forEach((one) => {
      const wanted = one.dataset.forKind.split(" ").includes(kind);
      one.hidden = !wanted;
      one.querySelectorAll("input, select").forEach((input) => (input.disabled = !wanted));
    });
  }

  submitted(event) {
    const form = event.target;
    if (event.submitter?.value === "cancel") return;
    const value = { kind: form.elements.kind.value };
    for (const input of this.inputs(value.kind)) {
      if (input.value !== "") value[input.name] = input.dataset.kind === "number" ? Number(input.value) : input.type === "tel" ? input.value.replace(/[^+\d]/g, "") : input.value;
    }
    const key = this.key ?? this.fresh(NAMES[value.kind] ?? "value");
    this.all[key] = value;
    if (this.key) this.changed();
    else this.insert(key, this.into);
  }

  fresh(name) {
    let number = 1;
    const named = () => (number === 1 ? name : `${name}${number}`);
    while (named() in this.all) number += 1;
    return named();
  }

  /** Put a value's token where the caret stands. */
  insert(key, language) {
    this.put(`{${key}}`, language);
  }

  /** Put words where the caret stands in a language, or at the end of its text. */
  put(words, language) {
    const fits = (field) => field && (!language || field.closest("[data-language-part]")?.dataset.languagePart === language);
    const field = fits(this.target) ? this.target : this.form.querySelector(`[data-language-part="${language || "vi"}"] [data-takes-values]`);
    if (!field) return toast(say("where_to_insert"));
    const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
    field.focus();
    field.setRangeText(words, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return undefined;
  }

  changed() {
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Return a document without the values that no text names any more. */
  swept(document_) {
    const named = new Set(JSON.stringify(document_.variants ?? {}).match(TOKEN)?.map((one) => one.slice(1, -1)) ?? []);
    document_.values = Object.fromEntries(Object.entries(document_.values ?? {}).filter(([key]) => named.has(key)));
    return document_;
  }
}
