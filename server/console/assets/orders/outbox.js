// Forms that wait for a link: kept in this browser's database in the order in which they were written, sent once each.
// The server knows each by its id, so one whose answer was lost is sent again and counts once.
import { sentenceOf } from "../texts.js";

const DATABASE = "bangtin-outbox";
const STORE = "forms";
const TRY_LATER = [408, 425, 429];

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "seq", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function work(mode, doing) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = doing(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const all = () => work("readonly", (store) => store.getAll()).catch(() => []);

/** Return a person's forms, oldest first; none where the browser keeps nothing. */
export const formsOf = async (person) => (await all()).filter((one) => one.person === person);

/** Return how many forms of anybody wait in this browser. */
export const countWaiting = async () => (await all()).filter((one) => one.state === "waiting").length;

/** Keep a form; resolves to its number in the order of writing. */
export const add = (form) => work("readwrite", (store) => store.add({ ...form, state: "waiting", problem: "" }));

export const put = (form) => work("readwrite", (store) => store.put(form));
export const remove = (seq) => work("readwrite", (store) => store.delete(seq));

/** Send what waits. Resolves to how many were sent, and "ok", "no-link", "login" or "other-person". */
export function send(person) {
  const sending = () => sendAll(person);
  return navigator.locks ? navigator.locks.request(DATABASE, sending) : sending();
}

async function sendAll(person) {
  let sent = 0;
  const link = await linkOf(person);
  if (link !== "ok") return { sent, link };
  for (const form of await formsOf(person)) {
    if (form.state !== "waiting") continue;
    let answer;
    try {
      answer = await fetch(...requestOf(form));
    } catch {
      return { sent, link: "no-link" };
    }
    if (answer.ok) {
      await remove(form.seq);
      sent += 1;
    } else if (answer.status === 401) {
      return { sent, link: "login" };
    } else if (answer.status >= 500 || TRY_LATER.includes(answer.status)) {
      return { sent, link: "no-link" };
    } else {
      await put({ ...form, state: "refused", problem: sentenceOf(await answer.json().catch(() => null)) });
    }
  }
  return { sent, link: "ok" };
}

/** Send one form that is not kept; resolves to null, the sentence of a refusal, or "" without a link. */
export async function sendOne(form) {
  try {
    const answer = await fetch(...requestOf(form));
    return answer.ok ? null : sentenceOf(await answer.json().catch(() => null));
  } catch {
    return "";
  }
}

/** Return a new UUID, also where the page came over plain HTTP and browsers make none. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Tell whether the server is there and knows this browser as this person. */
async function linkOf(person) {
  try {
    const answer = await fetch("/api/v1/me", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.status === 401) return "login";
    if (!answer.ok) return "no-link";
    return (await answer.json()).user_id === person ? "ok" : "other-person";
  } catch {
    return "no-link";
  }
}

function requestOf(form) {
  const headers = { Accept: "application/json" };
  if (form.photo) {
    headers["Content-Type"] = form.photo.type || "application/octet-stream";
    return [`${form.path}?${new URLSearchParams({ ...form.body, client_id: form.id })}`, { method: "POST", headers, body: form.photo }];
  }
  headers["Content-Type"] = "application/json";
  return [form.path, { method: "POST", headers, body: JSON.stringify({ ...form.body, client_id: form.id }) }];
}
