// Messages as they stand in logs lead to their rows: other values in the placeholders, whole replies, lines of a log.
import assert from "node:assert/strict";
import { test } from "node:test";

import { leave, visit } from "./site.mjs";

const MESSAGES = [
  // The message alone.
  ["grpID 99120384762341 does not exist!", "group_not_found"],
  ["username tomás_7 doesn't exist!", "user_not_found"],
  ["username o'neil doesn't exist", "user_not_found"],
  ["users [ana, bert, 小明] are not members of this group!", "not_members"],
  ["This request has reached api limit", "reach_limit"],
  ["You have exceeded the limit of the Professional edition. Please upgrade to higher edition.", "resource_limited"],
  ["can not join this group, reason:user: mira already in group: 1847", "already_in_group"],
  ["can not join this group, reason:user wei has joined too many chatrooms!", "too_many_chatrooms"],
  // The most literal template wins.
  ["group announcement is violation, please change it.", "group_announcement_rejected"],
  ["Night Owls 🦉 is violation, please change it.", "group_name_rejected"],
  ["client_id must be provided.", "client_id_missing"],
  ["groupname must be provided", "group_field_missing"],
  ["USERNAMES SIZE IS MORE THAN MAX LIMIT : 60", /^too_many_chatroom_(allowances|mutes)$/],
  ["userNames size is more than max limit : 60", "too_many_chatroom_mutes"],
  // The reply of the server.
  [
    '{"error":"unauthorized","exception":"EasemobSecurityException","timestamp":1731974400000,"duration":0,"error_description":"Unable to authenticate due to expired access token"}',
    "token_expired",
  ],
  [
    '{\n  "error": "required_property_not_found",\n  "error_description": "Entity user requires a property named username"\n}',
    "password_user_unknown",
  ],
  ['{"error":"illegal_argument","error_description":"Entity user requires a property named username"}', "username_missing"],
  // Lines of logs, with replies that were logged as texts.
  [
    "2026-11-21T08:14:02.113Z WARN im::calls POST /reading-club/demo/messages/chatgroups -> 403 message_send_error: message send reach limit (attempt 1)",
    "messages_throttled",
  ],
  [
    '{"level":"error","status":404,"body":"{\\"error\\":\\"resource_not_found\\",\\"error_description\\":\\"grpID 7 does not exist!\\"}"}',
    "group_not_found",
  ],
  [
    "ERROR 400 illegal_argument: illegal arguments: appkey: reading-club#demo, time: 2026112108, maybe chat message history is expired or unstored",
    "history_not_stored",
  ],
  ['java.io.IOException: code=400, body={\\"error_description\\":\\"group member jo doesn\\u2019t exist\\"}', "group_member_unknown"],
  ["Application 0b7a-11 Entity user requires that property named username be unique, value of nils exists", "username_taken"],
  // A code without a message.
  ['{"error":"storage_object_not_found"}', "history_not_found"],
];

for (const language of ["en", "zh"]) {
  test(`pasted messages lead to their rows: ${language}`, async () => {
    const page = await visit(`${language}/errors.html`);
    const found = await page.evaluate(find, MESSAGES.map(([message]) => message));
    const failures = MESSAGES.filter(([, expected], at) => (typeof expected === "string" ? found[at] !== expected : !expected.test(found[at])));
    assert.deepEqual(failures.map(([message, expected]) => `${message}: expected ${expected}`), []);
    await leave(page);
  });
}

// The ids of the rows that messages lead to.
async function find(messages) {
  const input = document.querySelector("#finder-input");
  const result = document.querySelector("#finder-result");
  const ids = [];
  for (const message of messages) {
    result.textContent = "";
    input.value = message;
    input.dispatchEvent(new Event("input"));
    while (result.textContent === "") await new Promise((done) => setTimeout(done, 1));
    ids.push(result.querySelector("a")?.hash.slice(1));
  }
  return ids;
}

test("a pasted message scrolls to its row, and says what stood in its places", async () => {
  const page = await visit("en/errors.html", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.evaluate(() => navigator.clipboard.writeText("grpID 4711 does not exist!"));
  await page.focus("#finder-input");
  await page.keyboard.press("Control+V");
  await page.waitForURL(/#group_not_found$/);
  await page.waitForFunction(() => {
    const { top, bottom } = document.getElementById("group_not_found").getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  assert.match(await page.locator("#finder-result").textContent(), /4711/);
  await page.fill("#finder-input", "message is too large");
  await page.press("#finder-input", "Enter");
  await page.waitForURL(/#message_too_large$/);
  await page.fill("#finder-input", "all is well");
  const none = await page.getAttribute("#finder-result", "data-none");
  await page.waitForFunction((none) => document.querySelector("#finder-result").textContent === none, none);
  await leave(page);
});
