extension TracePage {
  /// What moves the page, which takes texts as text nodes only.
  static let script = #"""
    "use strict";
    const element = id => document.getElementById(id);
    const make = (tag, kind, text) => {
      const node = document.createElement(tag);
      if (kind) node.className = kind;
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const signs = text => text.replace(/[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      sign => sign === "\t" ? "⇥" : sign < " " ? String.fromCharCode(0x2400 + sign.charCodeAt(0)) : "\ufffd");
    const show = text => signs(text).replace(/\n/g, "⏎\n");
    // A mask has the width of the word that will stand there, so that lines stay where they are.
    const shade = text => /\S/.test(text)
      ? signs(text).replace(/\S/gu, "░").replace(/\n/g, "░\n")
      : text.replace(/[^\n]/g, "░\u200b").replace(/\n/g, "░\n") || "░";

    const traces = JSON.parse(element("data").textContent).traces.map((trace, index) => {
      const places = trace.begin.map(id => [{ step: -1, token: id === trace.mask ? -1 : id }]);
      for (const [step, time, place, token, probability, entropy, top] of trace.changes)
        places[place].push({ step, time, token, probability, entropy, top });
      return { ...trace, index, places, spans: [], shown: [],
        name: id => trace.names[id] ?? `${id} `, glow: Math.max(1, Math.round(trace.steps / 40)) };
    });
    const ticks = Math.max(1, Math.min(2000, Math.max(...traces.map(trace => trace.steps))));
    let tick = Math.round(ticks / 2), mode = "recency", pinned = null, timer = null;

    const done = trace => Math.round(tick / ticks * trace.steps);
    const entryAt = (trace, place, steps) => {
      const entries = trace.places[place];
      let last = entries.length - 1;
      while (last > 0 && entries[last].step >= steps) last--;
      return entries[last];
    };

    function kind(trace, place, entry, steps) {
      const kinds = ["t"];
      if (entry.token < 0) kinds.push("mask");
      else if (entry.step < 0) kinds.push("given");
      else if (mode === "recency") {
        const age = steps - 1 - entry.step;
        kinds.push(age < trace.glow ? "new" : age < 3 * trace.glow ? "recent" : "settled");
      } else kinds.push(mode === "step" ? "by-step" : "by-confidence");
      if (trace.length !== null && place >= trace.length) kinds.push("cut");
      if (pinned && pinned.trace === trace) {
        if (pinned.place === place) kinds.push("pinned");
        else if (entryAt(trace, place, pinned.entry.step).token < 0) kinds.push("later");
      }
      return kinds.join(" ");
    }

    function render() {
      for (const trace of traces) {
        const steps = done(trace);
        let masked = 0;
        trace.spans.forEach((span, place) => {
          const entry = entryAt(trace, place, steps), isMask = entry.token < 0;
          masked += isMask;
          if (trace.shown[place] !== entry) {
            const entries = trace.places[place], last = entries[entries.length - 1];
            span.textContent = !isMask ? show(trace.name(entry.token))
              : last.token < 0 ? "░" : shade(trace.name(last.token));
            span.style.setProperty("--step", (entry.step + 1) / trace.steps);
            span.style.setProperty("--confidence", entry.probability ?? 1);
            trace.shown[place] = entry;
          }
          const kinds = kind(trace, place, entry, steps);
          if (span.className !== kinds) span.className = kinds;
        });
        const share = trace.places.length ? Math.round(100 * masked / trace.places.length) : 0;
        element(`state-${trace.index}`).textContent = `after step ${steps} of ${trace.steps}, ${share} % masked`;
        for (const line of trace.lines) {
          const x = 44 + 424 * (trace.steps ? steps / trace.steps : 0);
          line.setAttribute("x1", x);
          line.setAttribute("x2", x);
        }
      }
      element("slider").value = tick;
      element("slider").setAttribute("aria-valuetext", element("state-0").textContent);
    }

    function detail(trace, place) {
      const box = element(`detail-${trace.index}`), entry = entryAt(trace, place, done(trace));
      const line = (...words) => make("p", "", words.join(" · "));
      box.replaceChildren();
      box.hidden = false;
      const lines = trace.spans[place].getClientRects(), first = lines[lines.length - 1];
      const frame = box.parentElement.getBoundingClientRect();
      box.style.top = `${first.bottom - frame.top + 6}px`;
      box.style.setProperty("--left", `${first.left - frame.left}px`);
      if (entry.token < 0) return box.append(line(`place ${place}`, "masked"));
      if (entry.step < 0) return box.append(line(`place ${place}`, "given from the beginning"));
      box.append(line(`place ${place}`, `step ${entry.step + 1}`, `t = ${entry.time}`,
        `probability ${entry.probability}`, `entropy ${entry.entropy} nats`));
      const list = make("ol");
      for (const [id, probability] of entry.top) {
        const item = make("li", id === entry.token ? "chosen" : "");
        item.style.setProperty("--share", probability);
        item.append(make("code", "", signs(trace.name(id)).replace(/\n/g, "⏎").replace(/ /g, "␣")), ` ${probability}`);
        list.append(item);
      }
      box.append(list);
      if (pinned && pinned.trace === trace && pinned.place === place)
        box.append(make("p", "hint", "Dimmed: what was not there yet when this token was chosen. Click it again to release."));
    }

    function pin(trace, place) {
      const entry = entryAt(trace, place, done(trace));
      const again = pinned && pinned.trace === trace && pinned.place === place;
      release();
      pinned = again || entry.step < 0 || entry.token < 0 ? null : { trace, place, entry };
      render();
      detail(trace, place);
    }

    function release() {
      pinned = null;
      for (const trace of traces) element(`detail-${trace.index}`).hidden = true;
      render();
    }

    function go(to) {
      tick = Math.max(0, Math.min(ticks, to));
      render();
    }

    function play(wanted = timer === null) {
      clearInterval(timer);
      timer = null;
      if (wanted) {
        release();
        if (tick === ticks) tick = 0;
        const delay = Math.max(30, Math.min(400, 8000 / ticks)), stride = Math.max(1, Math.round(ticks * delay / 8000));
        timer = setInterval(() => { go(tick + stride); if (tick === ticks) play(false); }, delay);
      }
      element("play").textContent = timer === null ? "▶" : "❚❚";
    }

    const legends = {
      recency: [["new", "new"], ["recent", "recent"], ["settled", "settled"], ["given", "given"]],
      step: [["by-step s0", "first"], ["by-step s1", "last"]],
      confidence: [["by-confidence c0", "unlikely"], ["by-confidence c1", "half"], ["by-confidence c2", "certain"]],
    };
    function colour(by) {
      mode = by;
      element("legend").replaceChildren(make("span", "t mask", "░░"), " masked ",
        ...legends[by].map(([kinds, word]) => make("span", `t ${kinds}`, word)).flatMap(node => [node, " "]));
      render();
    }

    for (const trace of traces) {
      const box = element(`text-${trace.index}`);
      trace.lines = [...box.closest("section").querySelectorAll("line.now")];
      trace.spans = trace.places.map((_, place) => {
        const span = make("span");
        span.tabIndex = place === 0 ? 0 : -1;
        return span;
      });
      box.replaceChildren(...trace.spans);
      const placeOf = event => trace.spans.indexOf(event.target);
      const listen = (kind, act) => box.addEventListener(kind, event => {
        if (placeOf(event) >= 0) act(trace, placeOf(event));
      });
      const peek = (trace, place) => { if (!pinned || pinned.trace === trace) detail(trace, place); };
      listen("mouseover", peek);
      listen("focusin", peek);
      listen("click", pin);
      for (const kind of ["mouseleave", "focusout"]) box.addEventListener(kind, () => {
        if (pinned && pinned.trace === trace) detail(trace, pinned.place);
        else element(`detail-${trace.index}`).hidden = true;
      });
      box.addEventListener("keydown", event => {
        const place = placeOf(event);
        const next = trace.spans[place + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? NaN)];
        if (next) {
          trace.spans[place].tabIndex = -1;
          next.tabIndex = 0;
          next.focus();
        } else if (event.key === "Enter") pin(trace, place);
        if (event.key.startsWith("Arrow")) { event.stopPropagation(); event.preventDefault(); }
      });
    }
    element("slider").max = ticks;
    element("slider").addEventListener("input", event => { play(false); go(Number(event.target.value)); });
    element("play").addEventListener("click", () => play());
    document.querySelectorAll("[name=mode]").forEach(input =>
      input.addEventListener("change", () => colour(input.value)));
    document.addEventListener("keydown", event => {
      if (event.key === "Escape") release();
      if (event.target.closest("input, button") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " ") { event.preventDefault(); play(); }
      if (event.key === "ArrowRight") { play(false); go(tick + 1); }
      if (event.key === "ArrowLeft") { play(false); go(tick - 1); }
    });
    colour("recency");
    """#
}
