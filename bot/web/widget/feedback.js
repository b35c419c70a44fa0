// Thumbs under an answer. Up is sent at once; down asks for a reason and a comment first.

const REASONS = ["wrong_clause", "not_answered", "incomplete", "unclear", "other"];
const COMMENT_LIMIT = 500;
let formsMade = 0;

function feedbackView(widget, turn) {
  const words = (name) => widget.say(name);
  const view = make("div", { class: "feedback", lang: widget.language });

  const thank = () => {
    view.replaceChildren(make("p", { class: "aside", tabindex: "-1" }, words("thanks")));
  };

  const send = async (thumb, told, buttons) => {
    for (const one of buttons) one.disabled = true;
    try {
      await widget.server.sendFeedback(aboutTurn(turn, thumb, told), widget.language);
      turn.rated = true;
      widget.remember();
      const hadFocus = view.contains(view.getRootNode().activeElement);
      thank();
      if (hadFocus) view.firstChild.focus();
      widget.announce(words("thanks"));
    } catch (trouble) {
      for (const one of buttons) one.disabled = false;
      const detail = trouble instanceof Trouble ? trouble.detail : "";
      tell(view, detail || words("feedback_failed"));
      widget.announce(detail || words("feedback_failed"));
      buttons[0].focus();
    }
  };

  const ask = () => {
    const up = iconButton("up", words("up"), () => send("up", {}, [up, down]));
    const down = iconButton("down", words("down"), () => {
      const form = reasonForm(widget, (told, buttons) => send("down", told, buttons), () => {
        ask();
        view.querySelector("button:last-of-type").focus();
      });
      view.replaceChildren(form);
      form.querySelector("input").focus();
      form.scrollIntoView({ block: "nearest" });
    });
    view.replaceChildren(make("span", {}, words("helped")), up, down);
  };

  if (turn.rated) thank();
  else ask();
  return view;
}

function aboutTurn(turn, thumb, told) {
  const { language, status, citations, policy } = turn.answer;
  const clauses = citations.map((one) => one.clause);
  const version = (policy && policy.version) || "";
  return { question: turn.question, language, status, clauses, version, thumb, ...told };
}

function reasonForm(widget, send, cancel) {
  const name = `reason-${(formsMade += 1)}`;
  const chips = REASONS.map((reason) => {
    const choice = make("input", { type: "radio", name, value: reason });
    return make("label", { class: "chip" }, choice, make("span", {}, widget.say(`reason_${reason}`)));
  });
  const comment = make("textarea", { rows: "2", maxlength: String(COMMENT_LIMIT) });
  const sender = make("button", { type: "button", class: "main" }, widget.say("feedback_send"));
  const leaver = make("button", { type: "button", class: "plain" }, widget.say("cancel"));
  leaver.addEventListener("click", cancel);
  sender.addEventListener("click", () => {
    const chosen = chips.map((one) => one.firstChild).find((one) => one.checked);
    const told = {};
    if (chosen) told.reason = chosen.value;
    if (comment.value.trim()) told.comment = comment.value.trim();
    send(told, [sender, leaver]);
  });
  return make(
    "div",
    { class: "reasons" },
    make("fieldset", {}, make("legend", {}, widget.say("reason")), ...chips),
    make("label", { class: "comment" }, make("span", {}, widget.say("comment")), comment),
    make("div", { class: "buttons" }, sender, leaver),
  );
}

function tell(view, words) {
  const told = view.querySelector(".told");
  if (told) told.remove();
  view.append(make("p", { class: "told" }, words));
}
