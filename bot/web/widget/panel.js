// What is seen: the launcher and the panel, which is a bottom sheet on a phone.

const SHEET = "(max-width: 479.98px)";
const COARSE = "(pointer: coarse)";

class Panel {
  #widget;
  #root;
  #sheet = matchMedia(SHEET);
  #opener = null;
  #left = null;
  #scrolled = 0;
  #ends = new AbortController();

  constructor(widget, shadow) {
    this.#widget = widget;
    this.composer = new Composer(widget);
    this.clause = new ClauseView(widget, () => this.#leaveClause());
    this.launcher = make("button", { type: "button", class: "launcher", "aria-haspopup": "dialog" });
    this.launcher.addEventListener("click", () => widget.open());
    this.head = make("div", { class: "head" });
    this.turns = make("div", { class: "turns" });
    this.greeting = make("p", { class: "greeting" });
    this.offers = make("div", { class: "offers", role: "group" });
    this.log = make("div", { class: "log", role: "log", "aria-live": "off", tabindex: "0" });
    this.log.append(this.greeting, this.turns);
    this.note = make("p", { class: "note" });
    this.talk = make("div", { class: "talk" }, this.log, this.composer.element, this.note);
    // within the panel: a modal sheet silences what is outside it
    this.live = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
    this.panel = make("div", { class: "panel", role: "dialog", tabindex: "-1", hidden: true });
    this.panel.append(this.head, this.talk, this.clause.element, this.live);
    this.scrim = make("div", { class: "scrim", hidden: true, click: () => widget.close() });
    this.#root = make("div", { class: "root" }, this.launcher, this.scrim, this.panel);
    shadow.replaceChildren(this.#root);
    this.#listen();
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  // All that stands in the language of the interface.
  render(isBusy) {
    const { language, options } = this.#widget;
    const words = (name) => this.#widget.say(name);
    const title = options.title || words("title");
    const other = LANGUAGES.find((one) => one !== language);
    this.#root.lang = language;
    this.launcher.replaceChildren(icon("chat"), make("span", {}, words("launch")));
    this.launcher.setAttribute("aria-expanded", String(this.isOpen));
    this.panel.setAttribute("aria-label", title);
    const attributes = { type: "button", class: "tool switch", lang: other };
    const toggle = () => {
      this.#widget.switchLanguage();
      this.head.querySelector(".switch").focus();
    };
    const leave = () => this.#widget.close();
    this.head.replaceChildren(
      make("h2", {}, title),
      make("button", { ...attributes, click: toggle }, say(other, "language_name")),
      iconButton("again", words("again"), () => this.#again()),
      iconButton("close", words("close"), leave),
    );
    this.greeting.textContent = options.greeting || words("greeting");
    this.log.setAttribute("aria-label", words("log"));
    const policy = { href: this.#widget.server.page("clauses"), target: "_blank", rel: "noopener" };
    const whole = make("a", policy, words("whole_policy"));
    this.note.replaceChildren(`${words("note")} `, whole);
    this.composer.show(isBusy);
    this.clause.refresh();
  }

  // The latest turn is as high as the view, so that its question can go to the top.
  showTurns(elements) {
    this.turns.replaceChildren(...elements);
  }

  // An answer is read from its question on.
  showLatest() {
    if (this.clause.isOpen) this.#leaveClause();
    const latest = this.turns.lastElementChild;
    if (latest) this.log.scrollTop = latest.offsetTop - 12;
  }

  offer(label, texts, take) {
    const buttons = texts.map((text) => {
      const attributes = { type: "button", class: "offer", lang: languageOf(text) };
      return make("button", { ...attributes, click: () => take(text) }, text);
    });
    this.offers.replaceChildren(make("p", { class: "aside" }, label), ...buttons);
    this.offers.setAttribute("aria-label", label);
    this.offers.hidden = !texts.length;
    (this.turns.lastElementChild || this.log).append(this.offers);
  }

  // One announcement: the words before it are taken away first, so that the same can be said twice.
  announce(words) {
    this.live.textContent = words;
  }

  open(takesFocus) {
    this.#left = document.activeElement;
    this.panel.hidden = false;
    this.launcher.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    this.#fit();
    if (takesFocus) this.enter();
  }

  // On a phone the keyboard would cover half of what can be asked: there the box waits for a tap.
  enter() {
    if (this.#sheet.matches && matchMedia(COARSE).matches) this.panel.focus();
    else this.composer.focus();
  }

  close() {
    if (this.clause.isOpen) this.#leaveClause();
    const hadFocus = this.panel.contains(this.#root.getRootNode().activeElement);
    this.panel.hidden = true;
    this.scrim.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    const left = this.#left;
    const host = this.#root.getRootNode().host;
    const isElsewhere = left && left.isConnected && left !== document.body && left !== host;
    if (hadFocus) (isElsewhere ? left : this.launcher).focus();
  }

  async openClause(citation, opener) {
    this.#opener = opener;
    this.#scrolled = this.log.scrollTop;
    this.talk.hidden = true;
    this.panel.classList.add("wide");
    await this.clause.open(citation);
  }

  end() {
    this.#ends.abort();
  }

  paint(chosen, theme, side, place) {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const scheme = theme || (isDark ? "dark" : "light");
    Object.assign(this.#root.dataset, { scheme, side });
    this.#root.style.setProperty("--place", String(place));
    paint(this.#root, chosen, scheme);
  }

  #again() {
    if (this.clause.isOpen) this.#leaveClause();
    this.#widget.again();
  }

  #leaveClause() {
    this.clause.hide();
    this.panel.classList.remove("wide");
    this.talk.hidden = false;
    this.log.scrollTop = this.#scrolled;
    if (this.#opener && this.#opener.isConnected) this.#opener.focus();
    else this.composer.focus();
  }

  // As a sheet it is modal; beside a page it is not.
  #fit() {
    const isSheet = this.#sheet.matches;
    this.scrim.hidden = !isSheet || !this.isOpen;
    if (isSheet) this.panel.setAttribute("aria-modal", "true");
    else this.panel.removeAttribute("aria-modal");
    const view = window.visualViewport;
    const covered = view ? Math.max(0, innerHeight - view.height - view.offsetTop) : 0;
    const isZoomed = view && view.scale > 1.01;
    this.#root.style.setProperty("--keyboard", `${isZoomed ? 0 : Math.round(covered)}px`);
  }

  #listen() {
    const { signal } = this.#ends;
    const fit = () => this.#fit();
    this.#sheet.addEventListener("change", fit, { signal });
    if (window.visualViewport) window.visualViewport.addEventListener("resize", fit, { signal });
    this.panel.addEventListener("keydown", (event) => this.#onKey(event));
    // what is typed here is none of the host page's keyboard shortcuts
    for (const kind of ["keydown", "keypress", "keyup"]) {
      this.#root.addEventListener(kind, (event) => event.stopPropagation());
    }
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (this.clause.isOpen) this.#leaveClause();
      else this.#widget.close();
    } else if (event.key === "Tab" && this.#sheet.matches) {
      this.#keepFocus(event);
    }
  }

  #keepFocus(event) {
    const all = this.panel.querySelectorAll("button, a[href], textarea, input, [tabindex='0']");
    const reachable = [...all].filter((one) => !one.disabled && one.getClientRects().length);
    const [first, last] = [reachable[0], reachable[reachable.length - 1]];
    const active = this.#root.getRootNode().activeElement;
    const isAtEnd = event.shiftKey ? active === first || active === this.panel : active === last;
    if (!isAtEnd) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}
