import * as forms from "./forms.js";
import * as live from "./live.js";
import * as notice from "./notice.js";
import * as playlist from "./playlist.js";
import * as publish from "./publish.js";
import * as schedule from "./schedule.js";
import * as upload from "./upload.js";
import "htmx.org";

for (const part of [forms, live, notice, playlist, publish, schedule, upload]) part.install();
