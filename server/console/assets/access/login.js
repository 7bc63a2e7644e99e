// The login: password first, then the second factor where it is asked for; or a passkey alone.
import { ask, say } from "../api.js";
import { forget } from "../orders/keep.js";
import { canUse, use } from "./passkeys.js";

export function install() {
  const box = document.querySelector("[data-login]");
  if (!box) return;
  forget();
  const first = box.querySelector("form[data-first]");
  const second = box.querySelector("form[data-second]");
  const state = { username: "", step: null };

  const enter = () => location.assign(box.dataset.login);
  const tell = (form, sentence) => (form.querySelector(".problem").textContent = sentence);

  async function doing(form, work) {
    const buttons = form.querySelectorAll("button");
    tell(form, "");
    buttons.forEach((button) => (button.disabled = true));
    try {
      await work();
    } catch (error) {
      tell(form, error.message);
      form.querySelectorAll("[type=password], [name=code]").forEach((input) => (input.value = ""));
      if (error.problem?.code === "login-over") show(first);
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  function show(form) {
    first.hidden = form !== first;
    second.hidden = form !== second;
    form.querySelector("input:not([type=hidden])")?.focus();
  }

  function next(answer, username) {
    if (answer.me) return enter();
    state.username = username;
    state.step = answer;
    const ways = new Set(answer.ways);
    second.querySelectorAll("[data-way]").forEach((part) => (part.hidden = !part.dataset.way.split(" ").some((way) => ways.has(way))));
    second.querySelector("[data-use-passkey]").hidden = !(answer.passkey && canUse());
    second.querySelector("[data-no-way]").hidden = ways.size > 0;
    show(second);
  }

  const finish = (given) =>
    ask("POST", "/api/v1/login/second", {
      username: state.username,
      ticket: state.step.ticket,
      remember: second.elements.remember.checked,
      ...given,
    });

  first.addEventListener("submit", (event) => {
    event.preventDefault();
    const [username, password] = [first.elements.username.value, first.elements.password.value];
    doing(first, async () => next(await ask("POST", "/api/v1/login", { username, password }), username));
  });
  second.addEventListener("submit", (event) => {
    event.preventDefault();
    doing(second, async () => next(await finish({ code: second.elements.code.value }), state.username));
  });
  second.querySelector("[data-use-passkey]").addEventListener("click", () =>
    doing(second, async () => {
      const passkey = await use(state.step.passkey);
      if (!passkey) return tell(second, say("passkey_given_up"));
      next(await finish({ passkey }), state.username);
    }),
  );
  second.querySelector("[data-back]").addEventListener("click", () => show(first));

  const alone = first.querySelector("[data-passkey-alone]");
  alone.hidden = !canUse() || "noPasskeys" in box.dataset;
  alone.addEventListener("click", () =>
    doing(first, async () => {
      const passkey = await use(await ask("POST", "/api/v1/login/passkey/options"));
      if (!passkey) return tell(first, say("passkey_given_up"));
      next(await ask("POST", "/api/v1/login/passkey", { passkey }), "");
    }),
  );

  // Who comes back from an OpenID provider brings a half-finished login in the part of the address that no server sees.
  const brought = new URLSearchParams(location.hash.slice(1));
  if (brought.has("ticket")) {
    history.replaceState(null, "", location.pathname + location.search);
    const [username, ticket] = [brought.get("username"), brought.get("ticket")];
    doing(first, async () => next(await ask("POST", "/api/v1/login/ways", { username, ticket }), username));
  }
}
