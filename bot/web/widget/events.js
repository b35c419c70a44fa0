// Server-sent events (HTML standard, section 9.2.6), read from bytes as they come: lines end with
// LF, CR or CRLF, characters and lines may be cut anywhere, lines that begin with a colon are pings.

class EventParser {
  #decoder = new TextDecoder();
  #rest = "";
  #afterReturn = false;
  #event = "";
  #data = [];

  // Returns the events that these bytes complete: [{event, data}], data as text.
  take(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#afterReturn && text) {
      if (text[0] === "\n") text = text.slice(1);
      this.#afterReturn = false;
    }
    if (text.endsWith("\r")) this.#afterReturn = true;
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter((one) => one !== null);
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    return null;
  }

  #dispatch() {
    const [event, data] = [this.#event || "message", this.#data];
    this.#event = "";
    this.#data = [];
    return data.length ? { event, data: data.join("\n") } : null;
  }
}
