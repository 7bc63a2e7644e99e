// Two people changed one notice: what only one of them changed is taken; where both did, a person chooses.
import { at, merged, put } from "./document.js";
import { say } from "../texts.js";

/** Return what people call a field: its label, and the language whose words it holds. */
export function nameOf(form, path) {
  const field = form.querySelector(`[data-path="${path}"]`);
  if (!field) return path.startsWith("values") ? say("values") : say("other_part");
  const label = field.labels?.[0]?.textContent.trim() || field.getAttribute("aria-label") || path;
  const part = field.closest("[data-language-part]")?.dataset.languageName;
  return part ? `${part} · ${label}` : label;
}

function choice(form, path, mine, theirs, index) {
  const item = document.createElement("li");
  item.className = "stack box";
  item.innerHTML = `<h3></h3><label class="check either"><input type="radio" value="mine" checked><span><span class="aside"></span><span data-words></span></span></label><label class="check either"><input type="radio" value="theirs"><span><span class="aside"></span><span data-words></span></span></label>`;
  item.querySelector("h3").textContent = nameOf(form, path);
  item.querySelectorAll("input").forEach((one) => (one.name = `either-${index}`));
  [[mine, "yours"], [theirs, "theirs"]].forEach(([value, who], place) => {
    const words = item.querySelectorAll("label")[place];
    words.querySelector(".aside").textContent = say(who);
    words.querySelector("[data-words]").textContent = shown(value);
  });
  return item;
}

function shown(value) {
  if (value === undefined || value === null || value === "") return say("nothing");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Ask about a document that somebody else saved meanwhile. Resolves to the document to save over theirs,
 * or null when the person wants to look first; nothing is lost either way.
 */
export function ask(form, base, mine, theirs) {
  const { result, both } = merged(base, mine, theirs);
  const dialog = document.getElementById("conflict");
  const list = dialog.querySelector("[data-both]");
  list.replaceChildren(...both.map((path, index) => choice(form, path, at(mine, path), at(theirs, path), index)));
  dialog.querySelector("[data-no-both]").hidden = both.length > 0;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "save") return resolve(null);
      both.forEach((path, index) => {
        const taken = list.querySelector(`input[name="either-${index}"]:checked`).value;
        if (taken === "theirs") put(result, path, at(theirs, path) ?? null);
      });
      resolve(result);
    }, { once: true });
  });
}
