// A service for the live page that speaks the contract, with events made of an alignment that is known: when the audio that came
// covers a word, the word is final. It drops the connection once, in the middle, and checks what comes after it. GET goes on to the real service.
import { createServer, request } from 'node:http';
import assert from 'node:assert/strict';

/** port of the real service, alignment, seconds after which the connection is dropped. */
export function mock(WebSocketServer, upstream, alignment, dropAt) {
  const state = { starts: [], resumes: [], tokens: [], samples: [], seeks: [], finals: [], done: false, drops: 0, doubled: 0 };
  const events = [];
  let seq = 0, taken = 0, sent = 0;
  const server = createServer((q, r) => {
    const on = request({ port: upstream, host: '127.0.0.1', path: q.url, method: q.method, headers: { ...q.headers, host: `127.0.0.1:${upstream}`, origin: `http://127.0.0.1:${upstream}` } },
      a => { r.writeHead(a.statusCode, a.headers); a.pipe(r); });
    q.pipe(on);
  });
  const sockets = new WebSocketServer({ server, path: '/v1/align', handleProtocols: all => {
    const bearer = [...all].find(p => p.startsWith('chorale.bearer.'));
    state.tokens.push(bearer ? Buffer.from(bearer.slice(15), 'base64url').toString() : null);
    return all.has('chorale.v1') ? 'chorale.v1' : false;
  } });
  sockets.on('connection', socket => {
    const say = m => socket.readyState === 1 && socket.send(JSON.stringify(m));
    const event = m => { const e = { ...m, seq: ++seq }; events.push(e); say(e); };
    socket.on('message', (data, binary) => {
      if (binary) return audio(new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)));
      const m = JSON.parse(data);
      if (m.type === 'start') { state.starts.push(m); say({ type: 'ready', session: 's1', resumeToken: 'r1', limits: { maxBufferedSeconds: 20, idleSeconds: 30 } }); }
      if (m.type === 'resume') {
        state.resumes.push(m);
        assert.equal(m.resumeToken, 'r1');
        say({ type: 'resumed', session: 's1', resumeToken: 'r1', audioTime: taken / 16000, limits: { maxBufferedSeconds: 20, idleSeconds: 30 } });
        events.filter(e => e.type === 'word' && e.seq > m.lastSeq).forEach(say);
      }
      if (m.type === 'seek') state.seeks.push(m.word);
      if (m.type === 'finish') {
        words(Infinity);
        state.done = true;
        say({ type: 'done', alignment: { ...alignment, audio: { path: 'live', duration: taken / 16000, sampleRate: 16000, channels: 1 } } });
        socket.close(1000);
      }
    });
    function audio(samples) {
      const held = state.samples.length;
      state.samples.push(samples);
      taken += samples.length;
      const t = taken / 16000;
      const i = alignment.words.findLastIndex(w => w.start !== null && w.start <= t);
      if (i >= 0) event({ type: 'partial', audioTime: t, word: i, start: alignment.words[i].start });
      words(t);
      say({ type: 'ack', audioTime: t });
      if (dropAt && t > dropAt && !state.drops) { state.drops++; socket.terminate(); }
      return held;
    }
    function words(t) {
      for (; sent < alignment.words.length && (alignment.words[sent].end ?? 0) + .3 <= t; sent++) {
        const { text, start, end, confidence } = alignment.words[sent];
        state.finals.push(sent);
        event({ type: 'word', index: sent, text, start, end, confidence });
      }
    }
  });
  return new Promise(done => server.listen(0, '127.0.0.1', () => done({ port: server.address().port, state, close: () => { sockets.close(); server.close(); } })));
}
