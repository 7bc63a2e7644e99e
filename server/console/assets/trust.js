// What only the pages about approval load: the roster, keys, review, signing, hold, correct and withdraw.
import * as choices from "./trust/choices.js";
import * as review from "./trust/review.js";
import * as roots from "./trust/roots.js";
import * as submission from "./trust/submission.js";

for (const part of [choices, review, roots, submission]) part.install();
