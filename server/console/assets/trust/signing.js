// Signing a document with a passkey: the browser asks the authenticator to sign exactly the bytes that the server shows.
import { ask } from "../api.js";
import { say } from "../texts.js";

const fromBase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const fromUrl = (text) => fromBase64(text.replace(/-/g, "+").replace(/_/g, "/"));
const toBase64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const toUrl = (buffer) => toBase64(buffer).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Return the DSSE pre-authentication encoding of a payload. */
function pae(type, payload) {
  const text = new TextEncoder();
  const head = text.encode(`DSSEv1 ${text.encode(type).length} ${type} ${payload.length} `);
  const whole = new Uint8Array(head.length + payload.length);
  whole.set(head);
  whole.set(payload, head.length);
  return whole;
}

/** Sign a document of /api/v1/trust/documents with one of the reader's passkeys, or, of a training site, with the training key that the server holds; resolves to the answer. Rejects with a sentence. */
export async function sign(documentId) {
  const shown = await ask("GET", `/api/v1/trust/documents/${documentId}`);
  if (shown.training) return ask("POST", shown.sign_path, await ask("POST", `/api/v1/training/documents/${documentId}/signature`));
  const counting = new Set(shown.own_keys.filter((key) => key.kind === "passkey").map((key) => key.id));
  const keys = (await ask("GET", "/api/v1/trust/keys")).filter((key) => key.credential_id && counting.has(key.keyid));
  if (!keys.length || !shown.rp_id) throw new Error(say("no_passkey"));
  if (!globalThis.PublicKeyCredential) throw new Error(say("no_passkeys_here"));
  const asked = await crypto.subtle.digest("SHA-256", pae(shown.payload_type, fromBase64(shown.payload)));
  if (toUrl(asked) !== shown.challenge) throw new Error(say("other_bytes"));
  let made;
  try {
    made = await navigator.credentials.get({
      publicKey: {
        challenge: asked,
        rpId: shown.rp_id,
        allowCredentials: keys.map((key) => ({ type: "public-key", id: fromUrl(key.credential_id) })),
        userVerification: "required",
        timeout: 120_000,
      },
    });
  } catch {
    throw new Error(say("not_signed"));
  }
  const key = keys.find((one) => one.credential_id === toUrl(made.rawId));
  return ask("POST", shown.sign_path, {
    keyid: key.keyid,
    sig: toBase64(made.response.signature),
    webauthn: { authenticatorData: toBase64(made.response.authenticatorData), clientDataJSON: toBase64(made.response.clientDataJSON) },
  });
}
