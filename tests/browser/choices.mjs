// What a reader chooses is remembered: language, theme, kind of sample. And what is copied is in the clipboard.
import assert from "node:assert/strict";
import { test } from "node:test";

import { disk, http, languages, leave, pages, text, touch, visit } from "./site.mjs";

const [first, second] = languages;
const resource = pages.filter((it) => it.startsWith(`${first}/`)).find((it) => text(it).includes('class="tabs"'));

for (const base of [http, disk]) {
  const from = new URL(base).protocol;

  test(`the language changes at the same place, and is remembered, from ${from}`, async () => {
    const page = await visit(undefined, { base });
    const id = /<section class="operation" id="([^"]+)"/g.exec(text(resource).slice(text(resource).length / 2))[1];
    await page.goto(`${base}${resource}#${id}`);
    await page.click(`.languages a[data-language=${second}]`);
    assert.equal(page.url(), `${base}${resource.replace(first, second)}#${id}`);
    assert.equal(await page.getAttribute("html", "lang"), second);
    await page.goto(`${base}index.html`);
    await page.waitForURL(`${base}${second}/index.html`);
    await leave(page);
  });

  test(`the language keeps a place that was scrolled to, from ${from}`, async () => {
    const page = await visit(resource, { base });
    const id = await page.evaluate(() => {
      const section = [...document.querySelectorAll("section.operation")].at(1);
      section.scrollIntoView();
      return section.id;
    });
    await touch(page, `.languages a[data-language=${second}]`);
    await page.waitForURL(/#/);
    assert.equal(page.url(), `${base}${resource.replace(first, second)}#${id}`);
    await leave(page);
  });

  test(`the theme changes and is remembered, from ${from}`, async () => {
    const page = await visit(resource, { base, colorScheme: "dark" });
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await ground();
    await page.click("#theme-switch");
    const light = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(), light);
    await page.click("#theme-switch");
    assert.equal(await ground(), dark);
    const names = [await page.getAttribute("#theme-switch", "aria-label")];
    await page.click("#theme-switch");
    names.push(await page.getAttribute("#theme-switch", "aria-label"));
    assert.equal(new Set(names).size, 2, `the button says what it does: ${names}`);
    assert.equal(await page.getAttribute("html", "data-theme"), null);
    await leave(page);
  });

  test(`code is copied as it stands, and that is said, from ${from}`, async () => {
    const page = await visit(resource, { base, permissions: base === http ? ["clipboard-read", "clipboard-write"] : [] });
    const code = page.locator(".samples .code:visible").first();
    await code.locator(".copy").click();
    const said = await page.evaluate(() => document.body.dataset.copied);
    assert.equal(await code.locator(".copy").textContent(), said);
    await page.waitForFunction((said) => [...document.querySelectorAll("[role=status]")].some((it) => it.textContent === said), said);
    if (base === http) {
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await code.locator("pre").textContent());
    }
    await leave(page);
  });
}

test("a new reader gets the language that the browser asks for", async () => {
  for (const [locale, language] of [[`${second}-CN`, second], ["en-GB", "en"], ["xx", first]]) {
    const page = await visit("index.html", { locale });
    await page.waitForURL(`${http}${language}/index.html`);
    await leave(page);
  }
});

test("a kind of sample is chosen once for all examples and pages", async () => {
  const page = await visit(resource);
  await page.locator(".tabs label", { hasText: "Rust" }).first().click();
  const values = () => page.locator(".tabs input:checked").evaluateAll((all) => [...new Set(all.map((it) => it.value))]);
  assert.deepEqual(await values(), ["rust"]);
  await page.goto(http + resource.replace(first, second));
  assert.deepEqual(await values(), ["rust"]);
  await leave(page);
});
