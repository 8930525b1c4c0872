// Search over the entries of one language, and over error messages with placeholders. Loaded when it is first wanted.
// The index is MiniSearch's; what is particular here: names are found whole and in parts, Chinese by the words that the
// browser sees and by pairs of characters, and what is called exactly like the query comes first.
(() => {
  "use strict";
  const MOST = 24;
  const FIELDS = ["title", "where", "more", "words"];
  // How often a kind of thing is what is meant.
  const WEIGHTS = {
    operation: 1.8, error: 1.1, parameter: 1.1, page: 1, rate: 1, field: 0.9, type: 0.9, limit: 0.8, value: 0.8, quota: 0.8, contradiction: 0.5,
  };
  // How close an entry is to a query that is one of its names.
  const NAMED = 2.5;

  self.apigen = { attach, index, matches, search };

  // The search box of a page over the data of its language: a combobox with a list of links.
  function attach(box, data) {
    const input = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    const status = box.querySelector("[role=status]");
    const engine = index(data);
    let active = -1;
    let told;

    const open = (isOpen) => {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", isOpen);
      if (!isOpen) activate(-1);
    };
    const activate = (to) => {
      const options = list.children;
      options[active]?.setAttribute("aria-selected", "false");
      active = options.length === 0 ? -1 : to;
      const option = options[active];
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) input.setAttribute("aria-activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const show = () => {
      const query = input.value.trim();
      const found = query === "" ? [] : search(engine, query);
      list.replaceChildren(...found.map((it, number) => option(it, number, data.kinds)));
      active = -1;
      open(found.length > 0);
      activate(found.length > 0 ? 0 : -1);
      list.scrollTop = 0;
      const words = found.length > 0 ? box.dataset.count : box.dataset.none;
      const text = query === "" ? "" : words.replace("{count}", found.length).replace("{query}", query);
      box.classList.toggle("empty", query !== "" && found.length === 0);
      // What is typed is not talked over.
      clearTimeout(told);
      told = setTimeout(() => (status.textContent = text), found.length > 0 ? 400 : 0);
    };

    input.addEventListener("input", show);
    input.addEventListener("focus", () => list.hidden && input.value.trim() !== "" && show());
    box.addEventListener("focusout", (event) => box.contains(event.relatedTarget) || open(false));
    // The focus stays in the input while a result is clicked.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", () => {
      open(false);
      input.blur();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const count = list.hidden ? 0 : list.children.length;
      const moves = { ArrowDown: active + 1, ArrowUp: active - 1 };
      if (event.key in moves && count > 0) {
        event.preventDefault();
        activate((moves[event.key] + count) % count);
      } else if (event.key in moves && input.value.trim() !== "") {
        event.preventDefault();
        show();
      } else if (event.key === "Enter" && count > 0) {
        event.preventDefault();
        list.children[Math.max(active, 0)].click();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (count > 0) open(false);
        else if (input.value !== "") input.value = "";
        else input.blur();
        box.classList.remove("empty");
      }
    });
    if (input.value.trim() !== "" && document.activeElement === input) show();
  }

  function option({ entry, terms }, number, kinds) {
    const link = document.createElement("a");
    link.id = `search-result-${number}`;
    link.href = entry.href;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    const line = (name, text) => {
      const part = document.createElement("span");
      part.className = name;
      part.append(...marked(text, terms));
      return part;
    };
    const kind = line("kind", "");
    kind.textContent = kinds[entry.kind];
    const lines = [line("title", entry.title), kind];
    if (entry.where) lines.push(line("where", entry.where));
    if (entry.more && entry.more !== entry.title) lines.push(line("more", entry.more));
    link.append(...lines);
    return link;
  }

  // The text with what was looked for marked.
  function marked(text, terms) {
    const known = terms.filter((it) => it.length > 1).sort((a, b) => b.length - a.length);
    if (known.length === 0) return [text];
    // A name was indexed in lower case and without its underscores.
    const loose = known.map((it) => [...it].map(escaped).join("_?"));
    const parts = text.split(new RegExp(`(${loose.join("|")})`, "iu"));
    return parts.map((part, number) => {
      if (number % 2 === 0) return part;
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    });
  }

  // What is searched: built once for a page, from the columns of the data.
  function index(data) {
    const split = terms(data.language);
    const entries = data.entries.map(([kind, href, title, where, more, words], id) => {
      const known = new Set(split(`${title} ${words}`).flatMap((it) => [it.whole, ...it.parts]));
      return { id, kind, href, title, where, more, words, known, weight: WEIGHTS[kind] ?? 1 };
    });
    const engine = new MiniSearch({
      fields: FIELDS,
      // A text may be cut into other words than a query, so it is found by all its pairs as well.
      tokenize: (text) => {
        const couples = runs(text).filter((it) => !isAscii(it)).flatMap(pairs);
        return [...new Set([...split(text).flatMap(({ whole, parts }) => [whole, ...parts]), ...couples])];
      },
      processTerm: (term) => term,
    });
    engine.addAll(entries);
    const errors = entries.filter((it) => it.kind === "error" && it.more);
    const rows = errors.flatMap((entry) =>
      entry.more.split(" | ").map((it) => ({ href: entry.href, entry, status: "", code: "", parts: template(it) })),
    );
    return { engine, entries, split, rows };
  }

  // The entries for a query with the terms found, the best first.
  function search({ engine, entries, split, rows }, query) {
    const asked = split(query);
    if (asked.length === 0) return [];
    const messages = asked.length > 2 ? matches(rows, query).map(({ row }) => ({ entry: row.entry, terms: [] })) : [];
    const options = {
      boost: { title: 4, where: 1.5, more: 1, words: 2 },
      weights: { prefix: 0.5, fuzzy: 0.3 },
      // A long entry is not a worse one.
      bm25: { k: 1.2, b: 0.3, d: 0.5 },
      prefix: (term) => term.length > 1 || !isAscii(term),
      fuzzy: (term) => (isAscii(term) && /[a-z]/.test(term) && term.length > 3 ? 0.25 : false),
    };
    const ask = (combineWith) => engine.search(tree(asked, combineWith), options);
    // What has all of the words comes before what has some.
    const found = ["AND", "OR"].flatMap((it) => ranked(ask(it), entries, query, asked));
    const seen = new Set();
    const isNew = ({ entry }) => !seen.has(entry.id) && seen.add(entry.id);
    return [...messages, ...found].filter(isNew).slice(0, MOST);
  }

  // What matches about equally well stays in the order of the data, which is its author's.
  function ranked(found, entries, query, asked) {
    const best = found.reduce((most, it) => Math.max(most, it.score), 0);
    const scored = found.map(({ id, score, terms }) => {
      const entry = entries[id];
      const close = closeness(entry, query, asked);
      // How long an entry is says nothing about the name that it has.
      const points = rounded(close >= NAMED ? best : score) * close * entry.weight;
      return { entry, terms, points };
    });
    return scored.sort((a, b) => b.points - a.points || a.entry.id - b.entry.id);
  }

  // Terms, each whole, in its parts or in pairs of characters; or what is written apart, written together.
  function tree(asked, combineWith) {
    const all = (queries) => (queries.length === 1 ? queries[0] : { combineWith, queries });
    const term = ({ whole, parts, pairs }) => {
      const ways = [whole, ...[parts, pairs].filter((it) => it.length > 0).map(all)];
      return ways.length === 1 ? ways[0] : { combineWith: "OR", queries: ways };
    };
    const together = asked.map(({ whole }) => whole).join("");
    const queries = [{ combineWith, queries: asked.map(term) }, ...(asked.length > 1 ? [together] : [])];
    return { combineWith: "OR", queries };
  }

  function rounded(score) {
    return 1.4 ** Math.round(Math.log(score) / Math.log(1.4));
  }

  // What is called exactly so is what a reader who knows the name wants.
  function closeness(entry, query, asked) {
    const exact = plain(query);
    // A number is nothing's name: many things have one.
    const isName = !/^\d+$/.test(exact);
    const whole = [entry.title, entry.where].map(plain);
    if (entry.title === query) return 7.5;
    if (isName && whole.includes(exact)) return 6;
    if (entry.kind === "operation" && entry.where.split(".").map(plain).includes(exact)) return 5.5;
    const words = tokens(`${entry.title} ${entry.where} ${entry.more} ${entry.words}`).map(plain);
    if (words.includes(exact)) return NAMED;
    if ([...whole, ...words].some((it) => it.startsWith(exact))) return 2;
    if (asked.every(({ whole }) => entry.known.has(whole))) return 1.7;
    return whole[0].includes(exact) ? 1 + (2 * exact.length) / whole[0].length : 1;
  }

  function tokens(text) {
    return text.split(/[\s.,:;/{}]+/u);
  }

  // Cuts a text into terms: names whole and at underscores and humps, other scripts into words and pairs of characters.
  function terms(language) {
    const segmenter = self.Intl?.Segmenter && new Intl.Segmenter(language, { granularity: "word" });
    const segments = (run) => (segmenter ? [...segmenter.segment(run)].map((it) => it.segment) : [run]);
    const others = (run) => joined(segments(run)).map((whole) => ({ whole, parts: [], pairs: whole.length > 2 ? pairs(whole) : [] }));
    return (text) => runs(text).flatMap((run) => (isAscii(run) ? name(run) : others(run.toLowerCase())));
  }

  function runs(text) {
    return text.normalize("NFKC").match(/[a-z0-9_]+|[^\x00-\x7f\p{P}\p{S}\p{Z}]+/giu) ?? [];
  }

  // A word that the browser does not know comes as single characters.
  function joined(segments) {
    const words = [];
    let wasSingle = false;
    for (const it of segments) {
      if (wasSingle && it.length === 1) words.push(words.pop() + it);
      else words.push(it);
      wasSingle = it.length === 1;
    }
    return words;
  }

  function name(run) {
    const parts = run.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().split("_").filter(Boolean).map(singular);
    const whole = parts.join("");
    return whole === "" ? [] : [{ whole, parts: parts.length > 1 ? parts : [], pairs: [] }];
  }

  function singular(word) {
    return word.length > 3 && /[a-z]{2}[^s\d]s$/.test(word) ? word.slice(0, -1) : word;
  }

  function pairs(word) {
    const letters = [...word];
    return letters.slice(1).map((it, at) => letters[at] + it);
  }

  function plain(text) {
    return singular(text.normalize("NFKC").toLowerCase().replaceAll(/[_\s]/gu, ""));
  }

  function isAscii(text) {
    return /^[\x00-\x7f]*$/.test(text);
  }

  // A message in its written form, as texts and named places; `{{` is one brace.
  function template(text) {
    const parts = text.split(/\{(\w+)\}/u);
    return parts.map((it, at) => (at % 2 === 1 ? { name: it } : it.replaceAll("{{", "{"))).filter((it) => it !== "");
  }

  // The rows whose message stands somewhere in a text, be it the message, a reply or a line of a log; the row that has
  // most in common with the text comes first, and each row comes once.
  function matches(rows, text) {
    const texts = readings(text);
    const found = rows.flatMap((row) => {
      const best = texts.map((it) => match(row, it)).filter(Boolean);
      return best.sort((a, b) => b.score - a.score).slice(0, 1);
    });
    found.sort((a, b) => b.score - a.score);
    const seen = new Set();
    const rest = found.filter((it) => !seen.has(it.row.href) && seen.add(it.row.href));
    // Beside a message, a bare code says nothing more.
    const hasMessage = rest.some((it) => it.isMessage);
    return rest.filter((it) => it.isMessage || !hasMessage);
  }

  // A reply that was logged as a text has its quotes escaped, perhaps twice.
  function readings(text) {
    const readings = [text];
    while (readings.length < 4 && readings.at(-1).includes("\\")) {
      readings.push(readings.at(-1).replaceAll(/\\u([0-9a-f]{4})/giu, unicode).replaceAll(/\\(["\\/'])/gu, "$1"));
    }
    return readings;
  }

  function unicode(_, digits) {
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  function match(row, text) {
    const hasCode = row.code !== "" && word(row.code).test(text);
    const hasStatus = row.status !== "" && word(row.status).test(text);
    const about = (hasCode ? 6 : 0) + (hasStatus ? 3 : 0);
    const literal = row.parts.filter((it) => typeof it === "string").join("");
    if (literal.trim() === "") {
      const score = hasCode ? about : 0;
      return score > 0 ? { row, values: {}, score, isMessage: false } : null;
    }
    const captured = message(row.parts).exec(text.trim());
    if (!captured) return hasCode ? { row, values: {}, score: about, isMessage: false } : null;
    const names = row.parts.filter((it) => typeof it !== "string").map((it) => it.name);
    const values = Object.fromEntries(names.map((it, at) => [it, captured[at + 1].trim()]));
    // Capital letters and the like tell spellings apart where nothing else does.
    const isVerbatim = row.parts.every((it) => typeof it !== "string" || text.includes(it.trim()));
    const isWhole = captured[0].length === text.trim().length;
    const score = 10 + literal.length + about + (isVerbatim ? 1 : 0) + (isWhole ? 2 : 0);
    return { row, values, score, isMessage: true };
  }

  // A place takes as little as it can; the last one ends where the message can end: at a quote, a brace or the line.
  function message(parts) {
    const pattern = parts.map((part, at) => {
      if (typeof part !== "string") return at === parts.length - 1 ? `([^"\\n}]+)` : `([^\\n]{0,400}?)`;
      const loose = part.split(/\s+/u).map(escaped).join("\\s*");
      return loose.replaceAll(/['’‘]/gu, "['’‘]").replaceAll(/[:：]/gu, "[:：]");
    });
    const starts = typeof parts[0] === "string" && /^\w/u.test(parts[0]) ? "(?<![\\p{L}\\p{N}])" : "";
    const ends = typeof parts.at(-1) === "string" && /\w$/u.test(parts.at(-1)) ? "(?![\\p{L}\\p{N}])" : "";
    return new RegExp(starts + pattern.join("") + ends, "iu");
  }

  function word(text) {
    return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(text)}(?![\\p{L}\\p{N}_])`, "u");
  }

  function escaped(text) {
    return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
  }
})();
