// What holds for every page: no errors, nothing loaded from elsewhere, nothing that moves, accessible, valid, light.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { HtmlValidate } from "html-validate";

import { ROOT, each, files, http, languages, leave, pages, text, visit } from "./site.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// In kilobytes of 1,000 bytes, compressed.
const PAGE_WEIGHT = 150;
const SITE_WEIGHT = 1500;
// By how much a page may move while it comes in, as browsers count it; they call 0.1 good. Not nothing, because a browser
// may show half a word, which then grows into the next line.
const MOVES = 0.01;
// Shows axe every element of every page rather than two of each kind.
const THOROUGH = process.env.THOROUGH === "1";

// What axe has seen on the pages before: elements by their kind and place, and how often.
const seen = new Map();

test("every page is sound, in every theme, on every width", async () => {
  await each(pages, async (path) => {
    const page = await visit();
    await comesInPlace(page, path);
    assert.equal(await page.getAttribute("html", "lang"), path.split("/")[0]);
    await page.evaluate(AXE);
    if (!THOROUGH) for (const shape of await page.evaluate(thin, [...seen])) seen.set(shape, (seen.get(shape) ?? 0) + 1);
    assert.deepEqual(await page.evaluate(findings), []);
    await page.evaluate(() => (document.documentElement.dataset.theme = "dark"));
    assert.deepEqual(await page.evaluate(findings, ["color-contrast"]), [], "in the dark");
    await leave(page);
  });
});

test("every page fits a phone, and does not move there either", async () => {
  // Pages of resources are as wide in every language.
  const all = pages.filter((it) => it.startsWith(`${languages[0]}/`) || !text(it).includes('class="operation"'));
  await each(all, async (path) => {
    const page = await visit(undefined, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    await comesInPlace(page, path);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, "wider than a phone");
    const hidden = await page.evaluate(() => {
      const scrolls = (it) => it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).overflowX !== "visible";
      return [...document.querySelectorAll("main .scroll, main pre")].filter((it) => scrolls(it) && it.tabIndex < 0).length;
    });
    assert.equal(hidden, 0, "something scrolls and cannot be reached by keyboard");
    await leave(page);
  });
});

// Leaves at most two elements of each kind in each place, on all pages together, and says what is left: what axe says of
// them holds for the thousands that are like them, which take it minutes.
function thin(seen) {
  const counts = new Map(seen);
  const left = [];
  const goesAlone = (element) => !element.matches("label, input, thead, th, summary, legend, head, head *, body, main");
  const hash = (text) => [...text].reduce((sum, it) => (Math.imul(sum, 31) + it.codePointAt(0)) | 0, 7);
  const shape = (element, place) => {
    const attributes = [...element.attributes].map((it) => (it.name === "class" ? `class=${it.value}` : it.name));
    const own = hash(`${place} ${element.tagName} ${attributes.sort().join(" ")} ${element.textContent.trim() === ""}`);
    const inside = [...element.children].map((it) => shape(it, own));
    const all = hash(`${own} ${[...new Set(inside)].sort().join()}`);
    const count = counts.get(all) ?? 0;
    counts.set(all, count + 1);
    if (count >= 2 && goesAlone(element)) element.remove();
    else left.push(all);
    return all;
  };
  shape(document.body, "");
  return left;
}

function observeShifts() {
  window.shifted = 0;
  const observer = new PerformanceObserver((list) => {
    for (const it of list.getEntries()) window.shifted += it.hadRecentInput ? 0 : it.value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
}

async function comesInPlace(page, path) {
  await page.addInitScript(observeShifts);
  await page.goto(`${http}${path}?slowly`);
  const shifted = await page.evaluate(() => new Promise((done) => setTimeout(() => done(window.shifted), 120)));
  assert.ok(shifted < MOVES, `something moves by ${shifted} while the page comes in`);
}

async function findings(rules) {
  const { violations } = await window.axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
  const bad = violations.filter((it) => ["serious", "critical"].includes(it.impact));
  return bad.map((it) => `${it.id}: ${it.help}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

test("every link and anchor leads somewhere", () => {
  const parts = (path) => {
    const html = text(path);
    const values = (name) => [...html.matchAll(new RegExp(`\\s${name}="?([^"\\s>]+)"?`, "g"))].map((it) => decoded(it[1]));
    return { ids: new Set(values("id")), links: [...values("href"), ...values("src")] };
  };
  const all = new Map(files.filter((it) => it.endsWith(".html")).map((it) => [it, parts(it)]));
  const dead = [...all].flatMap(([path, { links }]) => {
    const isDead = (link) => {
      if (/^https?:/.test(link)) return false;
      const [file, anchor] = link.split("#");
      const target = file === "" ? path : normalize(join(dirname(path), decodeURIComponent(file)));
      return !files.includes(target) || (anchor && !all.get(target)?.ids.has(decodeURIComponent(anchor)));
    };
    return links.filter(isDead).map((it) => `${path} links to ${it}`);
  });
  assert.deepEqual(dead, []);
});

function decoded(attribute) {
  return attribute.replaceAll(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16))).replaceAll("&amp;", "&");
}

test("every page has the same anchors in every language", () => {
  const anchors = (path) => [...text(path).matchAll(/\sid="([^"]+)"/g)].map((it) => it[1]);
  for (const path of pages.filter((it) => it.startsWith(`${languages[0]}/`))) {
    for (const language of languages.slice(1)) {
      assert.deepEqual(anchors(path.replace(languages[0], language)), anchors(path), `${path} in ${language}`);
    }
  }
});

test("every page is valid HTML", async () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:standard"],
    // Templates loop, so blank lines and spaces end lines. The rest is taste, or told better by axe.
    rules: { "no-trailing-whitespace": "off", "long-title": "off", "no-inline-style": "error", "prefer-native-element": "off", "tel-non-breaking": "off" },
  });
  const reports = await Promise.all(files.filter((it) => it.endsWith(".html")).map((it) => validator.validateString(text(it), it)));
  const problems = reports.flatMap(({ results }) => results.flatMap((it) => it.messages.map((message) => `${it.filePath}:${message.line} ${message.ruleId}: ${message.message}`)));
  assert.equal(problems.length, 0, problems.slice(0, 20).join("\n"));
});

test("pages are light", async (t) => {
  const weigh = (path) => gzipSync(readFileSync(join(ROOT, path)), { level: 9 }).length;
  const weights = await Promise.all(pages.map(async (path) => [path, weigh(path) + (await assets(path)).reduce((sum, it) => sum + weigh(it), 0)]));
  const heaviest = weights.sort((a, b) => b[1] - a[1])[0];
  const whole = files.reduce((sum, it) => sum + weigh(it), 0);
  t.diagnostic(`heaviest page with all it may load: ${heaviest[0]}, ${kilobytes(heaviest[1])}; whole site: ${kilobytes(whole)}`);
  assert.ok(heaviest[1] <= PAGE_WEIGHT * 1000, `${heaviest[0]} weighs ${kilobytes(heaviest[1])} of ${PAGE_WEIGHT}`);
  assert.ok(whole <= SITE_WEIGHT * 1000, `the site weighs ${kilobytes(whole)} of ${SITE_WEIGHT}`);
});

// All that a page may load: what its head names, and what the search brings.
function assets(path) {
  const language = path.split("/")[0];
  return [...files.filter((it) => /^assets\/.*\.(css|js)$/.test(it)), `${language}/search.js`];
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} KB`;
}

test("the library is that of its package", () => {
  const path = createRequire(import.meta.url).resolve("minisearch").replace(/dist.*/, "dist/umd/index.js");
  assert.equal(text("assets/minisearch.js"), readFileSync(path, "utf8"));
});
