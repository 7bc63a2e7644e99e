// What only the pages about emergencies load: the three steps, and signing.
import * as steps from "./emergency/steps.js";
import * as signing from "./emergency/signing.js";

for (const part of [steps, signing]) part.install();
