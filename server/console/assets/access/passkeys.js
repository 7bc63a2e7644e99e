// Passkeys in the browser: what the server asks becomes what navigator.credentials takes, and back.

/** Tell whether this browser can use passkeys on this page. */
export const canUse = () => Boolean(window.PublicKeyCredential && navigator.credentials);

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

function textOf(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const listed = (list) => (list ?? []).map((one) => ({ ...one, id: bytesOf(one.id) }));

/** Let the browser make a passkey; resolves to what the server takes, or null when the person gave up. */
export async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
  const made = await orNull(navigator.credentials.create({ publicKey }));
  if (!made) return null;
  return { ...named(made), response: { clientDataJSON: textOf(made.response.clientDataJSON), attestationObject: textOf(made.response.attestationObject) } };
}

/** Let a passkey answer; resolves to what the server takes, or null when the person gave up. */
export async function use(options) {
  const publicKey = { ...options, challenge: bytesOf(options.challenge), allowCredentials: listed(options.allowCredentials) };
  const used = await orNull(navigator.credentials.get({ publicKey }));
  if (!used) return null;
  const { clientDataJSON, authenticatorData, signature } = used.response;
  return { ...named(used), response: { clientDataJSON: textOf(clientDataJSON), authenticatorData: textOf(authenticatorData), signature: textOf(signature) } };
}

const named = (one) => ({ id: one.id, rawId: textOf(one.rawId), type: one.type });

// Giving up, a time that ran out and a passkey that is enrolled already all look alike to a page, by design.
async function orNull(asked) {
  try {
    return await asked;
  } catch {
    return null;
  }
}
