// What only the pages about approval load: the roster, signing, review, hold, correct and withdraw.
import * as choices from "./trust/choices.js";
import * as roots from "./trust/roots.js";

for (const part of [choices, roots]) part.install();
