// Pictures of what is being typed, drawn by the server at the pixels of a panel; nothing is saved for them.
import { sentenceOf, say } from "../texts.js";
import { toLogin } from "../api.js";

const WAIT_MS = 450;

/** Draws the pictures of a form's [data-draws] figures; each names language, width and height. */
export class Pictures {
  constructor(form, documentOf) {
    this.form = form;
    this.documentOf = documentOf;
    this.running = new Map();
    this.timer = null;
    this.seen = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && this.soon(0));
    this.watch();
  }

  /** Take up figures that came or went. */
  watch() {
    this.seen.disconnect();
    this.figures().forEach((figure) => this.seen.observe(figure));
  }

  figures() {
    return [...this.form.querySelectorAll("[data-draws]")];
  }

  /** Draw again when nothing was typed for a moment. */
  soon(wait = WAIT_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), wait);
  }

  draw() {
    const document_ = this.documentOf();
    for (const figure of this.figures()) {
      if (figure.offsetParent === null) continue;
      const asked = JSON.stringify({
        content: document_.content,
        values: document_.values,
        variants: document_.variants,
        language: figure.dataset.language,
        width: Number(figure.dataset.width),
        height: Number(figure.dataset.height),
      });
      if (figure.asked !== asked) this.one(figure, asked);
    }
  }

  async one(figure, asked) {
    figure.asked = asked;
    this.running.get(figure)?.abort();
    const stop = new AbortController();
    this.running.set(figure, stop);
    figure.dataset.state = "drawing";
    try {
      const answer = await fetch("/api/v1/notices/preview.png", {
        method: "POST", body: asked, signal: stop.signal, headers: { "Content-Type": "application/json" },
      });
      if (answer.status === 401) toLogin();
      if (!answer.ok) throw Object.assign(new Error(sentenceOf(await answer.json().catch(() => null))), { refused: true });
      await this.show(figure, await answer.blob());
    } catch (error) {
      if (error.name === "AbortError") return;
      figure.asked = null;
      figure.dataset.state = "none";
      figure.querySelector(".none").textContent = error.refused ? error.message : say("unreachable");
    }
  }

  async show(figure, blob) {
    const url = URL.createObjectURL(blob);
    const image = figure.querySelector("img");
    const old = image.src;
    image.src = url;
    await image.decode().catch(() => undefined);
    image.hidden = false;
    figure.dataset.state = "drawn";
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  }
}
