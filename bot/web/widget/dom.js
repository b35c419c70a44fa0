// Elements are made here and nowhere else: text goes in as text, so nothing in it can run.

const SVG = "http://www.w3.org/2000/svg";
const LANGUAGES = ["zh", "en"];
const HAN = /\p{Script=Han}/u;

// Outlines on a grid of 24, drawn with a stroke.
const ICONS = {
  chat: ["M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z", "M8 9h8M8 12.5h5"],
  close: ["M6 6l12 12M18 6L6 18"],
  again: ["M20 12a8 8 0 1 1-2.6-5.9", "M20 3v5h-5"],
  send: ["M12 19V5M6 11l6-6 6 6"],
  stop: ["M8 8h8v8H8z"],
  back: ["M19 12H5M11 6l-6 6 6 6"],
  forward: ["M9 6l6 6-6 6"],
  up: ["M4 11h3v9H4z", "M7 11l4-8a2.4 2.4 0 0 1 2.4 2.6L13 9h5a2 2 0 0 1 2 2.3l-1.1 7a2 2 0 0 1-2 1.7H7"],
  down: ["M20 13h-3V4h3z", "M17 13l-4 8a2.4 2.4 0 0 1-2.4-2.6L11 15H6a2 2 0 0 1-2-2.3l1.1-7a2 2 0 0 1 2-1.7H17"],
};

// A function listens, true sets an attribute, false and undefined leave it out.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((one) => one !== null && one !== undefined));
  return element;
}

function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", "icon");
  for (const outline of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", outline);
    picture.append(path);
  }
  return picture;
}

function iconButton(name, label, onclick, attributes) {
  const shown = { type: "button", class: "tool", "aria-label": label, title: label };
  return make("button", { ...shown, click: onclick, ...attributes }, icon(name));
}

// Words for screen readers alone.
function unseen(text) {
  return make("span", { class: "unseen" }, text);
}

// What somebody typed comes without a language: Han characters tell.
function languageOf(text) {
  return HAN.test(text) ? "zh" : "en";
}

function say(language, name, values = {}) {
  const text = WORDS[language][name];
  return text.replace(/\{(\w+)\}/g, (blank, key) => (key in values ? String(values[key]) : blank));
}

// The text with the quote marked where it stands, character for character.
function marked(text, quote) {
  const start = quote ? text.indexOf(quote) : -1;
  if (start < 0) return [text];
  return [text.slice(0, start), make("mark", {}, quote), text.slice(start + quote.length)];
}
