"use strict";
// Filters, look-up, copying. Text from the data goes into the page as text nodes and nothing else.
const $ = (id) => document.getElementById(id);
const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const many = (count, one, several = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : several}`;

function findings() {
  const form = $("filters");
  if (!form) return () => {};
  const all = [...document.querySelectorAll(".finding")];
  const home = new Map(all.map((card) => [card, card.parentElement]));
  const texts = new Map();
  const text = (card) => texts.get(card) ?? (texts.set(card, card.textContent.toLowerCase()), texts.get(card));
  const said = $("shown").textContent;
  const orders = {
    rank: (a, b) => a.dataset.rank - b.dataset.rank,
    seen: (a, b) => b.dataset.seen.localeCompare(a.dataset.seen) || a.dataset.rank - b.dataset.rank,
    place: (a, b) => a.dataset.place.localeCompare(b.dataset.place) || a.dataset.rank - b.dataset.rank,
  };
  const show = () => {
    const wanted = Object.fromEntries(new FormData(form));
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = ["geography", "measure", "source_id", "severity", "state", "check"].filter((name) => wanted[name]);
    let count = 0;
    for (const card of all) {
      const fits = chosen.every((name) => card.dataset[name] === wanted[name])
        && (!wanted.group || home.get(card).id === wanted.group)
        && words.every((word) => text(card).includes(word));
      card.hidden = !fits;
      count += fits;
    }
    for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector(".finding:not([hidden])");
    $("shown").textContent = count === all.length ? said : `${many(count, "finding")} of ${all.length.toLocaleString("en")} shown${wanted.check ? `, of the check ${wanted.check}` : ""}.`;
  };
  const sort = () => {
    for (const group of document.querySelectorAll(".group")) {
      group.append(...[...group.querySelectorAll(":scope > .finding")].sort(orders[form.elements.order.value]));
    }
  };
  const clear = () => { form.reset(); form.elements.check.value = ""; sort(); show(); };
  form.hidden = false;
  form.addEventListener("input", (event) => { if (event.target.name === "order") sort(); show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector(".clear").addEventListener("click", clear);
  for (const link of document.querySelectorAll("a.pick")) {
    link.addEventListener("click", () => {
      clear();
      if (link.dataset.check) form.elements.check.value = link.dataset.check;
      else form.elements.source_id.value = link.dataset.source;
      if (link.dataset.source && !form.elements.source_id.value) form.elements.text.value = link.dataset.source;
      show();
    });
  }
  return clear;
}

function deepLinks(clear) {
  const go = () => {
    const target = $(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (target.matches(".finding")) {
      target.querySelector("details")?.setAttribute("open", "");
      target.focus({ preventScroll: true });
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", go);
  if (location.hash) go();
}

function copying() {
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const card = button.closest(".finding");
      const told = [card.querySelector("h4"), card.querySelector(".told")].map((part) => part.textContent.trim());
      const link = `${location.href.split("#")[0]}#${card.id}`;
      try {
        await navigator.clipboard.writeText([...told, link].join("\n"));
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(card);
        button.textContent = "Selected: copy it now";
      }
    });
  }
}

function lookUp() {
  const data = $("figures") && JSON.parse($("figures").textContent);
  const form = $("lookup");
  if (!data || !form) return;
  const [ID, VALUE, PRINTED, LOW, HIGH, CELL, PAGE, FILE, ROW, HELD, FAILED, FINDINGS, CORRECTED, VERDICT] = Array(14).keys();
  const byCell = Map.groupBy ? Map.groupBy(data.figures, (figure) => figure[CELL]) : data.figures.reduce(
    (map, figure) => map.set(figure[CELL], [...(map.get(figure[CELL]) ?? []), figure]), new Map());
  const number = (value) => value.toLocaleString("en");
  const answer = (cell, asked) => {
    const [words, isRevised, independent, best, low, high, basis] = data.cells[cell];
    const same = byCell.get(cell);
    const concerned = [...new Set(asked.flatMap((figure) => figure[FINDINGS]))].map((position) => data.findings[position]);
    const open = concerned.filter(([, , state, about]) => state !== "acknowledged" && about === "figure");
    const others = concerned.filter((finding) => !open.includes(finding));
    const [held, failed] = asked.map((figure) => [figure[HELD], figure[FAILED]]).sort((a, b) => b[0] - a[0])[0];
    const fits = !held ? "" : failed ? ` ${number(held)} of the ${many(held + failed, "comparison")} that it is part of hold${held === 1 ? "s" : ""}.` : ` It fits the ${many(held, "comparison")} that it is part of.`;
    const verdict = ["contradicted", "confirmed", "compatible", "unchecked"].find((name) => asked.some((figure) => figure[VERDICT] === name));
    const sources = independent > 1 ? `${number(independent)} independent sources speak of it.` : "One source prints it.";
    const isAnother = verdict === "contradicted" && best !== null && asked.every((figure) => (figure[CORRECTED] ?? figure[VALUE]) !== best);
    const standing = open.length && isAnother ? ["Rather not", `All other evidence contradicts it, and so ${open.length === 1 ? "does" : "do"} ${many(open.length, "finding")}.`]
      : open.length ? ["With care", `${many(open.length, "finding")} ${open.length === 1 ? "speaks" : "speak"} against it or against what it is part of.`]
      : verdict === "contradicted" ? ["With care", "All other evidence contradicts it."]
      : isRevised ? ["With care", "Its publisher has printed another number too."]
      : verdict === "confirmed" ? ["Yes", `All other evidence confirms it. ${sources}${fits}`]
      : verdict === "compatible" ? ["Yes, with its source", `All other evidence allows it, and other values too. ${sources}${fits}`]
      : ["Nobody can tell", `${sources} Were it mistyped, nothing here would notice.`];
    const box = make("section", "", { class: "answer" });
    box.append(make("h3", `${standing[0]}: ${asked[0][PRINTED]}, ${words}`), make("p", standing[1]));
    const between = high === null ? (low ? `, ${number(low)} or more` : "") : low === high ? "" : `, between ${number(low)} and ${number(high)}`;
    if (best !== null && basis) box.append(make("p", `Best value: ${number(best)}${between} (${basis}).`));
    const list = (title, told) => {
      if (!told.length) return;
      const items = make("ul");
      for (const [id, headline] of told) {
        const item = make("li");
        item.append($(`f-${id}`) ? make("a", headline, { href: `#f-${id}` }) : make("span", headline));
        items.append(item);
      }
      box.append(make("p", title), items);
    };
    list("Against it:", open);
    list("About it, but not against it (claims that do not hold, findings that somebody has accepted):", others);
    box.append(table(same, asked));
    return box;
  };
  const table = (same, asked) => {
    const body = make("tbody");
    for (const figure of [...same].sort((a, b) => asked.includes(b) - asked.includes(a) || a[VALUE] - b[VALUE])) {
      const [source, publisher, origin, url, day] = data.pages[figure[PAGE]];
      const page = make("td", "", { class: "words" });
      page.append(url ? make("a", publisher, { href: url, rel: "noreferrer noopener" }) : publisher, day ? `, ${day}` : "", origin === publisher ? "" : ` (after ${origin})`);
      const interval = figure[HIGH] === figure[LOW] ? "" : figure[HIGH] === null ? `${number(figure[LOW])} or more` : `${number(figure[LOW])}–${number(figure[HIGH])}`;
      const row = make("tr");
      row.append(
        make("td", figure[PRINTED] + (figure[CORRECTED] === null ? "" : ` (corrected: ${number(figure[CORRECTED])})`), { class: "n" }), make("td", interval, { class: "n" }), page,
        make("td", `${number(figure[HELD])} hold${figure[HELD] === 1 ? "s" : ""}, ${number(figure[FAILED])} fail${figure[FAILED] === 1 ? "s" : ""}`),
        make("td", `${data.files[figure[FILE]]}, row ${number(figure[ROW])}`, { class: "words", title: figure[ID] }));
      body.append(row);
    }
    const head = make("tr");
    for (const [label, kind] of [["Printed", "n"], ["May mean", "n"], ["Page"], ["Comparisons"], ["Row"]]) head.append(make("th", label, { scope: "col", class: kind ?? "" }));
    const whole = make("table");
    whole.append(make("thead"), body);
    whole.tHead.append(head);
    const box = make("div", "", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures for the same thing" });
    box.append(whole);
    return box;
  };
  const reply = () => {
    const typed = form.elements.number.value.trim();
    const out = $("answers");
    out.replaceChildren();
    if (!typed) return;
    const value = /^[\d\s.,'’_\u00a0\u2009\u202f]+$/.test(typed) ? Number(typed.replace(/\D/g, "")) : null;
    const words = typed.toLowerCase().split(/\s+/);
    const found = data.figures.filter((figure) => value !== null ? figure[VALUE] === value || figure[CORRECTED] === value
      : words.every((word) => data.cells[figure[CELL]][0].toLowerCase().includes(word) || figure[ID].toLowerCase().includes(word)));
    const cells = [...new Set(found.map((figure) => figure[CELL]))];
    const missing = data.figures.length < data.total ? "No figure among those that can be looked up here." : "No page that was read prints it.";
    if (!cells.length) out.append(make("p", `“${typed}”: ${missing}`));
    for (const cell of cells.slice(0, 20)) out.append(answer(cell, found.filter((figure) => figure[CELL] === cell)));
    if (cells.length > 20) out.append(make("p", `and ${number(cells.length - 20)} more things; type more words.`));
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); reply(); });
}

addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = $("filters")?.elements.text ?? $("number");
  if (field) { event.preventDefault(); field.focus(); }
});
lookUp();
copying();
deepLinks(findings());
