/* The form of an application: each line shows the fields of what it asks for, each select what can still be chosen, and
   the panel beside it what the terms say — all while it is being filled in. Without this script the form works as well. */

"use strict";

(() => {
  const form = document.getElementById("application-form");
  if (!form) return;
  const data = JSON.parse(document.getElementById("application-data").textContent);
  const lines = document.getElementById("lines");
  const panel = document.getElementById("judgement");
  const pattern = document.getElementById("line-pattern");
  const { catalogue, targets, services } = data;
  const serviceOf = new Map(services.map((service) => [service.code, service]));

  const all = () => [...lines.querySelectorAll(".line")];
  const input = (line, name) => line.querySelector(`[data-field="${name}"]`);
  const value = (line, name) => {
    const found = input(line, name);
    return found && !found.disabled ? found.value : "";
  };
  const label = (line, name) => {
    const select = input(line, name);
    return select.value && select.selectedOptions.length ? select.selectedOptions[0].textContent : "";
  };
  const lineOf = (key) => all().find((line) => line.dataset.key === key);
  const labels = new Map();
  pattern.content.querySelectorAll("select").forEach((select) => {
    labels.set(select.dataset.field, new Map([...select.options].map((option) => [option.value, option.textContent])));
  });

  /* What a target is, whether the unit has it already or another line of the form asks for it. */
  function standing(number) {
    if (targets[number]) return targets[number];
    const line = lineOf(number);
    if (!line) return null;
    if (value(line, "verb") === "contract") {
      const module = { type: value(line, "module_type"), kind: value(line, "kind"), item: value(line, "item") };
      return { number, category: value(line, "category"), ...(value(line, "category") === "module" ? module : {}) };
    }
    return { number, option: value(line, "option") };
  }

  const ofForm = (verb) => all().filter((line) => value(line, "verb") === verb);
  const isPremium = (found) =>
    found.category === "premium" ||
    ofForm("category").some((line) => value(line, "target") === found.number && value(line, "to_category") === "premium");

  function said(number) {
    if (targets[number]) return `${number} ${targets[number].name}`;
    const line = lineOf(number);
    if (!line) return number;
    const names = value(line, "verb") === "contract" ? ["module_type", "kind", "item"] : ["option"];
    const parts = value(line, "category") && value(line, "category") !== "module" ? ["category"] : names;
    return [number, ...parts.map((name) => (value(line, name) ? label(line, name) : ""))].filter(Boolean).join(" ");
  }

  const kindsOf = (found) => Object.keys(catalogue.items[found.type] || {});
  const itemsOf = (found) => (catalogue.items[found.type] || {})[found.kind || ""] || [];

  function contractsHeld() {
    const existing = Object.values(targets).filter((found) => found.category).map((found) => found.number);
    return [...existing, ...ofForm("contract").map((line) => line.dataset.key)];
  }

  function optionsOn(number) {
    const found = standing(number);
    if (!found) return [...labels.get("option").keys()].filter(Boolean);
    if (found.category === "module") return catalogue.options[found.type] || [];
    return catalogue.options[isPremium(found) ? "premium" : "tier"];
  }

  function changeable(verb) {
    const held = Object.values(targets);
    const picked = {
      category: (found) => catalogue.ranks[found.category] < Math.max(...Object.values(catalogue.ranks)),
      item: (found) => found.type && found.type !== "device_log" && itemsOf(found).some((item) => item !== found.item),
      retention_years: (found) => found.option === "log_retention" && found.years < 10,
      quantity: (found) => found.option === "edr_licence",
      price: () => true,
    }[verb];
    const existing = picked ? held.filter(picked).map((found) => found.number) : [];
    if (verb !== "price") return existing;
    return [...existing, ...[...ofForm("contract"), ...ofForm("option")].map((line) => line.dataset.key)];
  }

  const years = (after) => [...labels.get("to_years").keys()].filter((count) => count && Number(count) > after);

  /* What each select may offer in a line, by its field. */
  const offers = {
    kind: (line) => kindsOf({ type: value(line, "module_type") }).filter(Boolean),
    item: (line) => itemsOf({ type: value(line, "module_type"), kind: value(line, "kind") }),
    contract: () => contractsHeld(),
    option: (line) => optionsOn(value(line, "contract")),
    target: (line) => changeable(value(line, "verb")),
    to_category: (line) => {
      const rank = catalogue.ranks[(targets[value(line, "target")] || {}).category] || 0;
      return Object.keys(catalogue.ranks).filter((category) => catalogue.ranks[category] > Math.max(rank, 1));
    },
    to_item: (line) => {
      const found = targets[value(line, "target")] || {};
      return itemsOf(found).filter((item) => item !== found.item);
    },
    to_years: (line) => years((targets[value(line, "target")] || {}).years || 0),
  };

  /* Lay out a select anew. What it has stays, also where it is not offered any more, unless what decides it was changed. */
  function offer(line, name, changed) {
    const select = input(line, name);
    const allowed = offers[name](line);
    const kept = select.value;
    const gone = kept && !allowed.includes(kept);
    const values = gone && !changed ? [...allowed, kept] : allowed;
    const named = (code) => (name === "contract" || name === "target" ? said(code) : labels.get(name).get(code) || code);
    const wanted = ["", ...values].map((code) => [code, code ? named(code) : "—"]);
    const same = wanted.length === select.options.length &&
      wanted.every(([code, text], at) => select.options[at].value === code && select.options[at].textContent === text);
    if (same) return;
    select.replaceChildren(...wanted.map(([code, text]) => new Option(text, code)));
    select.value = gone && changed ? "" : kept;
    if (values.length === 1 && changed && !select.value && name !== "target" && name !== "contract") select.value = values[0];
  }

  function offerServices(line) {
    const field = input(line, "linked_service");
    const id = `services-${line.dataset.key.slice(1)}`;
    let list = document.getElementById(id);
    if (!list) {
      list = document.createElement("datalist");
      list.id = id;
      line.append(list);
      field.setAttribute("list", id);
    }
    const type = value(line, "module_type");
    const item = value(line, "item");
    const linked = (catalogue.links[type] || []).filter(
      (service) => type !== "firewall" || !item || (service === "fms") === (item === catalogue.fmsItem),
    );
    const fits = services.filter((service) => linked.includes(service.service));
    list.replaceChildren(...fits.map((service) => {
      const option = new Option(service.label, service.code);
      option.label = service.label;
      return option;
    }));
  }

  /* 第7条第5項: kind and item are the linked service's; where they are not chosen yet, they are taken from it. */
  function takeFromService(line) {
    const service = serviceOf.get(value(line, "linked_service").trim());
    const type = value(line, "module_type");
    if (!service || service.service === "fms" || !(catalogue.links[type] || []).includes(service.service)) return;
    for (const name of ["kind", "item"]) {
      if (!value(line, name) && offers[name](line).includes(service[name])) {
        input(line, name).value = service[name];
        offer(line, "item", false);
      }
    }
  }

  /* The one service of the customer's that fits the module, where no other line has it. */
  function takeOnlyService(line) {
    const field = input(line, "linked_service");
    const type = value(line, "module_type");
    if (!type || field.value) return;
    const taken = all().filter((other) => other !== line).map((other) => value(other, "linked_service").trim());
    const fits = services.filter((service) => service.own && (catalogue.links[type] || []).includes(service.service));
    const open = fits.filter((service) => !taken.includes(service.code));
    if (open.length !== 1 || fits.length !== 1) return;
    field.value = open[0].code;
    layOut(line, "linked_service");
    takeFromService(line);
    layOut(line);
  }

  const empty = {
    kind: (line) => offers.kind(line).length === 0,
    item: (line) => offers.item(line).length === 0,
    linked_service: (line) => !catalogue.links[value(line, "module_type")],
  };

  function applies(line, name) {
    const verb = value(line, "verb");
    if (!(data.verbs[verb] || []).includes(name)) return false;
    const conditions = data.shownWhen[name];
    if (conditions && !Object.entries(conditions).some(([other, values]) => values.includes(value(line, other)))) return false;
    return !(empty[name] && empty[name](line) && !input(line, name).value);
  }

  /* Fields in their order: one may decide whether and what the next offers. */
  function layOut(line, changedField = "") {
    let changed = changedField === "verb";
    line.querySelectorAll("[data-of]").forEach((box) => {
      const name = box.dataset.of;
      const field = input(line, name);
      if (offers[name] && (data.verbs[value(line, "verb")] || []).includes(name)) offer(line, name, changed);
      const shown = applies(line, name);
      box.hidden = !shown;
      field.disabled = !shown;
      if (name === changedField) changed = true;
    });
    offerServices(line);
  }

  function layOutAll() {
    all().forEach((line) => layOut(line));
  }

  /* Lines come and go; a key is never given out twice, so that no reference ever means another line. */
  let last = Math.max(0, ...all().map((line) => Number(line.dataset.key.slice(1))));

  function newLine() {
    last += 1;
    const holder = document.createElement("div");
    holder.append(pattern.content.cloneNode(true));
    const line = holder.querySelector(".line");
    for (const node of [line, ...line.querySelectorAll("*")]) {
      for (const attribute of [...node.attributes]) {
        if (attribute.value.includes(data.blank)) {
          node.setAttribute(attribute.name, attribute.value.replaceAll(data.blank, String(last)));
        }
      }
    }
    line.querySelectorAll("legend, .number").forEach((node) => { node.textContent = `#${last}`; });
    lines.append(line);
    prepare(line);
    spare(line);
    return line;
  }

  /* What nobody has come to yet is not marked as wrong; the panel speaks of it all the same. */
  function spare(line) {
    line.querySelectorAll("[data-field]").forEach((field) => { field.dataset.fresh = "yes"; });
  }

  /* A remark's button: the line that mends it, added to the form, or changed where the form has it already. */
  function mend(values) {
    const line = values.key ? lineOf(values.key) : unusedLine() || newLine();
    for (const [name, wanted] of Object.entries(values)) {
      const field = name === "key" ? null : input(line, name);
      if (!field) continue;
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === wanted)) {
        field.add(new Option(wanted, wanted));
      }
      field.value = wanted;
      delete field.dataset.fresh;
      layOut(line, name);
      field.value = wanted;
    }
    takeOnlyService(line);
    layOutAll();
    line.scrollIntoView({ block: "center" });
    const open = [...line.querySelectorAll("[data-of]:not([hidden]) [data-field]")].find((field) => !field.disabled && !field.value);
    (open || input(line, "verb")).focus();
    touched();
    check();
  }

  const unusedLine = () => all().find((line) => !input(line, "verb").value);

  /* What the browser kept of this form: its lines anew, each under the number it had. */
  function refill(entries) {
    const typed = new Map(entries.filter(([name]) => name !== "known"));
    for (const name of ["version", "applied_on", "starts_on", "reason"]) {
      if (typed.has(name)) form.elements[name].value = typed.get(name);
    }
    const positions = entries.filter(([name]) => name === "line").map(([, position]) => Number(position));
    if (positions.length) {
      all().forEach((line) => line.remove());
      positions.forEach((position) => {
        last = position - 1;
        fillIn(newLine(), typed, position);
      });
      last = Math.max(0, ...positions);
    }
    kept = entries.filter(([name]) => name === "known").map(([, value]) => value);
    layOutAll();
    check();
  }

  function fillIn(line, typed, position) {
    for (const name of ["verb", ...Object.keys(fieldOrder)]) {
      const wanted = typed.get(`line-${position}-${name}`);
      const field = input(line, name);
      if (wanted === undefined || !field) continue;
      if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === wanted)) {
        field.add(new Option(wanted, wanted));
      }
      field.value = wanted;
      layOut(line);
      field.value = wanted;
    }
    layOut(line);
  }

  const fieldOrder = {};
  pattern.content.querySelectorAll("[data-of]").forEach((box) => { fieldOrder[box.dataset.of] = true; });
  let kept = [];
  form.addEventListener("kept", (event) => {
    event.preventDefault();
    refill(event.detail);
  });

  function spareNothing() {
    form.querySelectorAll("[data-fresh]").forEach((field) => { delete field.dataset.fresh; });
  }

  function prepare(line) {
    line.querySelector(".remove").hidden = false;
    layOut(line);
  }

  function remove(line) {
    const around = all();
    const at = around.indexOf(line);
    line.remove();
    if (!all().length) newLine();
    const next = all()[Math.min(at, all().length - 1)];
    input(next, "verb").focus();
    layOutAll();
    touched();
  }

  /* Judging. */
  let waiting = null;
  let asked = null;

  function touched() {
    form.dispatchEvent(new Event("kept-changed"));
    clearTimeout(waiting);
    waiting = setTimeout(() => check(), 400);
  }

  async function check(asking = "1") {
    clearTimeout(waiting);
    if (asked) asked.abort();
    asked = new AbortController();
    const own = asked;
    const body = new FormData(form);
    body.set("check", asking);
    kept.forEach((key) => body.append("known", key));
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(window.location.href, {
        method: "POST", body, headers: { "X-Requested-With": "fetch" }, signal: own.signal, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (own === asked) {
        show(text);
        kept = [];
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      const failed = document.createElement("p");
      failed.className = "refused";
      failed.setAttribute("role", "alert");
      failed.textContent = data.words.failed;
      panel.querySelectorAll(":scope > .refused").forEach((old) => old.remove());
      panel.prepend(failed);
    }
    if (own === asked) panel.removeAttribute("aria-busy");
  }

  function show(text) {
    const found = new DOMParser().parseFromString(text, "text/html");
    panel.replaceChildren(...found.body.childNodes);
    shorten();
    mark();
  }

  /* Where the panel stands below the form, its verdict is said beside the buttons too. */
  function shorten() {
    const short = form.querySelector(".submit-row .short");
    const verdict = panel.querySelector(".verdict strong");
    short.hidden = !verdict;
    short.textContent = verdict ? verdict.textContent : "";
    short.dataset.state = panel.querySelector(".judgement").dataset.state;
    form.querySelector(".although").hidden = short.dataset.state !== "refused";
  }

  /* Mark the fields that the panel speaks of. */
  function mark() {
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    form.querySelectorAll(".field.errors, .line.errors").forEach((box) => box.classList.remove("errors"));
    panel.querySelectorAll(".against [data-field]").forEach((remark) => {
      const { key, field } = remark.dataset;
      const line = key ? lineOf(key) : null;
      const found = line ? input(line, field) : field === "applied_on" || field === "accepted_on" ? form.elements.applied_on : null;
      if (!found || found.dataset.fresh) return;
      if (line) line.classList.add("errors");
      found.setAttribute("aria-invalid", "true");
      found.closest(".field").classList.add("errors");
    });
    const day = form.elements.applied_on;
    if (!day.value) day.setAttribute("aria-invalid", "true");
  }

  function goTo(id) {
    const found = document.getElementById(id);
    const line = found ? found.closest(".line") : null;
    const seen = found && !found.disabled ? found : line && [...line.querySelectorAll("select, input:not([type=hidden])")].find((field) => !field.disabled);
    if (!seen) return;
    seen.focus();
    seen.scrollIntoView({ block: "center" });
  }

  form.addEventListener("change", (event) => {
    const line = event.target.closest(".line");
    const name = event.target.dataset.field;
    if (line && name) {
      layOut(line, name);
      if (name === "linked_service") {
        takeFromService(line);
        layOut(line);
      }
      all().filter((other) => other !== line).forEach((other) => layOut(other));
    }
    touched();
  });
  form.addEventListener("input", touched);
  form.addEventListener("focusout", (event) => {
    if (!event.target.dataset.fresh) return;
    delete event.target.dataset.fresh;
    mark();
  });
  form.addEventListener("click", (event) => {
    if (event.target.matches(".remove")) remove(event.target.closest(".line"));
    const link = event.target.closest("a[href^='#']");
    if (link && panel.contains(link)) {
      event.preventDefault();
      goTo(link.getAttribute("href").slice(1));
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      spareNothing();
      check();
    }
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "mend") {
      event.preventDefault();
      mend(JSON.parse(event.submitter.value));
    } else if (event.submitter && event.submitter.name === "check") {
      event.preventDefault();
      spareNothing();
      check(event.submitter.value);
    }
  });

  /* One choice begins a line: what it asks for, on the contract that it can only be meant for, with the one service that fits. */
  const kinds = document.getElementById("add-kind");
  document.getElementById("adding").hidden = false;
  kinds.addEventListener("change", (event) => {
    event.stopPropagation();
    if (!kinds.value) return;
    const values = JSON.parse(kinds.value);
    kinds.value = "";
    if (values.verb === "option") {
      const fits = contractsHeld().filter((number) => optionsOn(number).includes(values.option));
      if (fits.length === 1) values.contract = fits[0];
    }
    mend({ verb: values.verb, ...(values.contract ? { contract: values.contract } : {}), ...values });
  });

  const add = document.getElementById("add-line");
  add.addEventListener("click", () => {
    input(newLine(), "verb").focus();
    touched();
  });
  const unused = all().filter((line) => !input(line, "verb").value && ![...line.querySelectorAll("[data-of] [data-field]")].some((field) => field.value));
  unused.slice(all().length === unused.length ? 1 : 0).forEach((line) => line.remove());
  all().forEach(prepare);
  all().filter((line) => !input(line, "verb").value).forEach(spare);
  shorten();
  mark();
})();
