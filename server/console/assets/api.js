// One way to the JSON API: same origin, session cookie, problem details as errors.
import { say, sentenceOf } from "./texts.js";

export class Refused extends Error {
  constructor(problem, status) {
    super(sentenceOf(problem));
    this.problem = problem;
    this.status = status;
  }
}

let proveAnew = async () => false;

/** Say what happens when a request needs a fresh proof of who asks; it resolves to whether that was given. */
export function onFactorNeeded(prove) {
  proveAnew = prove;
}

/** Send a request with a JSON body; resolve to the answer's JSON or null. Rejects with Refused. */
export async function ask(method, path, body, headers = {}) {
  try {
    return await send(method, path, body, headers);
  } catch (error) {
    if (error.problem?.code !== "factor-needed" || !(await proveAnew())) throw error;
    return send(method, path, body, headers);
  }
}

async function send(method, path, body, headers) {
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused({ code: "unreachable" }, 0);
  }
  const text = await answer.text();
  const document_ = parse(text);
  if (answer.ok) return document_;
  if (answer.status === 401 && location.pathname !== "/login") toLogin();
  throw new Refused(document_ ?? {}, answer.status);
}

/** Leave for the login page and come back afterwards; who holds unsaved text keeps it now. */
export function toLogin() {
  document.dispatchEvent(new CustomEvent("bangtin:leaving"));
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** Show a short sentence at the foot of the page, with an optional action. */
export function toast(sentence, action) {
  const place = document.getElementById("toasts");
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = sentence;
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.name;
    button.addEventListener("click", () => {
      note.remove();
      action.run();
    });
    note.append(button);
  }
  place.replaceChildren(note);
  setTimeout(() => note.remove(), action ? 12000 : 6000);
}

export { say };
