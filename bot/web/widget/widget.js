// The conversation: what was asked and answered, and what happens next. The panel shows it.

class Widget {
  #host;
  #memory;
  #turns = [];
  #views = new Map();
  #asking = null;
  #openers = { language: "", texts: [] };

  // options: {server, language, chosen, title, greeting, key}; chosen is what the switch was put
  // to, "" where it was not touched.
  constructor(host, shadow, options) {
    this.#host = host;
    this.#memory = new Memory(options.key);
    const kept = this.#memory.read();
    this.options = { ...options, chosen: kept.language };
    this.server = options.server;
    this.#turns = kept.turns;
    this.panel = new Panel(this, shadow);
    this.panel.composer.draft = kept.draft;
    this.render();
  }

  get language() {
    return this.options.chosen || this.options.language;
  }

  get isOpen() {
    return this.panel.isOpen;
  }

  say(name, values) {
    return say(this.language, name, values);
  }

  // The host page changed an attribute; a language it sets goes before the switch.
  configure(options, isLanguageNew) {
    const chosen = isLanguageNew ? "" : this.options.chosen;
    this.options = { ...this.options, ...options, chosen };
    this.render();
    if (this.isOpen) this.#fetchOpeners();
  }

  switchLanguage() {
    this.options.chosen = LANGUAGES.find((one) => one !== this.language);
    this.remember();
    this.render();
    this.#fetchOpeners();
  }

  render() {
    this.#views.clear();
    for (const turn of this.#turns) this.#views.set(turn, new TurnView(this, turn));
    this.panel.render(this.#asking !== null);
    this.panel.showTurns([...this.#views.values()].map((one) => one.element));
    this.#offer();
  }

  open(takesFocus = true) {
    if (this.isOpen) return;
    this.panel.open(takesFocus);
    this.panel.showLatest();
    this.#fetchOpeners();
    this.#tell("open");
  }

  close() {
    if (!this.isOpen) return;
    this.panel.close();
    this.#tell("close");
  }

  // While an answer is coming the question waits in the box.
  ask(question) {
    if (this.#asking) {
      this.panel.composer.draft = this.panel.composer.draft || question;
      return;
    }
    const fresh = { question, answer: null, partial: null, trouble: null, waiting: null };
    const turn = { ...fresh, rated: false };
    this.#turns.push(turn);
    this.#run(turn);
  }

  // Asks the same again, below what came since.
  retry(turn) {
    if (this.#asking) return;
    this.#turns = [...this.#turns.filter((one) => one !== turn), turn];
    this.panel.enter();
    this.#run(turn);
  }

  stop() {
    if (this.#asking) this.#asking.abort();
  }

  again() {
    this.stop();
    this.#asking = null;
    this.#turns = [];
    this.panel.composer.draft = "";
    this.#memory.forget();
    this.render();
    this.panel.announce("");
    this.panel.enter();
    this.#fetchOpeners();
  }

  openClause(citation, opener) {
    this.panel.openClause(citation, opener);
  }

  announce(words) {
    this.panel.announce(words);
  }

  remember() {
    const kept = this.#turns.slice(-TURNS_KEPT).map((turn) => {
      if (!turn.answer) return turn;
      const { hits, ms, ...answer } = turn.answer;
      return { ...turn, answer };
    });
    this.#memory.write(this.panel.composer.draft, this.options.chosen, kept);
  }

  async #run(turn) {
    const asking = new AbortController();
    this.#asking = asking;
    const history = this.#history(turn);
    Object.assign(turn, { answer: null, partial: null, trouble: null, waiting: null });
    this.remember();
    this.render();
    this.panel.announce("");
    this.panel.showLatest();
    const changed = () => {
      const view = this.#views.get(turn);
      if (view) view.update();
    };
    await askUntilAnswered(this.server, turn, history, this.language, asking.signal, changed);
    if (this.#asking !== asking) return; // started again meanwhile
    this.#asking = null;
    this.remember();
    this.panel.composer.show(false);
    this.#offer();
    this.panel.announce(announcementOf(this, turn));
    if (turn.answer) {
      const clauses = turn.answer.citations.map((one) => one.clause);
      this.#tell("answer", { status: turn.answer.status, clauses });
    } else if (turn.trouble.kind === "refused" && !this.panel.composer.draft) {
      this.panel.composer.draft = turn.question; // to be mended
    }
  }

  #history(turn) {
    const before = this.#turns.filter((one) => one !== turn && one.answer);
    return before.slice(-TURNS_KEPT).map(({ question, answer }) => {
      const clauses = answer.citations.map((one) => one.clause);
      return { question, status: answer.status, clauses };
    });
  }

  async #fetchOpeners() {
    const { language } = this;
    if (this.#turns.length || this.#openers.language === language) return;
    try {
      const texts = await this.server.suggestions(language);
      this.#openers = { language, texts };
      this.#offer();
    } catch {
      // without suggestions a question can be asked just as well
    }
  }

  // Suggestions stand below the latest answer, or below the greeting.
  #offer() {
    const last = this.#turns[this.#turns.length - 1];
    let [label, texts] = ["openers", []];
    if (!last && this.#openers.language === this.language) texts = this.#openers.texts;
    if (last && last.answer && !this.#asking) {
      [label, texts] = ["suggestions", last.answer.suggestions || []];
    }
    this.panel.offer(this.say(label), texts, (text) => {
      this.panel.enter();
      this.ask(text);
    });
  }

  #tell(name, detail) {
    const about = { bubbles: true, composed: true, detail };
    this.#host.dispatchEvent(new CustomEvent(`policybot:${name}`, about));
  }
}
