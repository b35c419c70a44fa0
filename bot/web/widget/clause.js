// A clause inside the panel: both language editions side by side, the quote marked in its own.

class ClauseView {
  #widget;
  #citation = null;
  #body = make("div", { class: "reading", tabindex: "0" });

  constructor(widget, close) {
    this.#widget = widget;
    this.element = make("div", { class: "clause", hidden: true });
    this.close = close;
  }

  get isOpen() {
    return !this.element.hidden;
  }

  async open(citation) {
    this.#citation = citation;
    const { language } = this.#widget;
    const label = this.#widget.say("back");
    const back = make("button", { type: "button", class: "plain back", click: this.close });
    back.append(icon("back"), label);
    this.#body.replaceChildren(make("p", { class: "busy" }, this.#widget.say("opening")));
    this.#body.setAttribute("role", "region");
    this.#body.setAttribute("aria-label", this.#widget.say("clause", { clause: citation.clause }));
    this.element.lang = language;
    this.element.replaceChildren(make("div", { class: "bar" }, back), this.#body);
    this.element.hidden = false;
    back.focus();
    await this.#load(citation);
  }

  // In the language of the moment.
  refresh() {
    if (this.isOpen) this.open(this.#citation);
  }

  hide() {
    this.element.hidden = true;
    this.#citation = null;
  }

  async #load(citation) {
    try {
      const clause = await this.#widget.server.clause(citation.clause);
      if (this.#citation === citation) this.#show(clause, citation);
    } catch (error) {
      if (this.#citation === citation) this.#fail(error, citation);
    }
  }

  #show(clause, citation) {
    const { language } = this.#widget;
    const first = clause.text[citation.language] ? citation.language : language;
    const order = [first, ...LANGUAGES.filter((one) => one !== first)];
    const editions = order.filter((one) => clause.text[one]).map((one) => {
      return this.#edition(clause, one, one === citation.language ? citation.quote : "");
    });
    const { version, effective } = clause.policy || {};
    this.#body.replaceChildren(
      make("p", { class: "which" }, make("span", { class: "number" }, clause.id), ...this.#path(clause)),
      make("div", { class: "editions" }, ...editions),
      make("p", { class: "aside" }, version ? this.#widget.say("version", { version, effective }) : ""),
      this.#link(clause.id),
    );
    const mark = this.#body.querySelector("mark");
    if (mark && mark.offsetTop > this.#body.clientHeight) mark.scrollIntoView({ block: "center" });
  }

  #path(clause) {
    const { language } = this.#widget;
    const spoken = clause.headings && clause.headings[language] ? language : null;
    const above = spoken ? clause.headings[spoken].slice(0, -1).join(" › ") : "";
    return above ? [make("span", { class: "path" }, above)] : [];
  }

  #edition(clause, spoken, quote) {
    const headings = (clause.headings && clause.headings[spoken]) || [];
    const heading = headings[headings.length - 1] || clause.heading;
    return make(
      "section",
      { class: "edition", lang: spoken },
      make("p", { class: "edition-name" }, say(spoken, "language_name")),
      make("h3", {}, heading),
      make("blockquote", {}, ...marked(clause.text[spoken], quote)),
    );
  }

  #link(id) {
    const { server, language } = this.#widget;
    const attributes = { href: server.clausePage(id, language), target: "_blank", rel: "noopener" };
    return make("p", {}, make("a", attributes, this.#widget.say("permalink")));
  }

  #fail(error, citation) {
    const detail = error instanceof Trouble ? error.detail : "";
    const again = make("button", { type: "button", class: "plain" }, this.#widget.say("retry"));
    again.addEventListener("click", () => this.open(citation));
    const words = make("p", {}, detail || this.#widget.say("clause_failed"));
    const quote = citation.quote
      ? make("blockquote", { lang: citation.language }, make("mark", {}, citation.quote))
      : null;
    const parts = [quote, make("div", { class: "trouble" }, words, again)];
    this.#body.replaceChildren(...parts.filter(Boolean));
    this.#widget.announce(words.textContent);
  }
}
