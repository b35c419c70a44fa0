// One exchange as it is shown: the question, and the answer as far as it has come.

class TurnView {
  #widget;
  #turn;
  #said = make("div", { class: "said" });
  #cards = make("div", { class: "cards" });
  #end = make("div", { class: "end" });
  #shown = 0;
  #isComplete = false;

  constructor(widget, turn) {
    this.#widget = widget;
    this.#turn = turn;
    const asked = make("p", { class: "asked", lang: languageOf(turn.question) }, turn.question);
    asked.prepend(make("span", { class: "unseen", lang: widget.language }, `${widget.say("asked")} `));
    this.answer = make("div", { class: "answer" }, this.#said, this.#cards, this.#end);
    this.element = make("div", { class: "turn" }, asked, this.answer);
    this.update();
  }

  // Cards are added and never made anew, so that one that has the focus keeps it.
  update() {
    const { answer, partial, trouble } = this.#turn;
    const coming = answer || partial;
    if (!coming) this.#clear();
    else this.#show(coming, Boolean(answer));
    if (answer && !this.#isComplete) this.#complete(answer);
    if (!answer) this.#end.replaceChildren(...(trouble ? [this.#troubled(trouble)] : []));
  }

  #clear() {
    this.#cards.replaceChildren();
    this.#shown = 0;
    const { trouble, waiting } = this.#turn;
    const words = this.#widget.say(waiting ? `waiting_${waiting}` : "thinking");
    this.#said.replaceChildren(...(trouble ? [] : [make("p", { class: "busy" }, words)]));
  }

  #show(coming, isWhole) {
    const spoken = coming.language;
    this.answer.lang = spoken;
    const parts = paragraphsOf(coming, isWhole).map(({ kind, text }) => {
      return make("p", { class: kind }, text);
    });
    if (coming.understood && ["answered", "silent"].includes(coming.status)) {
      const understood = say(spoken, "understood", { question: coming.understood });
      parts.unshift(make("p", { class: "aside" }, understood));
    }
    this.#said.replaceChildren(...parts);
    for (const citation of coming.citations.slice(this.#shown)) {
      this.#cards.append(card(this.#widget, citation, spoken));
      this.#shown += 1;
    }
  }

  #complete(answer) {
    this.#isComplete = true;
    if (answer.status === "failed") {
      this.#end.replaceChildren(this.#retry());
      return;
    }
    const related = answer.citations.length ? [] : answer.related || [];
    if (related.length) {
      this.#cards.append(make("p", { class: "aside" }, say(answer.language, "related")));
      this.#cards.append(...related.map((one) => card(this.#widget, one, answer.language)));
    }
    const parts = answer.status === "small_talk" ? [] : [feedbackView(this.#widget, this.#turn)];
    this.#end.replaceChildren(...parts);
  }

  #troubled(trouble) {
    const { language } = this.#widget;
    const words = make("p", { lang: language }, wordsOf(this.#widget, trouble));
    return make("div", { class: "trouble" }, words, this.#retry());
  }

  #retry() {
    const again = () => this.#widget.retry(this.#turn);
    const attributes = { type: "button", class: "plain", lang: this.#widget.language };
    return make("button", { ...attributes, click: again }, this.#widget.say("retry"));
  }
}

// What is said besides the citations. Of an answer that is still coming, the lines that quote are
// left out: their citations are shown as cards.
function paragraphsOf(answer, isWhole) {
  const { status, text, lead } = answer;
  const split = (words) => words.split("\n\n").filter((one) => one.trim());
  if (status === "answered" && lead) {
    const before = text.includes(lead) ? split(text.slice(0, text.indexOf(lead))) : [];
    return [...before.map((one) => ({ kind: "aside", text: one })), { kind: "lead", text: lead }];
  }
  const quotes = answer.citations.map((one) => one.quote);
  const repeated = (one) => one.startsWith("“") || quotes.some((quote) => one.includes(quote));
  const related = answer.related || [];
  const names = (one) => related.length && related.every(({ heading }) => one.includes(heading));
  const isLeft = (one) => (status === "answered" ? !isWhole && repeated(one) : names(one));
  const kind = status === "answered" && !isWhole ? "lead" : "plainly";
  return split(text).filter((one) => !isLeft(one)).map((one) => ({ kind, text: one }));
}

// A clause in a few words; the whole card opens it.
function card(widget, citation, spoken) {
  const { clause, heading, quote } = citation;
  const language = citation.language || spoken;
  const attributes = { type: "button", class: "opens", lang: spoken };
  const title = make(
    "button",
    { ...attributes, click: () => widget.openClause(citation, title) },
    make("span", { class: "number" }, clause),
    make("span", { class: "heading" }, heading || ""),
    make("span", { class: "unseen", lang: widget.language }, widget.say("opens")),
    icon("forward"),
  );
  const words = quote ? make("blockquote", { lang: language }, quote) : null;
  return make("div", { class: "card" }, title, words);
}

// The server's own words where they tell more than ours.
function wordsOf(widget, trouble) {
  const isTold = trouble.detail && ["busy", "failed", "refused"].includes(trouble.kind);
  return isTold ? trouble.detail : widget.say(`trouble_${trouble.kind}`);
}

// What a screen reader is told once, when the answer is complete.
function announcementOf(widget, turn) {
  if (!turn.answer) {
    return wordsOf(widget, turn.trouble);
  }
  const said = paragraphsOf(turn.answer, true).map((one) => one.text);
  const count = turn.answer.citations.length;
  if (count) said.push(say(turn.answer.language, "cited", { count }));
  return said.join(" ");
}
