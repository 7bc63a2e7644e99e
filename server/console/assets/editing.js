// What the pages of notices need besides the rest.
import * as actions from "./notices/actions.js";
import * as editor from "./notices/editor.js";
import * as list from "./notices/list.js";
import * as watch from "./notices/watch.js";

for (const part of [actions, editor, list, watch]) part.install();
