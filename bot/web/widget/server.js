// All that is asked of the server, and what can go wrong with it.

const SILENCE_LIMIT = 20000; // milliseconds without a byte

// kind: network, offline, starting, busy, slow, cut, failed, refused or stopped.
// wait: seconds the server asked for, or null. detail: its own words, or "".
class Trouble extends Error {
  constructor(kind, detail = "", wait = null) {
    super(kind);
    this.kind = kind;
    this.detail = detail;
    this.wait = wait;
  }

  // Whether it is worth trying again without being asked to.
  get passes() {
    return ["network", "offline", "starting", "busy", "cut"].includes(this.kind);
  }
}

function unreachable() {
  return new Trouble(navigator.onLine === false ? "offline" : "network");
}

// What a problem object (RFC 9457) or a bare status means. A gateway in front of a server that
// restarts says 502 or 504.
function troubleOf(status, problem, wait = null) {
  const detail = problem && typeof problem.detail === "string" ? problem.detail : "";
  if ([502, 503, 504].includes(status)) return new Trouble("starting", detail, wait);
  if (status === 429) return new Trouble("busy", detail, wait);
  return new Trouble(status >= 400 && status < 500 ? "refused" : "failed", detail);
}

async function troubleIn(response) {
  const header = Number.parseFloat(response.headers.get("Retry-After"));
  const problem = await response.json().catch(() => null);
  return troubleOf(response.status, problem, header >= 0 ? header : null);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Trouble("failed");
  }
}

class Server {
  #clauses = new Map();

  constructor(base, policy) {
    this.base = base;
    this.policy = policy;
  }

  page(path) {
    return new URL(path, this.base).href;
  }

  clausePage(clause, language) {
    return this.page(`clauses/${encodeURIComponent(clause)}?lang=${language}`);
  }

  async suggestions(language) {
    const found = await this.#json(`api/suggestions?language=${language}${this.#ofPolicy("&")}`);
    return Array.isArray(found.suggestions) ? found.suggestions.map(String) : [];
  }

  async clause(id) {
    if (!this.#clauses.has(id)) {
      const path = `api/clauses/${encodeURIComponent(id)}${this.#ofPolicy("?")}`;
      this.#clauses.set(id, await this.#json(path));
    }
    return this.#clauses.get(id);
  }

  async sendFeedback(feedback, language) {
    await this.#json("api/feedback", this.#posted(feedback, language));
  }

  // Yields {event, data} with data as an object, to the stream's end. Throws Trouble, whatever went
  // wrong.
  async *answer(question, signal) {
    const control = new AbortController();
    const stop = () => control.abort();
    let timer = 0;
    let silent = false;
    const expectByte = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        stop();
      }, SILENCE_LIMIT);
    };
    signal.addEventListener("abort", stop);
    try {
      if (signal.aborted) throw new Trouble("stopped");
      expectByte();
      const sent = this.#posted(question, question.language);
      sent.headers.Accept = "text/event-stream";
      const response = await fetch(this.page("api/ask/stream"), { ...sent, signal: control.signal });
      if (!response.ok) throw await troubleIn(response);
      const [reader, parser] = [response.body.getReader(), new EventParser()];
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        expectByte();
        for (const { event, data } of parser.take(value)) yield { event, data: parsed(data) };
      }
    } catch (error) {
      if (signal.aborted) throw new Trouble("stopped");
      if (silent) throw new Trouble("slow");
      throw error instanceof Trouble ? error : unreachable();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  async #json(path, options = {}) {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), SILENCE_LIMIT);
    try {
      const shared = { credentials: "omit", signal: control.signal };
      const response = await fetch(this.page(path), { ...shared, ...options });
      if (!response.ok) throw await troubleIn(response);
      return await response.json();
    } catch (error) {
      throw error instanceof Trouble ? error : unreachable();
    } finally {
      clearTimeout(timer);
    }
  }

  #posted(body, language) {
    const headers = { "Content-Type": "application/json", "Accept-Language": language };
    const sent = this.policy ? { ...body, policy: this.policy } : body;
    return { method: "POST", headers, credentials: "omit", body: JSON.stringify(sent) };
  }

  #ofPolicy(sign) {
    return this.policy ? `${sign}policy=${encodeURIComponent(this.policy)}` : "";
  }
}
