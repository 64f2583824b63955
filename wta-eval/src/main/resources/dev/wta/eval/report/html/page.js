"use strict";
// The page can be read without any of this: it adds the unit's view, reading curves off, and a switch of colours.

(() => {
  const root = document.documentElement;

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  // Colours: what the system says, until the reader chooses.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const theme = button("", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    label();
  });
  const label = () => {
    theme.textContent = dark() ? "light" : "dark";
    theme.setAttribute("aria-label", `Switch to ${theme.textContent} colours`);
  };
  theme.className = "theme";
  system.addEventListener("change", label);
  label();
  document.body.prepend(theme);

  // The view of a unit.
  const links = [...document.querySelectorAll(".filters a")];
  const dialog = document.createElement("dialog");
  const view = document.createElement("div");
  let at = 0;
  const show = (index) => {
    at = index;
    const portrait = document.querySelector(links[at].getAttribute("href")).cloneNode(true);
    portrait.removeAttribute("id");
    view.replaceChildren(portrait);
    dialog.setAttribute("aria-label", portrait.querySelector("h3").textContent);
    previous.disabled = at === 0;
    next.disabled = at === links.length - 1;
  };
  const previous = button("‹ previous", () => show(at - 1));
  const next = button("next ›", () => show(at + 1));
  const close = button("close", () => dialog.close());
  const steps = document.createElement("nav");
  steps.append(previous, close, next);
  dialog.append(view, steps);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });
  dialog.addEventListener("close", () => links[at].focus());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" && at > 0) show(at - 1);
    if (event.key === "ArrowRight" && at < links.length - 1) show(at + 1);
  });

  // One stop for the Tab key, and arrows from there: nobody wants to pass hundreds of filters.
  links.forEach((link, index) => {
    link.tabIndex = index === 0 ? 0 : -1;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
      dialog.showModal();
    });
    link.addEventListener("focus", () => {
      links.forEach((other) => { other.tabIndex = -1; });
      link.tabIndex = 0;
    });
    link.addEventListener("keydown", (event) => {
      const columns = links.filter((other) => other.offsetTop === links[0].offsetTop).length;
      const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
      const target = links[index + moves[event.key]];
      if (target) {
        event.preventDefault();
        target.focus();
      }
    });
  });

  // Reading a curve off: the vertices of its path are the points of its data, in order.
  const hidden = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.setAttribute("visibility", "hidden");
    return made;
  };
  const makeReadable = (svg, xs, ys, readout) => {
    const path = svg.querySelector("path[d]").getAttribute("d");
    const places = [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map((match) => [+match[1], +match[2]]);
    if (places.length !== xs.length) return; // it has gaps
    const foot = svg.querySelector("line.axis").getAttribute("y1");
    const line = hidden("line", { class: "hover", y1: 64, y2: foot });
    const dot = hidden("circle", { class: "dot", r: 4 });
    svg.append(line, dot);
    svg.addEventListener("pointermove", (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const distances = places.map((place) => Math.abs(place[0] - point.x));
      const nearest = distances.indexOf(Math.min(...distances));
      const [x, y] = places[nearest];
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
      [line, dot].forEach((mark) => mark.setAttribute("visibility", "visible"));
      readout.textContent = `step ${xs[nearest].toLocaleString("en")}: ${+ys[nearest].toPrecision(4)}`;
    });
    svg.addEventListener("pointerleave", () => {
      [line, dot].forEach((mark) => mark.setAttribute("visibility", "hidden"));
      readout.textContent = "\u00a0";
    });
  };
  document.querySelectorAll(".curve").forEach((figure) => {
    const xs = figure.dataset.x.split(" ").map(Number);
    const ys = figure.dataset.y.split(" ").map(Number);
    const readout = figure.querySelector(".readout");
    figure.querySelectorAll("svg").forEach((svg) => makeReadable(svg, xs, ys, readout));
  });
})();
