// Wall times of a site and the instants that they are.
const MINUTE = 60_000;

/** Return the instant (ISO, UTC) of a wall time "YYYY-MM-DDTHH:MM" in a zone. */
export function instantOf(local, zone) {
  const asUtc = Date.parse(`${local}:00Z`);
  return new Date(asUtc - offsetAt(asUtc - offsetAt(asUtc, zone), zone)).toISOString();
}

function offsetAt(at, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(at);
  const value = Object.fromEntries(parts.map(({ type, value: text }) => [type, Number(text)]));
  return Date.UTC(value.year, value.month - 1, value.day, value.hour, value.minute) - Math.floor(at / MINUTE) * MINUTE;
}
