// "Confirm that it is you": the dialog that stands before grave things when the last proof is too old.
import { ask, onFactorNeeded, say } from "../api.js";
import { canUse, use } from "./passkeys.js";

export function install() {
  const dialog = document.getElementById("proof");
  if (!dialog) return;
  const form = dialog.querySelector("form");
  const problem = form.querySelector(".problem");
  const withPasskey = form.querySelector("[data-use-passkey]");
  let asked = null;
  let settle = () => {};

  async function give(given) {
    problem.textContent = "";
    try {
      await ask("POST", "/api/v1/me/proof", given);
      settle(true);
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      form.reset();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    give(asked.ways.length ? { code: form.elements.code.value } : { password: form.elements.password.value });
  });
  withPasskey.addEventListener("click", async () => {
    const passkey = await use(asked.passkey);
    if (passkey) return give({ passkey });
    problem.textContent = say("passkey_given_up");
    asked = await ask("POST", "/api/v1/me/proof/options");
  });
  dialog.addEventListener("close", () => settle(false));

  onFactorNeeded(async () => {
    asked = await ask("POST", "/api/v1/me/proof/options");
    form.reset();
    problem.textContent = "";
    const hasCodes = asked.ways.some((way) => way !== "passkey");
    form.querySelector("[data-code]").hidden = !hasCodes;
    form.querySelector("[data-password]").hidden = asked.ways.length > 0;
    form.querySelector("[data-submit]").hidden = asked.ways.length > 0 && !hasCodes;
    withPasskey.hidden = !(asked.passkey && canUse());
    const answer = new Promise((resolve) => (settle = resolve));
    dialog.showModal();
    return answer;
  });
}
