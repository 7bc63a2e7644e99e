// Buttons that do one thing at once: data-now="METHOD /path", said afterwards, with the way back where there is one.
import { ask, toast } from "../api.js";
import { reloadSaying, sayNext } from "../said.js";

async function act(button) {
  const [method, path] = button.dataset.now.split(" ");
  button.disabled = true;
  try {
    const answer = await ask(method, path, button.dataset.body ? JSON.parse(button.dataset.body) : undefined);
    const [verb, where] = (button.dataset.then ?? "reload").split(" ");
    if (verb === "go") location.assign(where.replace(/\{(\w+)\}/g, (_, key) => answer?.[key] ?? ""));
    else if (button.dataset.undo) {
      sayNext(button.dataset.said, button.dataset.undo);
      location.assign(location.pathname);
    } else reloadSaying(button.dataset.said);
  } catch (error) {
    button.disabled = false;
    toast(error.message);
  }
}

export function install() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-now]");
    if (button) act(button);
  });
}
