//! The page in a browser without a window. Skipped with a line where there is no chromium.

use super::{folder, page};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Uses the page as a reader would, and writes down what happened.
const READER: &str = r#"<script>
(function () {
  var found = [];
  document.querySelectorAll("table").forEach(function (t) {
    if (!t.tBodies.length || t.tBodies[0].rows.length < 2) { return; }
    var heads = t.querySelectorAll("thead th");
    heads.forEach(function (th, k) {
      var button = th.querySelector("button");
      if (!button) { found.push("no button in " + t.id); return; }
      button.click();
      var cells = Array.from(t.tBodies[0].rows).map(function (r) { return r.cells[k]; });
      var numbers = cells.filter(function (c) { return c.hasAttribute("data-v"); }).map(function (c) { return Number(c.dataset.v); });
      for (var i = 1; i < numbers.length; i++) { if (numbers[i] < numbers[i - 1]) { found.push("not sorted: " + t.id + " " + k); break; } }
      if (th.getAttribute("aria-sort") !== "ascending") { found.push("not said to be sorted: " + t.id); }
    });
  });
  document.querySelectorAll("figure .scroll > svg").forEach(function (svg) {
    svg.focus();
    svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    var tip = document.getElementById("tip");
    if (tip.hidden || !tip.textContent) { found.push("no word about " + svg.getAttribute("aria-labelledby")); }
    svg.querySelectorAll("text").forEach(function (t) {
      var b = t.getBBox(), v = svg.viewBox.baseVal;
      if (b.x < -1 || b.y < -1 || b.x + b.width > v.width + 1 || b.y + b.height > v.height + 1) { found.push("outside: " + t.textContent); }
    });
    svg.blur();
  });
  document.getElementById("theme").click();
  found.push("theme " + document.documentElement.dataset.theme);
  if (document.documentElement.scrollWidth > window.innerWidth) { found.push("wider than the window"); }
  found.push("loaded " + performance.getEntriesByType("resource").length);
  document.documentElement.setAttribute("data-found", found.join("; "));
})();
</script></body>"#;

fn browser() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .output()
                .is_ok_and(|o| o.status.success())
        })
}

fn dump(browser: &str, file: &Path, width: u32) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},900"))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_browser_finds_nothing_wrong() {
    let Some(browser) = browser() else {
        // Past the capture of the test harness: whoever reads the log should see it.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no chromium, so nobody opened the page"
        );
        return;
    };
    let dir = folder();
    nothing_wrong(browser, dir.path(), &page(dir.path()));
    // The page of a plan that was found.
    fs::write(dir.path().join("desk.toml"), crate::staff::DAY).unwrap();
    let (status, text) = super::handover(dir.path(), "staff desk.toml -o staffed");
    assert_eq!(status, 0, "{text}");
    let staffed = dir.path().join("staffed/results/report.html");
    let staffed = fs::read_to_string(staffed).unwrap();
    assert!(staffed.contains("Agents of desk"));
    nothing_wrong(browser, dir.path(), &staffed);
}

fn nothing_wrong(browser: &str, dir: &Path, page: &str) {
    let file = dir.join("read.html");
    fs::write(&file, page.replace("</body>", READER)).unwrap();
    for width in [1200, 500] {
        let (dom, log) = dump(browser, &file, width);
        let found = dom
            .split("data-found=\"")
            .nth(1)
            .and_then(|t| t.split('"').next());
        let found = found.unwrap_or_else(|| panic!("the page did not run: {log}"));
        assert!(
            found == "theme dark; loaded 0" || found == "theme light; loaded 0",
            "{width}: {found}"
        );
        let said: Vec<&str> = log.lines().filter(|l| l.contains("CONSOLE")).collect();
        assert!(said.is_empty(), "{said:?}");
    }
}
