// What the server says about the text while it is typed: counts, findings, terms of the glossary, values as written.
import { toLogin } from "../api.js";
import { say } from "../texts.js";

const WAIT_MS = 600;

/** Asks about a document and puts the answer's parts into the page, each into the place of the same name. */
export class Remarks {
  constructor(form, documentOf, onAnswer) {
    this.form = form;
    this.documentOf = documentOf;
    this.onAnswer = onAnswer;
    this.timer = null;
    this.stop = null;
    this.asked = "";
  }

  /** Ask when nothing was typed for a moment. */
  soon(wait = WAIT_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    const asked = JSON.stringify(this.documentOf());
    if (asked === this.asked) return;
    this.asked = asked;
    this.stop?.abort();
    this.stop = new AbortController();
    this.form.dataset.remarks = "asking";
    try {
      const answer = await fetch(this.form.dataset.remarksUrl, {
        method: "POST", body: asked, signal: this.stop.signal, headers: { "Content-Type": "application/json" },
      });
      if (answer.status === 401) toLogin();
      if (!answer.ok) throw new Error(String(answer.status));
      this.put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      this.form.dataset.remarks = "said";
    } catch (error) {
      if (error.name === "AbortError") return;
      this.asked = "";
      this.form.dataset.remarks = "unknown";
      this.form.querySelectorAll("[data-remarks-state]").forEach((one) => (one.textContent = say("unreachable")));
    }
  }

  put(page) {
    this.form.querySelectorAll("[data-remarks-state]").forEach((one) => (one.textContent = ""));
    for (const part of page.querySelectorAll("[data-part]")) {
      const place = this.form.querySelector(`[data-place="${part.dataset.part}"]`);
      if (place && place.innerHTML !== part.innerHTML) place.replaceChildren(...part.childNodes);
    }
    this.onAnswer?.();
  }
}
