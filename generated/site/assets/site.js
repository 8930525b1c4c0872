// What every page does beyond reading: remembers theme, language and kind of sample, copies code, marks the place in the
// navigation, finds the row of a pasted error message, and loads the search when it is first wanted.
(() => {
  "use strict";
  const root = document.documentElement;

  const remember = (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Storage may be refused; the choice then lasts as long as the page.
    }
  };

  const status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  // A text that is there already is not read out again, so it goes away first.
  const announce = (text) => {
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 50);
  };

  theme(document.getElementById("theme-switch"));
  languages([...document.querySelectorAll("a[data-language]")]);
  samples([...document.querySelectorAll(".tabs input")]);
  document.querySelectorAll("div.code").forEach(copyButton);
  place([...document.querySelectorAll("#site-navigation ul ul a[href^='#']")]);
  unfold();
  addEventListener("hashchange", unfold);
  drawer(document.querySelector(".menu"), document.querySelector("#site-navigation .close"));
  finder(document.getElementById("error-finder"));
  search(document.getElementById("search-input"));

  function theme(button) {
    if (!button) return;
    const order = ["system", "light", "dark"];
    const show = () => {
      button.setAttribute("aria-label", `${button.dataset.label ?? button.title}: ${button.dataset[current()]}`);
      button.title = button.getAttribute("aria-label");
    };
    const current = () => root.dataset.theme ?? "system";
    button.dataset.label = button.getAttribute("aria-label") ?? "";
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(current()) + 1) % order.length];
      if (next === "system") delete root.dataset.theme;
      else root.dataset.theme = next;
      remember("theme", next === "system" ? null : next);
      show();
    });
    show();
  }

  // The other language opens at the place that is being read.
  function languages(links) {
    for (const link of links) {
      const page = link.getAttribute("href");
      const aim = () => {
        const anchor = location.hash && location.hash !== "#site-navigation" ? location.hash : reading();
        link.setAttribute("href", page + anchor);
      };
      for (const event of ["pointerdown", "focus"]) link.addEventListener(event, aim);
      link.addEventListener("click", () => {
        aim();
        remember("language", link.dataset.language);
      });
    }
  }

  // The anchor of the last section that begins above the upper third of the window.
  function reading() {
    const sections = [...document.querySelectorAll("main section[id]")];
    const above = sections.filter((it) => it.getBoundingClientRect().top < innerHeight / 3);
    return above.length > 0 && scrollY > 0 ? `#${above.at(-1).id}` : "";
  }

  // One choice holds for every example, here and on the next page.
  function samples(inputs) {
    const choose = (value) => {
      for (const it of inputs) if (it.value === value) it.checked = true;
    };
    if (root.dataset.sample) choose(root.dataset.sample);
    for (const input of inputs) {
      input.addEventListener("change", () => {
        const top = input.getBoundingClientRect().top;
        choose(input.value);
        remember("sample", input.value);
        // Examples above change their height, too; what was clicked stays where it is.
        scrollBy(0, input.getBoundingClientRect().top - top);
      });
    }
  }

  function copyButton(code) {
    const words = document.body.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", async () => {
      const text = code.querySelector("pre").textContent;
      const copied = await copy(text);
      const said = copied ? words.copied : words.copyFailed;
      button.textContent = said;
      button.classList.toggle("done", copied);
      announce(said);
      setTimeout(() => {
        button.textContent = words.copy;
        button.classList.remove("done");
      }, 2000);
    });
    code.append(button);
  }

  // Pages from an unencrypted server have no clipboard, but may copy a selection.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "hidden";
      document.body.append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      return copied;
    }
  }

  // Marks the operation that is being read in the navigation.
  function place(links) {
    const targets = new Map(links.map((it) => [document.getElementById(it.hash.slice(1)), it]));
    targets.delete(null);
    const seen = new Set();
    const watch = new IntersectionObserver(
      (changes) => {
        for (const it of changes) it.isIntersecting ? seen.add(it.target) : seen.delete(it.target);
        const first = [...targets.keys()].find((it) => seen.has(it));
        for (const [target, link] of targets) link.classList.toggle("here", target === first);
      },
      { rootMargin: "-20% 0px -60% 0px" },
    );
    for (const target of targets.keys()) watch.observe(target);
    const nav = document.getElementById("site-navigation");
    const page = nav?.querySelector("[aria-current]");
    if (page && page.offsetTop > nav.clientHeight * 0.6) nav.scrollTop = page.offsetTop - nav.clientHeight / 3;
  }

  // A link may lead into an example that is folded.
  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target?.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    target.scrollIntoView();
  }

  // On a phone the contents lie over the page; closing them leads back to where the reader was.
  function drawer(menu, close) {
    let wasOpened = false;
    menu?.addEventListener("click", () => (wasOpened = true));
    close?.addEventListener("click", (event) => {
      if (!wasOpened) return;
      event.preventDefault();
      wasOpened = false;
      history.back();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && location.hash === "#site-navigation") close?.click();
    });
  }

  function finder(section) {
    if (!section) return;
    const input = section.querySelector("textarea");
    const result = document.getElementById("finder-result");
    const rows = [...document.querySelectorAll("tr[id] .spelling")].map(spelling);
    const look = () => {
      const found = input.value.trim() === "" ? [] : load("search.js").then(() => self.apigen.matches(rows, input.value));
      return Promise.resolve(found).then(show);
    };
    const show = (found) => {
      const text = input.value.trim() === "" ? "" : found.length > 0 ? result.dataset.found : result.dataset.none;
      result.replaceChildren((text ?? "").replace("{count}", found.length));
      if (found.length === 0) return found;
      const list = document.createElement("span");
      list.append(...found.slice(0, 5).flatMap((it) => [" ", link(it)]));
      result.append(list);
      return found;
    };
    input.addEventListener("input", look);
    input.addEventListener("paste", () => setTimeout(() => look().then(land)));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      look().then(land);
    });
    if (input.value) look();
  }

  // Templates stand in the page: text that a message has in common with others of its kind, and places that differ.
  function spelling(element) {
    const row = element.closest("tr");
    const message = element.querySelector(".message");
    const part = (it) => (it.nodeName === "VAR" ? { name: it.textContent.replace(/^\{|\}$/g, "") } : it.textContent);
    return {
      href: `#${row.id}`,
      name: row.querySelector("a").textContent,
      status: element.querySelector(".status")?.textContent ?? "",
      code: element.querySelector(":scope > code")?.textContent ?? "",
      parts: message ? [...message.childNodes].map(part) : [],
    };
  }

  function link(found) {
    const link = document.createElement("a");
    const values = Object.entries(found.values).map(([name, value]) => `${name} = ${value}`);
    link.href = found.row.href;
    link.textContent = [found.row.name, ...values].join(", ");
    return link;
  }

  function land([best]) {
    if (!best) return;
    location.hash = best.row.href;
    document.getElementById(best.row.href.slice(1)).scrollIntoView({ block: "center" });
  }

  function search(input) {
    if (!input) return;
    const box = input.closest(".search");
    const wake = () =>
      (search.ready ??= load("minisearch.js")
        .then(() => Promise.all([load("search.js"), loadFrom("search.js")]))
        .then(() => self.apigen.attach(box, self.apigenSearch))
        .catch(() => {
          search.ready = undefined;
          document.getElementById("search-status").textContent = box.dataset.failed;
        }));
    input.addEventListener("focus", wake, { once: true });
    input.addEventListener("input", wake);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input:not([type=radio]), textarea, select, [contenteditable]")) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
    if (document.activeElement === input) wake();
  }

  function load(asset) {
    return loadFrom(`${root.dataset.root}assets/${asset}`);
  }

  // Files on disk cannot be fetched, but scripts can be put into the page.
  function loadFrom(src) {
    loadFrom.all ??= new Map();
    if (!loadFrom.all.has(src)) {
      const script = document.createElement("script");
      script.src = src;
      const done = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = () => {
          loadFrom.all.delete(src);
          reject(new Error(src));
        };
      });
      loadFrom.all.set(src, done);
      document.head.append(script);
    }
    return loadFrom.all.get(src);
  }
})();
