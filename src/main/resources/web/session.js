// One live session over ws /v1/align: see docs/protocol.md. Survives dropped connections: it resumes,
// and what the service had not taken yet is sent again.
import { subprotocols } from './api.js';
import { RATE, Tape } from './microphone.js';

const CHUNK = 1600, MOST_ON_SOCKET = 256 * 1024, KEEPALIVE = 10_000, LONGEST_WAIT = 8000, GIVE_UP = 60_000;

export class Session extends EventTarget {
  constructor(start) {
    super();
    this.start = start;
    this.tape = new Tape();
    this.sent = 0;      // samples given to the socket
    this.taken = 0;     // samples that the service says are safe
    this.lastSeq = 0;
    this.finishing = false;
    this.over = false;
    this.connect();
  }

  tell(name, detail) { if (!this.over) this.dispatchEvent(new CustomEvent(name, { detail })); }

  connect() {
    const url = new URL('v1/align', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = this.socket = new WebSocket(url, subprotocols());
    this.ready = false;
    socket.onopen = () => socket.send(JSON.stringify(this.resumeToken
      ? { type: 'resume', resumeToken: this.resumeToken, lastSeq: this.lastSeq } : this.start));
    socket.onmessage = e => this.take(JSON.parse(e.data));
    socket.onclose = () => { if (socket === this.socket) this.dropped(); };
  }

  dropped() {
    if (this.over) return;
    this.ready = false;
    this.droppedAt ??= Date.now();
    if (!this.resumeToken || Date.now() - this.droppedAt > GIVE_UP)
      return this.end('failed', { code: 'unreachable', message: this.resumeToken ? 'The connection was lost and did not come back.' : 'The service does not answer.' });
    this.tell('state', 'lost');
    this.wait = Math.min((this.wait ?? 250) * 2, LONGEST_WAIT);
    setTimeout(() => { if (!this.over) this.connect(); }, this.wait);
  }

  take(event) {
    if (event.seq !== undefined) {
      if (event.seq <= this.lastSeq) return; // replayed, known
      this.lastSeq = event.seq;
    }
    switch (event.type) {
      case 'ready':
        this.resumeToken = event.resumeToken;
        this.id = event.session;
        this.mostAhead = (event.limits?.maxBufferedSeconds ?? 20) * RATE;
        this.begin(0);
        break;
      case 'resumed':
        this.begin(Math.round(event.audioTime * RATE));
        if (this.askedFor !== undefined) this.send({ type: 'seek', word: this.askedFor });
        break;
      case 'ack':
        this.taken = Math.max(this.taken, Math.round(event.audioTime * RATE));
        this.pump();
        break;
      case 'partial': case 'word':
        this.askedFor = undefined;
        this.tell(event.type, event);
        break;
      case 'done':
        this.end('done', event.alignment);
        break;
      case 'error':
        if (event.retryable && this.resumeToken) this.socket.close();
        else this.end('failed', event);
        break;
    }
  }

  begin(from) {
    this.sent = this.taken = from;
    this.finishSent = false;
    this.ready = true;
    this.wait = this.droppedAt = undefined;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.idle(), 1000);
    this.tell('state', 'open');
    this.pump();
  }

  idle() {
    this.pump();
    if (this.ready && Date.now() - (this.spokeAt ?? 0) > KEEPALIVE) this.send({ type: 'keepalive' });
  }

  send(message) {
    if (!this.ready) return;
    this.spokeAt = Date.now();
    this.socket.send(JSON.stringify(message));
  }

  /** More of the microphone. */
  add(samples) {
    if (this.finishing) return;
    this.tape.add(samples);
    this.pump();
  }

  /** Sends what there is, as far as the service takes it. */
  pump() {
    if (!this.ready) return;
    while (this.tape.length - this.sent >= (this.finishing ? 1 : CHUNK) && this.socket.bufferedAmount < MOST_ON_SOCKET && this.sent - this.taken < this.mostAhead) {
      const samples = this.tape.slice(this.sent, CHUNK);
      this.socket.send(samples);
      this.sent += samples.length;
      this.spokeAt = Date.now();
    }
    if (this.finishing && !this.finishSent && this.sent === this.tape.length) {
      this.finishSent = true;
      this.send({ type: 'finish' });
    }
  }

  /** The reader goes on from a word. */
  seek(word) {
    this.askedFor = word;
    this.send({ type: 'seek', word });
  }

  /** Nothing more will come; 'done' follows. */
  finish() {
    this.finishing = true;
    this.tell('state', 'finishing');
    this.pump();
  }

  /** Leaves without a result. */
  discard() { this.end('gone'); }

  end(name, detail) {
    this.tell(name, detail);
    this.over = true;
    clearInterval(this.timer);
    this.socket.onclose = null;
    this.socket.close();
  }
}
