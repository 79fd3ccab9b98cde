(function () {
  "use strict";
  var root = document.documentElement;
  var button = document.getElementById("theme");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var now = function () { return root.dataset.theme || (dark.matches ? "dark" : "light"); };
  var label = function () {
    button.textContent = now() === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", "Switch to the " + button.textContent.toLowerCase() + " theme");
  };
  button.hidden = false;
  button.addEventListener("click", function () { root.dataset.theme = now() === "dark" ? "light" : "dark"; label(); });
  dark.addEventListener("change", label);
  label();

  var tip = document.getElementById("tip");
  var hot = null;
  function hide() { if (hot) { hot.classList.remove("hot"); } hot = null; tip.hidden = true; }
  function show(mark, x, y) {
    if (mark !== hot) { hide(); hot = mark; mark.classList.add("hot"); tip.textContent = mark.getAttribute("data-t"); tip.hidden = false; }
    var box = tip.getBoundingClientRect();
    var left = Math.min(Math.max(8, x + 14), root.clientWidth - box.width - 8);
    var top = y + 18 + box.height > window.innerHeight ? y - box.height - 12 : y + 18;
    tip.style.left = Math.max(8, left) + "px";
    tip.style.top = Math.max(8, top) + "px";
  }
  document.addEventListener("pointermove", function (e) {
    var mark = e.target.closest ? e.target.closest("[data-t]") : null;
    if (mark) { show(mark, e.clientX, e.clientY); } else if (e.pointerType === "mouse") { hide(); }
  });
  document.addEventListener("pointerdown", function (e) {
    var mark = e.target.closest ? e.target.closest("[data-t]") : null;
    if (mark) { show(mark, e.clientX, e.clientY); } else { hide(); }
  });
  document.addEventListener("keydown", function (e) { if (e.key === "Escape") { hide(); } });
  document.querySelectorAll("figure .scroll > svg").forEach(function (svg) {
    var marks = Array.from(svg.querySelectorAll("[data-t]"));
    var i = -1;
    svg.addEventListener("keydown", function (e) {
      var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!step || !marks.length) { return; }
      e.preventDefault();
      i = Math.min(Math.max(i + step, 0), marks.length - 1);
      var b = marks[i].getBoundingClientRect();
      show(marks[i], b.left + b.width / 2, b.top + b.height / 2);
    });
    svg.addEventListener("blur", hide);
  });

  // On paper nobody can unfold what the figures rest on.
  var unfolded = [];
  window.addEventListener("beforeprint", function () {
    unfolded = Array.from(document.querySelectorAll("#assumptions details:not([open]), #definitions details:not([open])"));
    unfolded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { unfolded.forEach(function (d) { d.open = false; }); });

  function value(cell) { return cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent; }
  function rows(table) {
    return Array.from(table.rows).map(function (r) { return Array.from(r.cells).map(function (c) { return r.parentNode.tagName === "THEAD" ? c.textContent : value(c); }); });
  }
  function quote(s) { return /[",\n\r]/.test(s) ? '"' + s.replace(/"/g, '""') + '"' : s; }
  function said(b, text) { var old = b.textContent; b.textContent = text; setTimeout(function () { b.textContent = old; }, 1500); }
  document.querySelectorAll(".tools").forEach(function (t) { t.hidden = false; });
  document.querySelectorAll("[data-copy]").forEach(function (b) {
    b.addEventListener("click", function () {
      var table = document.getElementById(b.dataset.copy);
      var text = rows(table).map(function (r) { return r.join("\t"); }).join("\n");
      var old = function () {
        var area = document.createElement("textarea");
        area.value = text; document.body.appendChild(area); area.select();
        var done = document.execCommand("copy");
        area.remove(); said(b, done ? "Copied" : "Not copied");
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(text).then(function () { said(b, "Copied"); }, old); } else { old(); }
    });
  });
  document.querySelectorAll("[data-save]").forEach(function (b) {
    b.addEventListener("click", function () {
      var table = document.getElementById(b.dataset.save);
      var text = rows(table).map(function (r) { return r.map(quote).join(","); }).join("\n") + "\n";
      var a = document.createElement("a");
      a.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      a.download = b.dataset.save + ".csv";
      document.body.appendChild(a); a.click(); a.remove();
      setTimeout(function () { URL.revokeObjectURL(a.href); }, 1000);
    });
  });
  document.querySelectorAll("table thead th").forEach(function (th) {
    var b = document.createElement("button");
    b.type = "button"; b.textContent = th.textContent; th.textContent = ""; th.appendChild(b);
    b.addEventListener("click", function () {
      var table = th.closest("table"), body = table.tBodies[0], k = th.cellIndex;
      var up = th.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th[aria-sort]").forEach(function (o) { o.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      var key = function (r) { var v = value(r.cells[k]); var n = Number(v); return r.cells[k].hasAttribute("data-v") ? n : v; };
      Array.from(body.rows).sort(function (a, c) {
        var x = key(a), y = key(c);
        var d = typeof x === "number" && typeof y === "number" ? x - y
          : typeof x === "number" ? -1 : typeof y === "number" ? 1 : x.localeCompare(y);
        return up ? d : -d;
      }).forEach(function (r) { body.appendChild(r); });
    });
  });
})();
