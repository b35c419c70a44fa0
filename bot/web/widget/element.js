// <policybot-widget>: reads its attributes, and gives open(), close() and ask(text).

const OWN_SCRIPT = document.currentScript;
const SERVER = OWN_SCRIPT && OWN_SCRIPT.src ? new URL(".", OWN_SCRIPT.src).href : document.baseURI;
const SHEETS = [];
const placed = [];

function styles() {
  if (!SHEETS.length) {
    SHEETS.push(new CSSStyleSheet());
    SHEETS[0].replaceSync(STYLE);
  }
  return SHEETS;
}

// The folder that the server's pages stand in, from what the host page gave; only http and https.
function serverFrom(given) {
  try {
    const url = new URL(given || SERVER, document.baseURI);
    if (!/^https?:$/.test(url.protocol)) return SERVER;
    const isFolder = !/\.js$/.test(url.pathname);
    if (isFolder && !url.pathname.endsWith("/")) url.pathname += "/";
    return new URL(".", url).href;
  } catch {
    return SERVER;
  }
}

// Of the page's language, then the browser's, the first that we speak; else English.
function preferredLanguage(element) {
  const near = element.closest("[lang]") || document.documentElement;
  const wanted = [near.lang, ...(navigator.languages || [])];
  const spoken = wanted.map((one) => String(one).toLowerCase().split("-")[0]);
  return spoken.find((one) => LANGUAGES.includes(one)) || "en";
}

class PolicybotWidget extends HTMLElement {
  #widget = null;
  #ends = null;

  static get observedAttributes() {
    return ["lang", "color", "side", "title", "greeting", "theme"].map((name) => `data-${name}`);
  }

  connectedCallback() {
    const shadow = this.shadowRoot || this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = styles();
    placed.push(this);
    this.#ends = new AbortController();
    this.#widget = new Widget(this, shadow, { ...this.#options(), ...this.#fixed() });
    const { signal } = this.#ends;
    const paint = () => this.#paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint, { signal });
    addEventListener("load", paint, { signal });
    paint();
    const { open } = this.dataset;
    if (open !== undefined && open !== "false") this.#widget.open(false);
  }

  disconnectedCallback() {
    placed.splice(placed.indexOf(this), 1);
    this.#ends.abort();
    this.#widget.panel.end();
    this.#widget.stop();
    this.#widget = null;
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#widget || before === after) return;
    this.#widget.configure(this.#options(), name === "data-lang");
    this.#paint();
  }

  open() {
    if (!this.#widget) return;
    this.#paint();
    this.#widget.open();
  }

  close() {
    if (this.#widget) this.#widget.close();
  }

  ask(text) {
    const question = String(text).trim();
    if (!this.#widget || !question) return;
    this.open();
    this.#widget.ask(question);
  }

  #options() {
    const { lang, title, greeting } = this.dataset;
    const language = LANGUAGES.includes(lang) ? lang : preferredLanguage(this);
    return { language, title: title || "", greeting: greeting || "" };
  }

  #fixed() {
    const { server, policy, remember } = this.dataset;
    const base = serverFrom(server || this.getAttribute("src"));
    const before = placed.filter((one) => one !== this).length;
    const key = remember === "off" ? "" : `policybot:${base}:${policy || ""}:${before}`;
    return { server: new Server(base, policy || ""), key };
  }

  // Widgets on one side stand beside each other.
  #paint() {
    const { color, theme, side } = this.dataset;
    const sideOf = (one) => (one.dataset.side === "left" ? "left" : "right");
    const chosen = color || getComputedStyle(this).getPropertyValue("--policybot-accent").trim();
    const fixed = ["light", "dark"].includes(theme) ? theme : "";
    const before = placed.slice(0, placed.indexOf(this));
    const place = before.filter((one) => sideOf(one) === sideOf(this)).length;
    this.#widget.panel.paint(chosen, fixed, side === "left" ? "left" : "right", place);
  }
}
