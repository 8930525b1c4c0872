// Takes the pictures of the README, or with a directory as argument one of every kind of page to look at.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { close, http, languages, pages, visit } from "./site.mjs";

const README = fileURLToPath(new URL("../../.github/screenshots/", import.meta.url));
const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const [directory] = process.argv.slice(2);
await (directory ? everything(directory) : readme());
await close();

async function readme() {
  mkdirSync(README, { recursive: true });
  const operation = await visit("en/groups.html#create", { ...WIDE, colorScheme: "light" });
  await webp(operation, join(README, "operation.webp"));
  const search = await visit("zh/index.html", { ...WIDE, colorScheme: "dark" });
  await search.fill("#search-input", "禁言");
  await search.waitForSelector("[role=option]");
  await webp(search, join(README, "search.webp"));
}

async function everything(directory) {
  mkdirSync(directory, { recursive: true });
  for (const path of pages) {
    for (const [width, options] of Object.entries({ wide: WIDE, phone: PHONE })) {
      for (const colorScheme of ["light", "dark"]) {
        const page = await visit(path, { ...options, deviceScaleFactor: 1, colorScheme });
        await page.screenshot({ path: join(directory, `${path.replace(/\W+/g, "-")}-${width}-${colorScheme}.png`) });
        await page.context().close();
      }
    }
  }
  console.log(`${pages.length} pages in ${languages.length} languages, from ${http}`);
}

// A browser is the encoder that is at hand.
async function webp(page, path) {
  const png = (await page.screenshot()).toString("base64");
  const encoder = await page.context().newPage();
  const url = await encoder.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.82);
  }, png);
  writeFileSync(path, Buffer.from(url.split(",")[1], "base64"));
  await page.context().close();
}
