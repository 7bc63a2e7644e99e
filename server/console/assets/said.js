// What is said after a page was loaded anew: a sentence, or a sentence with the way back.
import { ask, say, toast } from "./api.js";

/** Load the page anew and say a sentence afterwards. */
export function reloadSaying(sentence) {
  if (sentence) sessionStorage.setItem("bangtin-said", sentence);
  location.reload();
}

/** Say a sentence with an Undo on the page that comes next; `api` is "METHOD /path", `rev` for If-Match. */
export function sayNext(said, api, rev) {
  sessionStorage.setItem("bangtin-undo", JSON.stringify({ said, api, rev }));
}

/** Show what the page before left to say. */
export function tell() {
  const said = sessionStorage.getItem("bangtin-said");
  if (said) toast(said);
  sessionStorage.removeItem("bangtin-said");
  const undo = JSON.parse(sessionStorage.getItem("bangtin-undo") ?? "null");
  sessionStorage.removeItem("bangtin-undo");
  if (!undo) return;
  const back = () => ask(...undo.api.split(" "), undefined, undo.rev ? { "If-Match": `"${undo.rev}"` } : {});
  toast(undo.said, { name: say("undo"), run: () => back().then(() => location.reload(), (error) => toast(error.message)) });
}
