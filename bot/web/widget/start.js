// Puts one widget on the page for the script's own tag, unless one of the same server stands there.

function place() {
  const there = [...document.querySelectorAll("policybot-widget")];
  const serverOf = (one) => serverFrom(one.dataset.server || one.getAttribute("src"));
  if (there.some((one) => serverOf(one) === SERVER)) return;
  const element = document.createElement("policybot-widget");
  for (const [name, value] of Object.entries(OWN_SCRIPT.dataset)) element.dataset[name] = value;
  element.dataset.server = SERVER;
  document.body.append(element);
}

const isModern = "adoptedStyleSheets" in Document.prototype && CSS.supports("color", "color-mix(in srgb, red, red)");
if (isModern) {
  if (!customElements.get("policybot-widget")) {
    customElements.define("policybot-widget", PolicybotWidget);
  }
  if (OWN_SCRIPT && OWN_SCRIPT.dataset.manual === undefined) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
    else place();
  }
}
