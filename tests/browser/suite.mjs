// The documentation site in a real browser. `npm ci` here, then `npm test`; `SITE=path` names another site to look at.
import { after } from "node:test";

import { close } from "./site.mjs";

await import("./pages.mjs");
await import("./reading.mjs");
await import("./choices.mjs");
await import("./search.mjs");
await import("./finder.mjs");

after(close);
