import * as account from "./access/account.js";
import * as invitation from "./access/invitation.js";
import * as login from "./access/login.js";
import * as proof from "./access/proof.js";
import * as forms from "./forms.js";
import * as library from "./library.js";
import * as live from "./live.js";
import * as orders from "./orders/page.js";
import * as playlist from "./playlist.js";
import * as publish from "./publish.js";
import * as schedule from "./schedule.js";
import * as sound from "./sound.js";
import * as upload from "./upload.js";
import * as uploads from "./uploads.js";
import "htmx.org";

for (const part of [account, invitation, login, proof, forms, library, live, orders, playlist, publish, schedule, sound, upload, uploads]) part.install();
