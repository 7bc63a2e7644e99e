// What becomes of an entry when its bar is moved, stretched or taken out of one day. Values only.
import { choiceOf, daysAfter, rruleOf, DAYS, timeAfter } from "./rule.js";

const SHIFTING = new Set(["once", "daily", "weekly"]);
const WRITTEN = ["playlist_id", "targets", "note", "daypart_id", "window", "special_days", "recurrence", "duration_s", "valid_from", "valid_until", "priority", "weight"];

/** Return the fields of an entry that its author writes. */
export function bodyOfEntry(entry) {
  return Object.fromEntries(WRITTEN.filter((name) => name in entry).map((name) => [name, entry[name] ?? null]));
}

/** Tell whether all starts of an entry can move by whole days: a rule that names dates cannot. */
export function canShiftDays(entry) {
  if (entry.window) return entry.recurrence === null;
  return entry.recurrence !== null && SHIFTING.has(choiceOf(entry.recurrence).repeat);
}

/** Return an entry whose every start lies `days` and `minutes` later and lasts `seconds`. */
export function allMoved(entry, { days, start, seconds }) {
  if (entry.window) return { ...bodyOfEntry(entry), window: windowMoved(entry.window, days, start, seconds) };
  const old = entry.recurrence;
  const date = daysAfter(old.dtstart.slice(0, 10), days);
  const shifted = (one) => daysAfter(one.slice(0, 10), days) + (one.length > 10 ? `T${start}` : "");
  const recurrence = { ...old, dtstart: `${date}T${start}`, exdate: (old.exdate ?? []).map(shifted), rdate: (old.rdate ?? []).map(shifted) };
  if (old.rrule && days) {
    const choice = choiceOf(old);
    const turned = choice.weekdays.map((day) => DAYS[(DAYS.indexOf(day) + (((days % 7) + 7) % 7)) % 7]);
    recurrence.rrule = rruleOf({ ...choice, weekdays: turned, until: choice.until && daysAfter(choice.until, days) }, date);
  }
  return { ...bodyOfEntry(entry), recurrence, duration_s: seconds };
}

function windowMoved(window, days, start, seconds) {
  const end = timeAfter(start, seconds);
  return { weekdays: window.weekdays.map((day) => ((((day - 1 + days) % 7) + 7) % 7) + 1).sort(), start, end: end === "00:00" ? "24:00" : end };
}

/** Return an entry that leaves out the date of one instance. */
export function without(entry, date, today) {
  const old = entry.recurrence ?? { dtstart: earliest(entry, date, today), rrule: "FREQ=DAILY" };
  return { ...bodyOfEntry(entry), recurrence: { ...old, exdate: [...new Set([...(old.exdate ?? []), date])] } };
}

/** Return a new single entry in the place of one instance. */
export function single(entry, { date, start, seconds }) {
  const body = { ...bodyOfEntry(entry), daypart_id: null, window: null, special_days: null, valid_from: null, valid_until: null, duration_s: seconds };
  if (!("special_days" in entry)) delete body.special_days;
  return { ...body, recurrence: { dtstart: `${date}T${start}` } };
}

function earliest(entry, date, today) {
  return [entry.valid_from?.slice(0, 10), date, today].filter(Boolean).sort()[0];
}
