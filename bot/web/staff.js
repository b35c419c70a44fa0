// What the staff desk does in the browser: shortcuts, copying replies, where the focus goes.
// Called once, when the page is loaded.
() => {
  const one = (selector) => document.querySelector(selector);
  const KEYS = "policybot-staff-keys";
  const NARROW = window.matchMedia("(max-width: 1000px)");
  const QUIET_AFTER = 5000; // milliseconds that a confirmation stays

  const told = document.createElement("div");
  told.id = "told";
  told.setAttribute("role", "status");
  one(".gradio-container").append(told);
  one("#found").setAttribute("role", "status");

  let quiet = 0;
  const tell = (text) => {
    told.textContent = text;
    told.classList.add("shown");
    clearTimeout(quiet);
    quiet = setTimeout(() => told.classList.remove("shown"), QUIET_AFTER);
  };

  // The page's address may end without a slash; the links of its HTML count on one.
  const address = (link) => {
    const page = location.pathname;
    return new URL(link, location.origin + (page.endsWith("/") ? page : `${page}/`)).href;
  };

  const box = () => one("#search textarea, #search input");
  const headings = () => [...document.querySelectorAll("#results summary")];
  const card = () => document.activeElement?.closest?.("#results details");
  // What a shortcut is for: the clause with the focus, else the first open one, else the first.
  const current = () => card() || one("#results details[open]") || one("#results details");

  const move = (step) => {
    const every = headings();
    const place = every.indexOf(card()?.querySelector("summary"));
    const next = every[Math.min(Math.max(place + step, 0), every.length - 1)];
    next?.focus();
    next?.scrollIntoView({block: "nearest"});
  };

  const search = (query) => {
    const field = box();
    const proto = Object.getPrototypeOf(field);
    Object.getOwnPropertyDescriptor(proto, "value").set.call(field, query);
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.focus();
    window.scrollTo({top: 0});
  };

  // Where the browser offers no clipboard (a page without TLS), the older way; then by hand.
  const write = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      field.style.position = "fixed";
      field.style.opacity = "0";
      const before = document.activeElement;
      document.body.append(field);
      field.select();
      let done = false;
      try {
        done = document.execCommand("copy");
      } finally {
        field.remove();
        before?.focus?.({preventScroll: true});
      }
      return done;
    }
  };
  const copy = async (button) => {
    const text = button.dataset.reply + address(button.dataset.link);
    const isCopied = await write(text);
    tell(isCopied ? button.dataset.told : button.dataset.failed);
    const actions = button.closest(".actions");
    actions.parentElement.querySelector(".by-hand")?.remove();
    if (!isCopied) {
      const field = document.createElement("textarea");
      field.className = "by-hand";
      field.readOnly = true;
      field.rows = 8;
      field.value = text;
      field.setAttribute("aria-label", button.textContent);
      actions.after(field);
      field.select();
    }
  };

  const help = () => {
    const list = one("#keys");
    one("#single-keys").checked = isOn();
    if (!list.open) list.showModal();
  };
  const isOn = () => {
    try {
      return localStorage.getItem(KEYS) !== "off";
    } catch {
      return true;
    }
  };
  const does = {
    copy, help,
    close: () => one("#keys").close(),
    search: (button) => search(button.dataset.query),
    inbox: () => {
      one("#inbox").classList.toggle("closed");
      mend();
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-does]");
    if (button) does[button.dataset.does](button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "single-keys") return;
    try {
      localStorage.setItem(KEYS, event.target.checked ? "on" : "off");
    } catch { /* it holds for as long as the browser lets it */ }
  });

  const shortcuts = {
    "/": () => { box().focus(); box().select(); },
    "?": help,
    j: () => move(1),
    k: () => move(-1),
    c: () => current()?.querySelector("[data-does=copy]")?.click(),
    p: () => current()?.querySelector("a.permalink")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    const isChord = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    if (isChord || one("#keys")?.open) return;
    const target = event.target;
    const isBox = target === box();
    const isTyping = target.closest?.("input, textarea, select, [role=listbox], [contenteditable]");
    const arrow = {ArrowDown: 1, ArrowUp: -1}[event.key];
    let act = null;
    if (isBox && event.key === "ArrowDown") act = () => headings()[0]?.focus();
    else if (isBox && event.key === "Escape") act = () => box().blur();
    else if (isTyping) return;
    else if (arrow && target.closest?.("#results")) act = () => move(arrow);
    else if (isOn()) act = shortcuts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Gradio draws parts of the page anew, without what was added to them.
  const mend = () => {
    const isOpen = !one("#inbox").classList.contains("closed");
    one("#inbox-title button")?.setAttribute("aria-expanded", String(isOpen));
    for (const time of document.querySelectorAll("#unanswered time:not([data-local])")) {
      time.dataset.local = "";
      time.textContent = new Date(time.dateTime).toLocaleString(
        document.documentElement.lang || [], {dateStyle: "medium", timeStyle: "short"});
    }
    for (const link of document.querySelectorAll("#results a.permalink:not([data-whole])")) {
      link.dataset.whole = "";
      link.href = address(link.getAttribute("href"));
    }
    for (const choice of document.querySelectorAll("fieldset input[type=radio]")) {
      choice.name = choice.closest("fieldset").id;
    }
  };
  if (NARROW.matches) one("#inbox").classList.add("closed");
  new MutationObserver(mend).observe(one(".gradio-container"), {subtree: true, childList: true});
  mend();

  window.policybotStaff = {
    speak(language) {
      document.documentElement.lang = language;
    },
  };
}
