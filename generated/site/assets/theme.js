// Runs before the first paint, so that nothing moves or flashes: says that scripts run, puts the remembered theme on the
// page and, on the page that only offers languages, goes on to the reader's own.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // Storage may be refused, on some systems for files; the reader's choices then last as long as the page.
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  const theme = remembered("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (remembered("sample") === "rust") root.dataset.sample = "rust";

  if (root.dataset.root !== "") return;
  const languages = (root.dataset.languages ?? "").split(" ");
  const wanted = [remembered("language"), ...navigator.languages.map((it) => it.split("-")[0])];
  const language = wanted.find((it) => languages.includes(it)) ?? languages[0];
  if (language) location.replace(`${language}/index.html${location.search}${location.hash}`);
})();
