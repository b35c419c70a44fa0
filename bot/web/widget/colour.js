// The accent that a host page chose, and what can be read on it and in it (WCAG 2.2, 1.4.3).

const READABLE = 4.5;
const SURFACES = { light: [255, 255, 255], dark: [15, 23, 42] };
const WHITE = [255, 255, 255];
const INK = [2, 6, 23];

function luminance(colour) {
  const parts = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return parts[0] * 0.2126 + parts[1] * 0.7152 + parts[2] * 0.0722;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

// The colour mixed with white or ink until it can be read on the surface.
function readableOn(surface, colour) {
  const end = luminance(surface) > 0.18 ? INK : WHITE;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = colour.map((value, place) => Math.round(value + (end[place] - value) * share));
    if (contrast(mixed, surface) >= READABLE) return mixed;
  }
  return end;
}

// Red, green and blue of any CSS colour, or null where it is none.
function channels(root, colour) {
  if (!colour || !CSS.supports("color", colour)) return null;
  root.style.color = `color-mix(in srgb, ${colour}, ${colour})`;
  const found = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)/.exec(getComputedStyle(root).color);
  root.style.color = "";
  return found && found.slice(1).map((share) => Math.round(Math.min(1, Math.max(0, share)) * 255));
}

// Sets the accent of the root element; without a choice the style sheet's own stays.
function paint(root, chosen, scheme) {
  const colour = channels(root, chosen);
  const set = (name, value) => {
    if (colour) root.style.setProperty(name, `rgb(${value.join(" ")})`);
    else root.style.removeProperty(name);
  };
  const onAccent = colour && contrast(WHITE, colour) >= READABLE ? WHITE : INK;
  set("--accent", colour);
  set("--on-accent", onAccent);
  set("--ink", colour && readableOn(SURFACES[scheme], colour));
}
