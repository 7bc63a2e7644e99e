// What every console page loads, as one deferred script. htmx's event-stream extension registers itself when imported.
import htmx from "htmx.org";
import "htmx-ext-sse";
import Sortable from "sortablejs";

window.htmx = htmx;
window.Sortable = Sortable;
