extension RunPage {
  /// What tells the values under the pointer; it takes texts as text nodes only.
  static let script = #"""
    "use strict";
    const make = (kind, text) => {
      const node = document.createElement("span");
      node.className = kind;
      if (text !== undefined) node.textContent = text;
      return node;
    };
    const show = value => {
      const digits = Math.abs(value) >= 1e4 || Number.isInteger(value) ? 0 : 5;
      return digits ? String(Number(value.toPrecision(digits))) : value.toLocaleString("en");
    };
    // The point nearest to x, of points that ascend.
    const nearest = (points, x) => {
      let low = 0, high = points.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (points[middle][0] < x) low = middle; else high = middle;
      }
      return Math.abs(points[low][0] - x) <= Math.abs(points[high][0] - x) ? points[low] : points[high];
    };

    for (const chart of JSON.parse(document.getElementById("data").textContent).charts) {
      const plot = document.getElementById(chart.id);
      const all = chart.series.flatMap(series => series.points.map(point => point[0])).sort((a, b) => a - b);
      const along = value => (value - chart.from) / (chart.to - chart.from);
      const above = value => {
        const share = chart.log
          ? Math.log(value / chart.low) / Math.log(chart.high / chart.low)
          : (value - chart.low) / (chart.high - chart.low);
        return 1 - Math.min(1, Math.max(0, share));
      };
      let added = [], place = -1;
      const clear = () => { added.forEach(node => node.remove()); added = []; };
      const tell = x => {
        clear();
        const rule = make("rule"), tip = make("tip");
        rule.style.left = `${100 * along(x)}%`;
        tip.append(make("", `${chart.x} ${show(x)}`));
        added = [rule, tip];
        // A series tells nothing far from where it has points.
        const reach = (chart.to - chart.from) / 40;
        for (const series of chart.series) {
          const point = nearest(series.points, x), [at, value, half] = point ?? [];
          if (point === undefined || Math.abs(at - x) > reach) continue;
          const row = document.createElement("div"), name = make(""), spot = make(`spot ${series.kind}`);
          const key = document.createElement("i");
          key.className = series.kind;
          name.append(key, series.name + (at === x ? "" : ` (${show(at)})`));
          row.append(name, make("", show(value) + (half === undefined ? "" : ` ± ${show(Number(half.toPrecision(3)))}`)));
          tip.append(row);
          spot.style.left = `${100 * along(at)}%`;
          spot.style.top = `${100 * above(value)}%`;
          added.push(spot);
        }
        plot.append(...added);
        const left = along(x) * plot.clientWidth, width = tip.offsetWidth;
        const beside = left + 12 + width <= plot.clientWidth ? left + 12 : left - 12 - width;
        tip.style.left = `${Math.max(-40, Math.min(beside, plot.clientWidth - width))}px`;
      };
      const point = event => {
        const box = plot.getBoundingClientRect();
        const x = chart.from + (event.clientX - box.left) / box.width * (chart.to - chart.from);
        if (!all.length) return;
        place = all.indexOf(nearest(all.map(value => [value]), x)[0]);
        tell(all[place]);
      };
      plot.tabIndex = 0;
      plot.addEventListener("pointermove", point);
      plot.addEventListener("pointerdown", point);
      plot.addEventListener("pointerleave", clear);
      plot.addEventListener("blur", clear);
      plot.addEventListener("keydown", event => {
        const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!way) return;
        event.preventDefault();
        const old = all[place];
        do place += way; while (all[place] === old && place > 0 && place < all.length - 1);
        place = Math.max(0, Math.min(all.length - 1, place));
        tell(all[place]);
      });
    }
    """#
}
