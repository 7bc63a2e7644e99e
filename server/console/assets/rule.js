// Recurrence as the entry form shows it, to and from RFC 5545. Values only: no page, no clock.
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const FREQUENCIES = { DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly", YEARLY: "yearly" };

/** Return the parts of an RRULE as an object, names in capitals. */
export function partsOf(rrule) {
  const parts = {};
  for (const part of (rrule ?? "").toUpperCase().replace(/^RRULE:/, "").split(";")) {
    const [name, value] = part.split("=");
    if (name && value) parts[name] = value;
  }
  return parts;
}

/** Return what the form shows for an entry's recurrence: {repeat, every, weekdays, nth, weekday, end, until, count}. */
export function choiceOf(recurrence) {
  const choice = { repeat: "always", every: 1, weekdays: [], nth: "1", weekday: "MO", end: "never", until: "", count: 10, raw: "" };
  if (!recurrence) return choice;
  if (!recurrence.rrule) return { ...choice, repeat: "once" };
  const { FREQ, INTERVAL, BYDAY, BYMONTHDAY, UNTIL, COUNT, WKST, ...others } = partsOf(recurrence.rrule);
  choice.raw = recurrence.rrule;
  choice.every = Number(INTERVAL ?? 1);
  if (COUNT) Object.assign(choice, { end: "count", count: Number(COUNT) });
  else if (UNTIL) Object.assign(choice, { end: "date", until: UNTIL.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3") });
  const plain = Object.keys(others).length === 0 && (!WKST || WKST === "MO") && (!UNTIL || UNTIL.length === 8);
  return { ...choice, ...(plain ? dayOf(FREQ, BYDAY, BYMONTHDAY, recurrence.dtstart) : { repeat: "custom" }) };
}

function dayOf(frequency, byDay, byMonthDay, dtstart) {
  const days = byDay?.split(",") ?? [];
  if (frequency === "WEEKLY" && !byMonthDay && days.every((day) => DAYS.includes(day))) {
    return { repeat: "weekly", weekdays: days.length ? days : [weekdayOf(dtstart)] };
  }
  if (frequency === "MONTHLY" && byDay && !byMonthDay) {
    const found = /^([1-5]|-1)([A-Z]{2})$/.exec(byDay);
    return found ? { repeat: "monthly_nth", nth: found[1], weekday: found[2] } : { repeat: "custom" };
  }
  if (byDay) return { repeat: "custom" };
  if (frequency === "MONTHLY" && byMonthDay === "-1") return { repeat: "monthly_last" };
  if (frequency === "MONTHLY" && (!byMonthDay || Number(byMonthDay) === Number(dtstart.slice(8, 10)))) return { repeat: "monthly" };
  if (byMonthDay || !FREQUENCIES[frequency] || frequency === "MONTHLY") return { repeat: "custom" };
  return { repeat: FREQUENCIES[frequency] };
}

/** Return the RRULE of a choice, or null where it does not repeat; `date` is the first day (YYYY-MM-DD). */
export function rruleOf(choice, date) {
  if (choice.repeat === "custom") return choice.raw.trim().replace(/^RRULE:/i, "");
  if (choice.repeat === "always" || choice.repeat === "once") return null;
  const parts = [`FREQ=${choice.repeat.split("_")[0].toUpperCase()}`];
  if (choice.every > 1) parts.push(`INTERVAL=${choice.every}`);
  if (choice.repeat === "weekly" && choice.weekdays.length) parts.push(`BYDAY=${choice.weekdays.join(",")}`);
  if (choice.repeat === "monthly") parts.push(`BYMONTHDAY=${Number(date.slice(8, 10))}`);
  if (choice.repeat === "monthly_last") parts.push("BYMONTHDAY=-1");
  if (choice.repeat === "monthly_nth") parts.push(`BYDAY=${choice.nth}${choice.weekday}`);
  if (choice.end === "date" && choice.until) parts.push(`UNTIL=${choice.until.replaceAll("-", "")}`);
  if (choice.end === "count") parts.push(`COUNT=${choice.count}`);
  return parts.join(";");
}

/** Return the weekday code of a date (YYYY-MM-DD…). */
export function weekdayOf(date) {
  return DAYS[(new Date(`${date.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7];
}

/** Return how many seconds lie between two wall times "HH:MM"; an end at or before the start is on the next day. */
export function secondsBetween(start, end) {
  const [from, until] = [minutes(start), minutes(end)];
  return 60 * (until > from ? until - from : until + 1440 - from);
}

/** Return the wall time "HH:MM" that lies so many seconds after another. */
export function timeAfter(start, seconds) {
  const total = (minutes(start) + Math.round(seconds / 60)) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

/** Return a date (YYYY-MM-DD) so many days later. */
export function daysAfter(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function minutes(time) {
  const [hours, rest] = time.split(":").map(Number);
  return 60 * hours + rest;
}

export { DAYS };
