// What is searched is found first, in each language, by keyboard and by those who hear the page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { each, http, leave, visit } from "./site.mjs";

// Query, and where its first hit leads.
const FIRST = {
  en: [
    // Names as they stand on the wire, in any spelling, and in parts.
    ["is_joined", "groups.html#is_member"],
    ["isJoined", "groups.html#is_member"],
    ["maxusers", /^groups\.html#\w+\.max_users/],
    ["max_users", /^(groups|channels)\.html#\w+\.max_users/],
    ["UserId", "types.html#UserId"],
    ["groups.create", "groups.html#create"],
    ["mute_all", "chatroom_mutes.html#mute_all"],
    // Codes, statuses and messages of errors, whole and in parts.
    ["429", /^errors\.html#(status\.429|reach_limit)$/],
    ["grpID", "errors.html#group_not_found"],
    ["grpid", "errors.html#group_not_found"],
    ["grpID 194758362847233 does not exist!", "errors.html#group_not_found"],
    ["reach_limit", "errors.html#reach_limit"],
    ["message send reach limit", "errors.html#messages_throttled"],
    ["file_expired", "errors.html#file_expired"],
    ["expired access token", "errors.html#token_expired"],
    // Words of people.
    ["create group", "groups.html#create"],
    ["send message", /^messages\.html#to_/],
    ["recall", "messages.html#recall"],
    ["recal mesage", "messages.html#recall"],
    ["thumbnail", /^message_files\.html#download_thumbnail/],
    ["upload group file", "group_files.html#upload"],
    ["unmute", /#unmute$/],
    ["rate limits", "rates.html"],
    ["paging", "paging.html"],
    ["retries", "retries.html"],
    ["shared types", "types.html"],
    ["allowlist", /^chatroom_allowlist\.html/],
    // An address of a request.
    ["/messages/users", "messages.html#to_users"],
    ["POST chatgroups", "groups.html#create"],
    // What people know from the vendor's pages.
    ["创建群组", "groups.html#create"],
  ],
  zh: [
    ["禁言", /^(chatroom|channel)_mutes\.html(#mute)?$/],
    ["全员禁言", /^chatroom_mutes\.html#(un)?mute_all$/],
    ["解除禁言", /^(chatroom|channel)_mutes\.html#unmute$/],
    ["撤回", "messages.html#recall"],
    ["撤回消息", "messages.html#recall"],
    ["创建群组", "groups.html#create"],
    ["群公告", /^group_announcements\.html/],
    ["聊天室白名单", /^chatroom_allowlist\.html/],
    ["缩略图", /^message_files\.html#download/],
    ["频率限制", "rates.html"],
    ["is_joined", "groups.html#is_member"],
    ["429", /^errors\.html#(status\.429|reach_limit)$/],
    ["grpID", "errors.html#group_not_found"],
    ["grpID 群组 does not exist!", "errors.html#group_not_found"],
    ["create group", "groups.html#create"],
  ],
};

for (const [language, queries] of Object.entries(FIRST)) {
  test(`what a reader looks for comes first: ${language}`, async () => {
    const page = await visit(`${language}/index.html`);
    await page.focus("#search-input");
    await page.fill("#search-input", "a");
    await page.waitForSelector("[role=option]");
    const hits = await page.evaluate(ask, queries.map(([query]) => query));
    const isFirst = (expected, href) => (typeof expected === "string" ? href === expected : expected.test(href));
    const bad = queries.map(([query, expected], at) => [query, expected, hits[at]]).filter(([, expected, [first]]) => !isFirst(expected, first));
    const failures = bad.map(([query, expected, found]) => `${query}: expected ${expected}, found ${found.join(", ") || "nothing"}`);
    assert.equal(failures.length, 0, `${failures.length} of ${queries.length}:\n${failures.join("\n")}`);
    await leave(page);
  });
}

// Where the first hits of each query lead.
function ask(queries) {
  const input = document.querySelector("#search-input");
  return queries.map((query) => {
    input.value = query;
    input.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll("#search-results a")].slice(0, 4).map((it) => it.getAttribute("href"));
  });
}

test("every hit leads somewhere", async () => {
  await each(Object.keys(FIRST), async (language) => {
    const page = await visit(`${language}/index.html`);
    await page.focus("#search-input");
    await page.waitForFunction(() => self.apigenSearch);
    const hrefs = await page.evaluate(() => [...new Set(self.apigenSearch.entries.map((it) => it[1]))]);
    const anchors = new Map();
    for (const href of hrefs) {
      const [file, anchor] = href.split("#");
      if (!anchors.has(file)) {
        const html = await (await page.request.get(`${http}${language}/${file}`)).text();
        anchors.set(file, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((it) => it[1])));
      }
      assert.ok(anchors.get(file).size > 0 && (!anchor || anchors.get(file).has(anchor)), href);
    }
    await leave(page);
  });
});

test("the search is driven by keyboard", async () => {
  const page = await visit("en/limits.html");
  const input = page.locator("#search-input");
  const active = () => page.evaluate(() => {
    const id = document.querySelector("#search-input").getAttribute("aria-activedescendant");
    return [...document.querySelectorAll("[role=option]")].findIndex((it) => it.id === id && it.getAttribute("aria-selected") === "true");
  });
  assert.equal(await input.getAttribute("aria-expanded"), "false");
  assert.ok(![...page.loaded].some((it) => it.endsWith("search.js")), "nothing of the search is loaded before it is wanted");
  await page.keyboard.press("/");
  await page.keyboard.type("group");
  await page.waitForSelector("[role=option]");
  assert.equal(await input.getAttribute("aria-expanded"), "true");
  assert.equal(await active(), 0);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await active(), 2);
  await page.keyboard.press("ArrowUp");
  assert.equal(await active(), 1);
  for (const count of [0, 1, 2]) await page.keyboard.press("ArrowUp");
  assert.equal(await active(), (await page.locator("[role=option]").count()) - 2, "it goes round");
  await page.keyboard.press("Escape");
  assert.equal(await input.getAttribute("aria-expanded"), "false");
  assert.equal(await input.inputValue(), "group");
  await page.keyboard.press("ArrowDown");
  const href = await page.locator("[role=option]").first().getAttribute("href");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${http}en/${href}`);
  await leave(page);
});

test("a hit on the same page is gone to, and the list closes", async () => {
  const page = await visit("en/groups.html");
  await page.keyboard.press("/");
  await page.keyboard.type("groups.is_member");
  await page.waitForSelector("[role=option]");
  await page.keyboard.press("Enter");
  assert.equal(page.url(), `${http}en/groups.html#is_member`);
  assert.equal(await page.locator("#search-results").isVisible(), false);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search-input");
  await leave(page);
});

test("what is found is said, and so is that nothing is", async () => {
  for (const language of Object.keys(FIRST)) {
    const page = await visit(`${language}/index.html`);
    const said = (text) => page.waitForFunction((text) => document.querySelector("#search-status").textContent.includes(text), text);
    await page.fill("#search-input", "xqzzyv");
    await said("xqzzyv");
    assert.equal(await page.locator("#search-results").isVisible(), false);
    await page.fill("#search-input", "<img src=x onerror=alert(1)>");
    await page.fill("#search-input", "429");
    await page.waitForSelector("[role=option]");
    await said(String(await page.locator("[role=option]").count()));
    await leave(page);
  }
});

test("the search is quick", async (t) => {
  const page = await visit("zh/index.html");
  await page.focus("#search-input");
  await page.waitForFunction(() => self.apigen && self.apigenSearch && self.MiniSearch);
  const [built, asked] = await page.evaluate(() => {
    const start = performance.now();
    const engine = self.apigen.index(self.apigenSearch);
    const middle = performance.now();
    for (const query of ["群组", "create group", "禁言", "a"]) self.apigen.search(engine, query);
    return [middle - start, (performance.now() - middle) / 4];
  });
  t.diagnostic(`index built in ${Math.round(built)} ms, a query takes ${asked.toFixed(1)} ms`);
  assert.ok(built < 3000 && asked < 300, "a reader would notice");
  await leave(page);
});
