// The rows of a table: one row means the same in every language, so rows come, go and move in all languages at once.
import { say, toast } from "../api.js";

const LANGUAGES = ["vi", "en", "zh"];

/** Keeps the rows of a form's languages in step. `onChange` is called after each change. */
export class Rows {
  constructor(form, onChange) {
    this.form = form;
    this.onChange = onChange;
    form.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-row]")) this.add();
      const dropped = event.target.closest("[data-drop-row]");
      if (dropped) this.drop(this.place(dropped));
    });
  }

  lists() {
    return LANGUAGES.map((code) => this.form.querySelector(`[data-rows-of="${code}"]`)).filter(Boolean);
  }

  place(inside) {
    const row = inside.closest("[data-table-row]");
    return [...row.parentElement.children].indexOf(row);
  }

  /** Show as many rows as a document's languages hold at most. */
  show(variants) {
    const count = Math.max(1, ...LANGUAGES.map((code) => variants?.[code]?.words?.rows?.length ?? 0));
    this.lists().forEach((list) => {
      while (list.children.length > count) list.lastElementChild.remove();
      while (list.children.length < count) list.append(this.blank());
    });
    this.number();
  }

  blank() {
    return document.getElementById("table-row").content.firstElementChild.cloneNode(true);
  }

  number() {
    this.lists().forEach((list) =>
      [...list.children].forEach((row, index) =>
        row.querySelectorAll("[data-cell]").forEach((cell) => {
          cell.dataset.path = `variants.${list.dataset.rowsOf}.words.rows.${index}.${cell.dataset.cell}`;
          cell.setAttribute("aria-label", `${cell.dataset.label} ${index + 1}`);
        }),
      ),
    );
  }

  add() {
    this.lists().forEach((list) => list.append(this.blank()));
    this.number();
    this.lists()[0]?.lastElementChild.querySelector("[data-cell]").focus();
    this.onChange();
  }

  drop(index) {
    const gone = this.lists().map((list) => list.children[index]);
    const after = gone.map((row) => row?.nextElementSibling);
    gone.forEach((row) => row?.remove());
    this.number();
    this.onChange();
    const back = () => {
      this.lists().forEach((list, place) => gone[place] && list.insertBefore(gone[place], after[place] ?? null));
      this.number();
      this.onChange();
    };
    toast(say("row_dropped"), { name: say("undo"), run: back });
  }

  /** Return a document whose rows are exactly those that are shown. */
  trimmed(document_) {
    const lists = this.lists();
    if (!lists.length) return document_;
    for (const list of lists) {
      const words = document_.variants?.[list.dataset.rowsOf]?.words;
      if (words) words.rows = (words.rows ?? []).slice(0, list.children.length);
    }
    return document_;
  }
}
