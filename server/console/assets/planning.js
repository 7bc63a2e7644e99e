// What only the pages of the schedule load: calendar, entry form, day, and the forms about hours and special days.
import * as calendar from "./calendar.js";
import * as day from "./day.js";
import * as entry from "./entry.js";
import * as exchange from "./exchange.js";
import * as filters from "./filters.js";
import * as special from "./special.js";
import * as urgent from "./urgent.js";
import * as windows from "./windows.js";

for (const part of [calendar, day, entry, exchange, filters, special, urgent, windows]) part.install();
document.querySelector(".subtabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
