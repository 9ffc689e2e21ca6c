/// What the page does: it reads curves where one points, and sorts tables. Without it, everything can still be read.
enum PageScript {
  static let source = #"""

    "use strict";
    for (const figure of document.querySelectorAll("figure.curves")) {
      const svg = figure.querySelector("svg[data-count]"), cursor = svg.querySelector(".cursor");
      const reading = figure.querySelector(".reading"), rows = figure.querySelectorAll("tbody tr");
      const names = [...figure.querySelectorAll("thead th")].slice(1).map(cell => cell.textContent);
      const left = Number(svg.dataset.left), right = Number(svg.dataset.right), count = rows.length;
      let place = -1;
      const show = index => {
        place = Math.min(Math.max(index, 0), count - 1);
        if (place < 0) return;
        const x = count < 2 ? (left + right) / 2 : left + (right - left) * place / (count - 1);
        cursor.setAttribute("x1", x);
        cursor.setAttribute("x2", x);
        const cells = [...rows[place].children].map(cell => cell.textContent);
        reading.textContent = "epoch " + cells[0] + ": " + names.map((name, number) => name + " " + cells[number + 1]).join(", ");
      };
      svg.addEventListener("pointermove", event => {
        const box = svg.getBoundingClientRect();
        const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
        show(Math.round((x - left) / (right - left) * (count - 1)));
      });
      svg.addEventListener("keydown", event => {
        const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -count, End: count };
        if (!(event.key in steps)) return;
        event.preventDefault();
        const step = steps[event.key], start = step < 0 ? count : -1;
        show((place < 0 ? start : place) + step);
      });
    }
    for (const table of document.querySelectorAll("table.sortable")) {
      const body = table.tBodies[0], headings = [...table.tHead.rows[0].cells];
      headings.forEach((heading, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = heading.textContent;
        heading.replaceChildren(button);
        button.addEventListener("click", () => {
          const isRising = heading.getAttribute("aria-sort") !== "ascending";
          for (const other of headings) other.removeAttribute("aria-sort");
          heading.setAttribute("aria-sort", isRising ? "ascending" : "descending");
          const value = row => row.cells[column].textContent;
          const order = column === 0 ? (a, b) => value(a).localeCompare(value(b))
            : (a, b) => (Number(value(a)) || 0) - (Number(value(b)) || 0);
          body.append(...[...body.rows].sort((a, b) => isRising ? order(a, b) : order(b, a)));
        });
      });
    }

    """#
}
