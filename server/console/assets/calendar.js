// The calendar: entries and overrides on panels, by week and month; drag, stretch, click, and the same by keys.
import { createCalendar, DayGrid, Interaction, List, ResourceTimeline, TimeGrid } from "@event-calendar/core";
import { ask, toast } from "./api.js";
import { allMoved, bodyOfEntry, canShiftDays, single, without } from "./moves.js";
import { daysAfter } from "./rule.js";
import { locale, say } from "./texts.js";

const NARROW = 720;
const ENTRIES = "/api/v1/schedule/entries";
let place, calendar, dialog, chosen, known = {};

const two = (number) => String(number).padStart(2, "0");
const dateOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const timeOf = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;
const tag = (rev) => ({ "If-Match": `"${rev}"` });

async function load(info) {
  const asked = new URLSearchParams(location.search);
  const query = new URLSearchParams({ from: info.startStr.slice(0, 10), to: info.endStr.slice(0, 10) });
  for (const name of ["which", "q"]) if (asked.get(name)) query.set(name, asked.get(name));
  const answer = await ask("GET", `/schedule/instances?${query}`);
  known = answer.entries;
  return answer.events;
}

function viewsFor(one) {
  if (window.innerWidth < NARROW) return { first: "listWeek", offered: one ? "listWeek,timeGridDay,dayGridMonth" : "listDay,listWeek" };
  return one
    ? { first: "timeGridWeek", offered: "timeGridDay,timeGridWeek,dayGridMonth" }
    : { first: "resourceTimelineWeek", offered: "resourceTimelineDay,resourceTimelineWeek,resourceTimelineMonth" };
}

function body(info) {
  const { event, timeText } = info;
  if (event.display === "background") return { domNodes: [] };
  const [time, name] = [document.createElement("span"), document.createElement("strong")];
  time.className = "ec-event-time";
  time.textContent = timeText;
  name.className = "ec-event-title";
  name.textContent = event.title;
  const rule = document.createElement("span");
  rule.className = "rule";
  const { when, where } = known[event.extendedProps.entry] ?? {};
  rule.textContent = info.view.type.startsWith("list") ? `${when ?? ""} · ${where ?? ""}` : when ?? "";
  return { domNodes: [time, name, rule] };
}

// ---- what a bar says when it is chosen

function open(event) {
  const props = event.extendedProps;
  chosen = { ...known[props.entry], id: props.entry, kind: props.kind, date: dateOf(event.start), start: timeOf(event.start), began: event.start, ended: event.end };
  const put = (name, text) => (dialog.querySelector(`[data-put=${name}]`).textContent = text ?? "");
  put("title", event.title);
  put("time", `${new Intl.DateTimeFormat(locale(), { dateStyle: "full" }).format(event.start)}, ${timeOf(event.start)}–${dateOf(event.end) === dateOf(event.start) ? timeOf(event.end) : timeOf(event.end) === "00:00" ? "24:00" : timeOf(event.end)}`);
  put("when", chosen.when);
  put("where", chosen.where);
  put("standing", chosen.standing);
  dialog.querySelector(".problem").textContent = "";
  const entry = chosen.kind === "entry" && chosen.editable;
  const timed = chosen.movable;
  dialog.querySelectorAll("[data-for]").forEach((one) => {
    const wanted = one.dataset.for;
    one.hidden = !(wanted === "entry" ? entry : wanted === "timed" ? timed : wanted === "repeating" ? entry && chosen.repeating : chosen.kind === wanted && chosen.editable);
  });
  dialog.querySelector("[data-edit]").href = chosen.href;
  dialog.querySelector("[data-day]").href = `/panels/${event.resourceIds[0]}/day?date=${chosen.date}&draft=1`;
  dialog.querySelector("[data-only-this]").checked = Boolean(chosen.repeating);
  dialog.showModal();
}

// ---- writing

/** Send one change after another, then show the calendar anew; a refusal puts everything back where it was. */
async function write(work, said, undo) {
  try {
    await work();
    if (dialog.open) dialog.close();
    toast(said, undo && { name: say("undo"), run: () => undo().then(refetch, refused) });
  } catch (error) {
    refused(error);
  }
  refetch();
}

function refused(error) {
  if (dialog.open) dialog.querySelector(".problem").textContent = error.message;
  else toast(error.message);
}

const refetch = () => calendar.refetchEvents();

/** Put an instance of an entry elsewhere: this day only, or all. */
function place_(one, to, onlyThis) {
  if (!onlyThis) {
    const next = allMoved(one.entry, to);
    return write(
      async () => (one.saved = await ask("PUT", `${ENTRIES}/${one.id}`, next, tag(one.entry.rev))),
      say("entry_moved"),
      () => ask("PUT", `${ENTRIES}/${one.id}`, bodyOfEntry(one.entry), tag(one.saved.rev)),
    );
  }
  let made, left;
  return write(
    async () => {
      left = await ask("PUT", `${ENTRIES}/${one.id}`, without(one.entry, one.date, one.today), tag(one.entry.rev));
      try {
        made = await ask("POST", ENTRIES, { ...single(one.entry, to), agency_id: one.entry.agency_id });
      } catch (error) {
        await ask("PUT", `${ENTRIES}/${one.id}`, bodyOfEntry(one.entry), tag(left.rev));
        throw error;
      }
    },
    say("entry_moved_once"),
    async () => {
      await ask("DELETE", `${ENTRIES}/${made.id}`, undefined, tag(made.rev));
      await ask("PUT", `${ENTRIES}/${one.id}`, bodyOfEntry(one.entry), tag(left.rev));
    },
  );
}

function skip(one) {
  let left;
  return write(
    async () => (left = await ask("PUT", `${ENTRIES}/${one.id}`, without(one.entry, one.date, one.today), tag(one.entry.rev))),
    say("entry_skipped"),
    () => ask("PUT", `${ENTRIES}/${one.id}`, bodyOfEntry(one.entry), tag(left.rev)),
  );
}

function remove(one) {
  let gone;
  return write(
    async () => (gone = await ask("DELETE", `${ENTRIES}/${one.id}`, undefined, tag(one.entry.rev))),
    say("entry_deleted"),
    () => ask("POST", `${ENTRIES}/${one.id}/restore`, undefined, tag(gone.rev)),
  );
}

// ---- the mouse and the finger

/** Ask what a move is meant for; resolves to "one", "all" or null. */
function askScope(one, days) {
  if (!one.repeating) return Promise.resolve("all");
  const scope = document.getElementById("scope");
  scope.querySelector("[value=all]").hidden = days !== 0 && !canShiftDays(one.entry);
  scope.returnValue = "";
  scope.showModal();
  return new Promise((answer) => scope.addEventListener("close", () => answer(scope.returnValue || null), { once: true }));
}

async function moved(info) {
  const { event, oldEvent } = info;
  const one = { ...known[event.extendedProps.entry], id: event.extendedProps.entry, date: dateOf(oldEvent.start) };
  if (info.newResource && info.newResource.id !== info.oldResource?.id) {
    info.revert();
    return toast(say("entry_other_panel"), { name: say("edit"), run: () => location.assign(one.href) });
  }
  const to = { date: dateOf(event.start), start: timeOf(event.start), seconds: Math.round((event.end - event.start) / 1000) };
  to.days = Math.round((Date.parse(to.date) - Date.parse(one.date)) / 86_400_000);
  const scope = await askScope(one, to.days);
  if (!scope) return info.revert();
  return place_(one, to, scope === "one");
}

function fresh(start, end, resource) {
  const query = new URLSearchParams({ date: dateOf(start), start: timeOf(start), end: timeOf(end) });
  const panel = resource?.id ?? (place.dataset.one || null);
  if (panel) query.set("panel", panel);
  location.assign(`/schedule/entries/new?${query}`);
}

// ---- the keys: what dragging does, from the dialog

function nudge(kind) {
  const seconds = Math.round((chosen.ended - chosen.began) / 1000);
  const onlyThis = Boolean(chosen.repeating) && dialog.querySelector("[data-only-this]").checked;
  const [days, minutes, more] = { before: [-1, 0, 0], after: [1, 0, 0], earlier: [0, -30, 0], later: [0, 30, 0], shorter: [0, 0, -30], longer: [0, 0, 30] }[kind];
  if (days && !onlyThis && chosen.repeating && !canShiftDays(chosen.entry)) return refused(new Error(say("entry_only_this_day")));
  if (seconds + 60 * more < 1800) return refused(new Error(say("entry_too_short")));
  const at = new Date(chosen.began.getTime() + 60_000 * minutes);
  const to = { date: daysAfter(dateOf(at), days), start: timeOf(at), seconds: seconds + 60 * more };
  to.days = Math.round((Date.parse(to.date) - Date.parse(chosen.date)) / 86_400_000);
  return place_(chosen, to, onlyThis);
}

function options(one, resources) {
  const views = viewsFor(one);
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const hour = (date) => String(date.getHours());
  const can = "editable" in place.dataset;
  return {
    view: new URLSearchParams(location.search).get("view") ?? views.first,
    date: new URLSearchParams(location.search).get("date") ?? undefined,
    timeZone: place.dataset.offset,
    locale: locale(),
    firstDay: 1,
    height: window.innerWidth < NARROW ? undefined : one ? "720px" : undefined,
    headerToolbar: { start: "prev,next today", center: "title", end: views.offered },
    buttonText: JSON.parse(place.dataset.words),
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "numeric" },
    views: {
      resourceTimelineWeek: { slotDuration: "06:00", slotWidth: 36, slotLabelFormat: hour, scrollTime: "00:00:00" },
      resourceTimelineDay: { slotDuration: "01:00", slotWidth: 44, slotLabelFormat: hour },
      resourceTimelineMonth: { slotWidth: 40, dayHeaderFormat: { day: "numeric", weekday: "narrow" } },
      timeGridWeek: { slotDuration: "01:00", slotHeight: 28 },
      dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
      timeGridDay: { slotDuration: "01:00", slotHeight: 32 },
    },
    slotLabelFormat: format, eventTimeFormat: format, snapDuration: "00:15", scrollTime: "05:00:00", allDaySlot: false,
    dayMaxEvents: true, nowIndicator: true, slotEventOverlap: false, displayEventEnd: true,
    resources, eventSources: [{ events: load }], lazyFetching: false,
    noEventsContent: place.dataset.none,
    eventContent: body,
    eventDidMount: ({ el, event, timeText }) => event.display !== "background" && (el.title = `${timeText} ${event.title}`),
    eventClick: ({ event, jsEvent }) => {
      // without this the same Enter would also press the dialog's first button
      jsEvent.preventDefault();
      open(event);
    },
    editable: can, eventStartEditable: can, selectable: can, pointer: can, longPressDelay: 500,
    eventDrop: moved, eventResize: moved,
    select: (info) => fresh(info.start, info.end, info.resource),
    dateClick: (info) => can && fresh(info.date, new Date(info.date.getTime() + 3_600_000), info.resource),
    moreLinkContent: (info) => `+${info.num}`,
    loading: (busy) => place.setAttribute("aria-busy", String(busy)),
    datesSet: (info) => remember(info),
  };
}

// The address keeps what is looked at, so that "back" and a link show the same.
function remember(info) {
  const address = new URL(location.href);
  const middle = new Date((info.start.getTime() + info.end.getTime()) / 2);
  address.searchParams.set("view", info.view.type);
  address.searchParams.set("date", dateOf(info.view.type.includes("Month") ? middle : info.start));
  history.replaceState(null, "", address);
}

export function install() {
  place = document.getElementById("calendar");
  if (!place) return;
  dialog = document.getElementById("chosen");
  const resources = JSON.parse(place.dataset.panels);
  if (resources.length === 1) place.dataset.one = resources[0].id;
  const choice = document.querySelector("[data-calendar-choice]");
  choice.which.addEventListener("change", () => choice.requestSubmit());
  calendar = createCalendar(place, [DayGrid, Interaction, List, ResourceTimeline, TimeGrid], options(resources.length === 1, resources));
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.nudge) nudge(button.dataset.nudge);
    else if ("skip" in button.dataset) skip(chosen);
    else if ("remove" in button.dataset) remove(chosen);
  });
}
