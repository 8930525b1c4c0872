// Reading a page without scripts, on paper, from disk, by keyboard, and from a link into its middle.
import assert from "node:assert/strict";
import { test } from "node:test";

import { disk, each, http, languages, leave, pages, text, touch, visit } from "./site.mjs";

const [language] = languages;
const resource = pages.filter((it) => it.startsWith(`${language}/`)).find((it) => text(it).includes('class="tabs"'));

test("pages say the same without scripts", async () => {
  const shown = () => document.querySelector("main").innerText.replaceAll(/\s+/g, " ").trim();
  const ofResources = pages.filter((it) => text(it).includes('class="operation"')).slice(2);
  await each(pages.filter((it) => it.startsWith(`${language}/`) && !ofResources.includes(it)), async (path) => {
    const page = await visit(path, { javaScriptEnabled: false });
    const without = await page.locator("main").innerText();
    await leave(page);
    const scripted = await visit(path);
    await scripted.evaluate(() => document.querySelectorAll(".copy, .js-only").forEach((it) => it.remove()));
    assert.equal(without.replaceAll(/\s+/g, " ").trim(), await scripted.evaluate(shown));
    await leave(scripted);
  });
});

test("tabs, folds and the list of languages work without scripts", async () => {
  const page = await visit(resource, { javaScriptEnabled: false });
  const tabs = page.locator(".tabs").first();
  await expectVisible(tabs.locator("[data-tab=curl]"), true);
  await expectVisible(tabs.locator("[data-tab=rust]"), false);
  await tabs.locator("label", { hasText: "Rust" }).click();
  await expectVisible(tabs.locator("[data-tab=curl]"), false);
  await expectVisible(tabs.locator("[data-tab=rust]"), true);
  for (const dead of ["#search-box", "#theme-switch", ".copy"]) await expectVisible(page.locator(dead).first(), false);
  await page.goto(`${http}index.html`);
  assert.equal(page.url(), `${http}index.html`);
  assert.equal(await page.locator("a[data-language]").count(), languages.length);
  await page.locator("a[data-language]").last().click();
  assert.equal(page.url(), `${http}${languages.at(-1)}/index.html`);
  await leave(page);
});

async function expectVisible(locator, isVisible) {
  assert.equal(await locator.isVisible(), isVisible, String(locator));
}

test("paper shows content alone, and all of it", async () => {
  const page = await visit(resource);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const gone of [".top", "#site-navigation", ".copy"]) await expectVisible(page.locator(gone).first(), false);
  const codes = await page.locator(".tabs [data-tab] pre").evaluateAll((all) => all.map((it) => it.checkVisibility({ contentVisibilityAuto: true })));
  assert.ok(codes.length > 0 && codes.every(Boolean), "every sample is printed, of folded examples too");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  await leave(page);
});

test("the site works from disk", async () => {
  const page = await visit(`${language}/index.html`, { base: disk });
  await page.keyboard.press("/");
  await page.keyboard.type("429");
  await page.waitForSelector("[role=option]");
  await page.click("#theme-switch");
  await page.goto(disk + resource);
  assert.equal(await page.getAttribute("html", "data-theme"), "light");
  await leave(page);
});

test("a link into a page shows its place below the bar", async () => {
  for (const base of [http, disk]) {
    const ids = [...text(resource).matchAll(/<section class="operation" id="([^"]+)"/g)].map((it) => it[1]);
    const page = await visit(undefined, { base });
    await each([ids[0], ids.at(-1)], async (id) => {
      await page.goto(`${base}${resource}#${id}`);
      const { top, bar } = await page.evaluate((id) => {
        const bar = document.querySelector(".top").getBoundingClientRect().bottom;
        return { top: document.getElementById(id).getBoundingClientRect().top, bar };
      }, id);
      assert.ok(top >= bar && top < 300, `#${id} is at ${top}, the bar ends at ${bar}`);
      await page.goto("about:blank");
    }, 1);
    page.faults.length = 0;
    await leave(page);
  }
});

test("the keyboard reaches everything, in order and visibly", async () => {
  const page = await visit(`${language}/errors.html`);
  const focused = () => page.evaluate(() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    return { name: it.id || it.className || it.nodeName, isShown: style.outlineStyle !== "none" || it.matches("input, .skip, textarea") };
  });
  await page.keyboard.press("Tab");
  assert.equal((await focused()).name, "skip");
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#page-content$/);
  await page.goto(`${http}${language}/errors.html`);
  const names = [];
  for (let count = 0; count < 12; count += 1) {
    await page.keyboard.press("Tab");
    const { name, isShown } = await focused();
    assert.ok(isShown, `the focus on ${name} is not seen`);
    names.push(name);
  }
  assert.ok(names.indexOf("search-input") > names.indexOf("skip"), names.join(" "));
  assert.ok(names.includes("theme-switch"), names.join(" "));
  await leave(page);
});

test("the contents open over a phone's page and close again", async () => {
  const page = await visit(resource, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await page.evaluate(() => scrollTo(0, 900));
  await touch(page, ".menu");
  assert.ok(await page.evaluate(() => document.elementFromPoint(195, 400).closest("#site-navigation")), "they cover the page");
  await touch(page, "#site-navigation .close");
  assert.ok(await page.evaluate(() => document.elementFromPoint(195, 400).closest("main")), "they are gone");
  await page.waitForFunction(() => scrollY === 900);
  await leave(page);
});
