// What is typed is kept in this browser until it is saved: a closed window, an ended session or a lost link loses nothing.

const PREFIX = "bangtin-notice:";
const KEPT_MS = 30 * 24 * 3600 * 1000;

function store() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Keep a document under a name, with the revision it was begun from. False where the browser keeps nothing. */
export function keep(name, document_, rev) {
  try {
    store().setItem(PREFIX + name, JSON.stringify({ at: Date.now(), rev, document: document_ }));
    return true;
  } catch {
    return false;
  }
}

/** Return what is kept under a name: {at, rev, document}, or null. */
export function kept(name) {
  try {
    return JSON.parse(store().getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** Forget what is kept under a name. */
export function forget(name) {
  store()?.removeItem(PREFIX + name);
}

/** Forget what nobody came back for. */
export function sweep(now = Date.now()) {
  for (const key of Object.keys(store() ?? {})) {
    if (key.startsWith(PREFIX) && !((kept(key.slice(PREFIX.length))?.at ?? 0) > now - KEPT_MS)) store().removeItem(key);
  }
}
