// The clients of docs/clients against a service: every word once, in order, and 'done' with the alignment.
// usage: clients.mjs URL|mock AUDIO.wav TEXT ALIGNMENT.json [TOKEN]
import { spawnSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { WebSocketServer } from 'ws';
import { mock } from './mock.mjs';

const [where, wav, text, json, token] = process.argv.slice(2);
const alignment = JSON.parse(readFileSync(json, 'utf8'));
const written = readFileSync(text, 'utf8').trim().split(/\s+/);
const run = (command, ...args) => new Promise(done => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', d => { out += d; });
  child.on('close', code => done({ code, out }));
});
const clients = { java: ['java', 'Follow.java'], javascript: [process.execPath, 'follow.mjs'], python: ['/usr/bin/python3', 'follow.py'] };
if (spawnSync('/usr/bin/python3', ['-c', 'import websockets']).status) {
  console.error('python: the package websockets is not installed (apt-get install python3-websockets)');
  process.exit(1);
}
for (const [name, [command, file]] of Object.entries(clients)) {
  const fake = where === 'mock' ? await mock(WebSocketServer, 0, alignment, 0) : null;
  const url = fake ? `ws://127.0.0.1:${fake.port}/v1/align` : where;
  const { code, out } = await run(command, file, url, wav, text, 'en', ...(token ? [token] : []));
  assert.equal(code, 0, `${name} ends with ${code}`);
  const lines = out.trim().split('\n');
  // The alignment of the service has line breaks in it: what comes last goes on to the end.
  const end = lines.findIndex(l => l.startsWith(name === 'java' ? '{"type":"done"' : '{'));
  const last = JSON.parse(lines.slice(end).join('\n')), done = last.type === 'done' ? last.alignment : last;
  assert.deepEqual(done.words.map(w => w.text), written, `${name}: words of the alignment`);
  // 'done' has what 'chorale align' makes of the same file: within a frame.
  for (const [i, w] of done.words.entries()) {
    assert.ok(Math.abs(w.start - alignment.words[i].start) <= .0101 && Math.abs(w.end - alignment.words[i].end) <= .0101, `${name}: ${w.text} at ${w.start} to ${w.end}`);
  }
  const words = name === 'java' ? lines.slice(0, end).map(l => JSON.parse(l)).filter(e => e.type === 'word').map(e => e.text)
    : lines.slice(0, end).map(l => l.split(' ').slice(2).join(' '));
  assert.deepEqual(words, written, `${name}: every word once, in order`);
  console.log(`${name}: ${words.length} words once each, in order, done`);
  fake?.close();
}
