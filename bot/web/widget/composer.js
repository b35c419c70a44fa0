// The box that questions are typed in. Nothing typed is ever taken away unasked.

const QUESTION_LIMIT = 2000; // characters, as the server counts them
const COUNTED_FROM = 1800;

class Composer {
  #widget;
  #box = make("textarea", { rows: "1", id: "box", autocomplete: "off" });
  #button = make("button", { type: "button", class: "send" });
  #count = make("p", { class: "count", id: "count" });
  #isBusy = false;

  constructor(widget) {
    this.#widget = widget;
    this.#box.setAttribute("aria-describedby", "count");
    this.#box.addEventListener("input", () => {
      this.#fit();
      widget.remember();
    });
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
    this.#button.addEventListener("click", () => this.#act());
    const row = make("div", { class: "row" }, this.#box, this.#button);
    this.element = make("div", { class: "composer" }, row, this.#count);
  }

  get draft() {
    return this.#box.value;
  }

  set draft(text) {
    this.#box.value = text;
    this.#fit();
  }

  focus() {
    this.#box.focus();
  }

  // In the language of the moment, and as a button to send or to stop.
  show(isBusy) {
    this.#isBusy = isBusy;
    const words = this.#widget.say("placeholder");
    this.#box.placeholder = words;
    this.#box.setAttribute("aria-label", words);
    const name = isBusy ? "stop" : "send";
    const label = this.#widget.say(name);
    this.#button.setAttribute("aria-label", label);
    this.#button.title = label;
    this.#button.dataset.does = name;
    this.#button.replaceChildren(icon(name));
    this.#fit();
  }

  // Enter sends, but not the Enter that ends the spelling of a Chinese word (229 in Safari).
  #onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.#isBusy) this.#send();
  }

  #act() {
    if (this.#isBusy) this.#widget.stop();
    else this.#send();
  }

  #send() {
    const question = this.#box.value;
    this.#box.focus();
    if (!question.trim() || this.#excess()) return;
    this.draft = "";
    this.#widget.ask(question.trim());
  }

  #excess() {
    const length = [...this.#box.value.trim()].length;
    return length > QUESTION_LIMIT ? length : 0;
  }

  #fit() {
    const length = [...this.#box.value.trim()].length;
    const isCounted = length > COUNTED_FROM;
    const words = { length, limit: QUESTION_LIMIT };
    this.#count.textContent = isCounted ? this.#widget.say("count", words) : "";
    this.#box.setAttribute("aria-invalid", String(length > QUESTION_LIMIT));
    this.#box.style.height = "auto";
    if (this.#box.scrollHeight) this.#box.style.height = `${this.#box.scrollHeight + 2}px`;
  }
}
