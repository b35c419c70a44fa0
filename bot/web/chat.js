// What the chat page does in the browser: names for screen readers, where the focus goes, and
// what is scrolled into view. Called once with the page's words, when the page is loaded.
(words) => {
  const one = (selector) => document.querySelector(selector);

  // Finished answers and thanks are announced once, politely; the growing log is not.
  // Beside the text, Gradio keeps a clock that nobody is to hear.
  for (const text of document.querySelectorAll(":is(#spoken, #feedback-said) .html-container")) {
    text.setAttribute("role", "status");
    text.setAttribute("aria-live", "polite");
    text.setAttribute("aria-atomic", "true");
  }
  // Gradio names a message by its HTML, and gives each choice of a group a group of its own.
  const mend = () => {
    const said = words[document.documentElement.lang];
    for (const [kind, name] of [["user", said?.question], ["bot", said?.answer]]) {
      for (const message of document.querySelectorAll(`#log [data-testid=${kind}]`)) {
        if (name && message.getAttribute("aria-label") !== name) {
          message.setAttribute("role", "group");
          message.setAttribute("aria-label", name);
        }
      }
    }
    for (const group of document.querySelectorAll("fieldset")) {
      const label = group.querySelector("[data-testid=block-info]");
      if (label) {
        label.id = `${group.id}-label`;
        group.setAttribute("aria-labelledby", label.id);
      }
      for (const choice of group.querySelectorAll("input[type=radio]")) {
        if (choice.name !== group.id) choice.name = group.id;
      }
    }
  };
  new MutationObserver(mend).observe(one(".gradio-container"), {
    subtree: true, childList: true, attributeFilter: ["aria-label", "name"],
  });
  one("#feedback-said").tabIndex = -1;
  one("#thread").tabIndex = -1;
  one("#thread [role=log]").setAttribute("aria-live", "off");

  window.policybotChat = {
    speak(language) {
      document.documentElement.lang = language;
      mend();
      one("#thread [role=log]").setAttribute("aria-label", words[language].log);
    },
    // What is suggested is in the language of the answer, which may not be the page's.
    offered() {
      const language = [...document.querySelectorAll(".answer")].pop()?.lang;
      for (const button of document.querySelectorAll("#suggestions .suggestion")) {
        button.lang = language || document.documentElement.lang;
      }
      window.policybotChat.showLatest(); // now there is room below it
    },
    // An answer is read from its beginning: the latest question goes to the top.
    showLatest() {
      requestAnimationFrame(() => {
        const asked = [...document.querySelectorAll("#log .user-row")].pop();
        const view = one("#thread");
        if (asked) {
          view.scrollTop += asked.getBoundingClientRect().top - view.getBoundingClientRect().top - 8;
        }
      });
    },
    focus(selector) {
      requestAnimationFrame(() => {
        one(selector)?.focus({preventScroll: selector === "#thread"});
        one(selector)?.closest("#feedback")?.scrollIntoView({block: "nearest"});
      });
    },
  };
}
