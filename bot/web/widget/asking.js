// One question until it has an answer: tried again while nothing was shown and the trouble passes.

const PATIENCE = { network: 15, offline: 15, cut: 15, starting: 60, busy: 30 }; // seconds in all

// A turn is one exchange: {question, answer, partial, trouble, waiting, rated}. It is changed as
// the answer comes, and `changed` is called each time. Ends with an answer or a trouble in it.
async function askUntilAnswered(server, turn, history, language, signal, changed) {
  Object.assign(turn, { answer: null, partial: null, trouble: null, waiting: null });
  let waited = 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      turn.answer = await oneAttempt(server, turn, history, language, signal, changed);
      turn.partial = null;
      break;
    } catch (error) {
      const trouble = error instanceof Trouble ? error : new Trouble("failed");
      const pause = Math.max(trouble.wait ?? 2 ** Math.min(attempt, 3), 0.5);
      if (turn.partial || !trouble.passes || waited + pause > PATIENCE[trouble.kind]) {
        turn.trouble = trouble.kind === "network" && turn.partial ? new Trouble("cut") : trouble;
        break;
      }
      waited += pause;
      turn.waiting = trouble.kind;
      changed();
      if (await stoppedWhile(pause, signal)) {
        turn.trouble = new Trouble("stopped");
        break;
      }
    }
  }
  turn.waiting = null;
  changed();
}

async function oneAttempt(server, turn, history, language, signal, changed) {
  const body = { question: turn.question, history, language };
  const soFar = { status: "", language, text: "", lead: "", citations: [], understood: null };
  for await (const { event, data } of server.answer(body, signal)) {
    turn.waiting = null;
    if (event === "done" && isAnswer(data)) return data;
    if (event === "done") throw new Trouble("failed");
    if (event === "error") throw troubleOf(data.status, data);
    if (event === "status") Object.assign(soFar, data);
    else if (event === "citation") soFar.citations.push(data);
    else if (event === "delta") soFar.text += data.text;
    if (soFar.text || soFar.citations.length) turn.partial = soFar;
    changed();
  }
  throw new Trouble("cut"); // the stream ended without "done" or "error"
}

// Waits, or less where the connection comes back; tells whether it was stopped meanwhile.
function stoppedWhile(seconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve(signal.aborted);
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
