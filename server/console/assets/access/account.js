// My account: passkeys, the authenticator app, recovery codes, a code for another device, tokens.
import { ask, say } from "../api.js";
import { reloadSaying } from "../said.js";
import { canUse, make } from "./passkeys.js";

export function install() {
  const page = document.querySelector("[data-account]");
  if (!page) return;
  const passkeys = page.querySelector("form[data-add-passkey]");
  const app = page.querySelector("[data-app]");

  async function doing(place, work) {
    const problem = place.querySelector(".problem");
    const buttons = place.querySelectorAll("button");
    problem.textContent = "";
    buttons.forEach((button) => (button.disabled = true));
    try {
      await work();
    } catch (error) {
      problem.textContent = error.message;
      problem.scrollIntoView({ block: "nearest" });
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  // Recovery codes are seen once: the page goes on when its reader says that they are written down.
  function enrolled(answer, said) {
    if (!answer.recovery_codes?.length) return reloadSaying(said);
    const dialog = document.getElementById("codes");
    dialog.querySelector("[data-codes]").textContent = answer.recovery_codes.join("\n");
    dialog.addEventListener("close", () => reloadSaying(said), { once: true });
    dialog.showModal();
  }

  if (passkeys) {
    passkeys.querySelector("[data-cannot]").hidden = canUse();
    passkeys.addEventListener("submit", (event) => {
      event.preventDefault();
      doing(passkeys, async () => {
        const credential = await make(await ask("POST", "/api/v1/me/passkeys/options"));
        if (!credential) throw new Error(say("passkey_given_up"));
        enrolled(await ask("POST", "/api/v1/me/passkeys", { name: passkeys.elements.name.value, credential }), passkeys.dataset.said);
      });
    });
  }

  app?.querySelector("[data-begin]")?.addEventListener("click", () =>
    doing(app, async () => {
      const begun = await ask("POST", "/api/v1/me/totp");
      app.querySelector("[data-picture]").src = begun.picture;
      app.querySelector("[data-secret-text]").textContent = begun.secret.replace(/(.{4})(?=.)/g, "$1 ");
      app.querySelector("[data-address]").href = begun.address;
      app.querySelector("form").hidden = false;
      app.querySelector("[data-begin]").hidden = true;
      app.querySelector("form input").focus();
    }),
  );
  app?.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    doing(app, async () => enrolled(await ask("POST", "/api/v1/me/totp/confirm", { code: form.elements.code.value }), form.dataset.said));
  });

  page.querySelector("[data-new-codes]")?.addEventListener("click", (event) =>
    doing(event.target.closest("section"), async () => enrolled(await ask("POST", "/api/v1/me/recovery-codes"), "")),
  );
}
