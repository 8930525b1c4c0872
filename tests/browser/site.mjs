// What the checks share: the files of the site, a server for them, the browser, and an eye on what a page does.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
export const ROOT = resolve(PROJECT, process.env.SITE ?? "generated/site");

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".md": "text/markdown", ".txt": "text/plain" };

// Paths of all files of the site, from its root.
export const files = (function below(directory) {
  const entries = readdirSync(directory).sort().map((it) => join(directory, it));
  return entries.flatMap((it) => (statSync(it).isDirectory() ? below(it) : [relative(ROOT, it)]));
})(ROOT);
export const text = (path) => readFileSync(join(ROOT, path), "utf8");
export const languages = [...new Set(files.filter((it) => it.includes("/") && it.endsWith("/index.html")).map((it) => it.split("/")[0]))];
export const pages = files.filter((it) => it.endsWith(".html") && it.includes("/"));

// A path with `?slowly` is sent in about so many pieces of whole lines, each of which the browser has the time to show.
const PIECES = 12;
const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname).slice(1) || "index.html";
  if (!files.includes(path)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": `${TYPES[extname(path)] ?? "text/plain"}; charset=utf-8` });
  const whole = readFileSync(join(ROOT, path));
  if (!request.url.endsWith("?slowly")) return response.end(whole);
  for (let from = 0, to; from < whole.length; from = to) {
    to = whole.indexOf("\n", from + whole.length / PIECES) + 1 || whole.length;
    response.write(whole.subarray(from, to));
    await new Promise((next) => setTimeout(next, 40));
  }
  response.end();
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
export const http = `http://127.0.0.1:${server.address().port}/`;
export const disk = `${pathToFileURL(ROOT)}/`;

export const browser = await chromium.launch({ executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"] });

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next one may be there.
    }
  }
  throw new Error("there is no Chromium; the variable CHROMIUM may name it");
}

export async function close() {
  await browser.close();
  server.close();
}

// A page of a new reader, with a list of everything it must not do: errors, and requests that leave the site.
export async function visit(path, { base = http, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.faults = [];
  page.loaded = new Set();
  page.on("console", (it) => ["error", "warning"].includes(it.type()) && page.faults.push(`console: ${it.text()}`));
  page.on("pageerror", (it) => page.faults.push(`exception: ${it.message}`));
  // What a page still loads when it is left is given up.
  page.on("requestfailed", (it) => it.failure().errorText !== "net::ERR_ABORTED" && page.faults.push(`failed: ${it.url()}`));
  page.on("request", (it) => {
    page.loaded.add(it.url());
    if (!it.url().startsWith(base)) page.faults.push(`request elsewhere: ${it.url()}`);
  });
  page.on("response", (it) => it.status() >= 400 && page.faults.push(`${it.status()}: ${it.url()}`));
  if (path !== undefined) await page.goto(base + path);
  return page;
}

// Clicks or taps what stays in its place on the screen, without scrolling to it, as a person does.
export async function touch(page, selector) {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const at = [x + width / 2, y + height / 2];
  if (page.viewportSize().width < 600) await page.touchscreen.tap(...at);
  else await page.mouse.click(...at);
}

// Leaves a page, which must have done nothing that it must not.
export async function leave(page) {
  await page.context().close();
  if (page.faults.length > 0) throw new Error(`${page.url()}:\n${page.faults.join("\n")}`);
}

// Runs a check for each item, a few at a time, and reports all failures together.
export async function each(items, check, workers = 3) {
  const waiting = [...items];
  const failures = [];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await check(item);
      } catch (error) {
        failures.push(`${JSON.stringify(item)}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (failures.length > 0) throw new Error(`${failures.length} of ${items.length} failed:\n${failures.join("\n")}`);
}
