// What outlives a reload, in this tab alone: the draft, the language chosen and the last turns.
// Where storage is denied or full, nothing is kept and nothing breaks.

const TURNS_KEPT = 20;

class Memory {
  #key;

  // With an empty key nothing is read or written.
  constructor(key) {
    this.#key = key;
  }

  read() {
    try {
      const kept = (this.#key && JSON.parse(sessionStorage.getItem(this.#key))) || {};
      return {
        draft: typeof kept.draft === "string" ? kept.draft : "",
        language: LANGUAGES.includes(kept.language) ? kept.language : "",
        turns: Array.isArray(kept.turns) ? kept.turns.flatMap(turnFrom) : [],
      };
    } catch {
      return { draft: "", language: "", turns: [] };
    }
  }

  write(draft, language, turns) {
    if (!this.#key) return;
    const kept = turns.map(({ question, answer, rated }) => ({ question, answer, rated }));
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ draft, language, turns: kept }));
    } catch {
      // denied or full: the conversation lives as long as the page
    }
  }

  forget() {
    if (!this.#key) return;
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // denied: then nothing was kept either
    }
  }
}

// A turn that had no answer when the page went away was interrupted.
function turnFrom(kept) {
  if (!kept || typeof kept.question !== "string") return [];
  const answer = isAnswer(kept.answer) ? kept.answer : null;
  const trouble = answer ? null : new Trouble("cut");
  const rated = Boolean(kept.rated);
  return [{ question: kept.question, answer, partial: null, trouble, waiting: null, rated }];
}

function isAnswer(one) {
  return Boolean(one) && typeof one.text === "string" && Array.isArray(one.citations);
}
