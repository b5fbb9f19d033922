// Follows a recording through its text: node follow.mjs ws://127.0.0.1:8080/v1/align speech.wav text.txt en [TOKEN]
// speech.wav: 16 kHz, mono, 16 bit. Needs the package ws. In a browser: new WebSocket(url, ['chorale.v1', 'chorale.bearer.' + base64url(token)]).
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';

const [url, wav, text, language, token] = process.argv.slice(2);
const audio = readFileSync(wav).subarray(44); // past the header
const socket = new WebSocket(url, { headers: token ? { Authorization: `Bearer ${token}` } : {} });

socket.on('open', () => socket.send(JSON.stringify({
  type: 'start', language, mode: 'speech', text: readFileSync(text, 'utf8'),
  encoding: 'pcm_s16le', sampleRate: 16000, channels: 1,
})));

socket.on('message', data => {
  const event = JSON.parse(data);
  if (event.type === 'ready') stream();
  if (event.type === 'word') console.log(`${event.start?.toFixed(2) ?? '-'} ${event.end?.toFixed(2) ?? '-'} ${event.text}`);
  if (event.type === 'done') console.log(JSON.stringify(event.alignment));
  if (event.type === 'error') console.error(event.code, event.message);
});

async function stream() {
  for (let at = 0; at < audio.length && socket.readyState === WebSocket.OPEN; at += 3200) {
    socket.send(audio.subarray(at, at + 3200)); // 100 ms, as a microphone gives them
    await new Promise(done => setTimeout(done, 100));
  }
  if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"finish"}'); // the server closes after 'done'
}

socket.on('error', error => { console.error(error.message); process.exitCode = 1; });
socket.on('close', code => { if (code !== 1000) process.exitCode = 1; });
