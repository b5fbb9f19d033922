// Drives Chromium over its debugging pipe: no packages needed.
// usage: preview.mjs PAGE.html ALIGNMENT.json OUT
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import assert from 'node:assert/strict';

const [page, json, out] = process.argv.slice(2);
const words = JSON.parse(readFileSync(json, 'utf8')).words.filter(w => w.start !== null);
const profile = mkdtempSync(`${tmpdir()}/chorale-browser-`);
const browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--mute-audio', '--remote-debugging-pipe',
  '--autoplay-policy=no-user-gesture-required', '--disable-background-networking', `--user-data-dir=${profile}`, 'about:blank'],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const waiting = new Map(), listeners = [];
let id = 0, rest = '';
browser.stdio[4].on('data', chunk => {
  const messages = (rest + chunk).split('\0');
  rest = messages.pop();
  for (const text of messages) {
    const message = JSON.parse(text);
    if (message.id) { waiting.get(message.id)(message); waiting.delete(message.id); } else listeners.forEach(l => l(message));
  }
});
const send = (method, params = {}, sessionId) => new Promise((done, fail) => {
  waiting.set(++id, m => m.error ? fail(new Error(`${method}: ${m.error.message}`)) : done(m.result));
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
});
const sleep = ms => new Promise(done => setTimeout(done, ms));

try {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const run = async expression => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const key = async (name, code = name) => {
    const text = name.length === 1 ? { text: name } : {};
    await call('Input.dispatchKeyEvent', { type: 'keyDown', key: name, code, ...text });
    await call('Input.dispatchKeyEvent', { type: 'keyUp', key: name, code });
  };
  const shot = async name => writeFileSync(`${out}/${name}.png`, Buffer.from((await call('Page.captureScreenshot', { format: 'png' })).data, 'base64'));
  const size = (width, height, mobile = false) => call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  const near = (a, b, by, what) => assert.ok(Math.abs(a - b) <= by, `${what}: ${a}, expected ${b}`);

  const requests = [], errors = [];
  listeners.push(m => {
    if (m.method === 'Network.requestWillBeSent') requests.push(m.params.request.url);
    if (m.method === 'Runtime.exceptionThrown') errors.push(m.params.exceptionDetails.exception?.description);
    if (m.method === 'Log.entryAdded' && m.params.entry.level === 'error') errors.push(m.params.entry.text);
  });
  await call('Network.enable'); await call('Runtime.enable'); await call('Log.enable'); await call('Page.enable');
  await size(1200, 900);
  await call('Page.navigate', { url: 'file://' + resolve(page) });
  for (let k = 0; k < 100 && !(await run('document.readyState === "complete" && audio.readyState >= 1')); k++) await sleep(100);
  near(await run('audio.duration'), await run('data.duration'), 0.1, 'length of the sound');
  assert.equal(await run('document.querySelectorAll("#text span").length'), await run('data.words.length'));
  await sleep(300);
  await shot('page-start');

  // A click on a word seeks there and highlights it.
  const third = Math.floor(words.length / 3);
  const box = await run(`(() => { const s = spans[timed[${third}]]; s.scrollIntoView({ block: 'center' }); const r = s.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`);
  for (const type of ['mousePressed', 'mouseReleased']) await call('Input.dispatchMouseEvent', { type, x: box[0], y: box[1], button: 'left', clickCount: 1 });
  await sleep(300);
  near(await run('audio.currentTime'), words[third].start, 0.01, 'time after a click');
  assert.equal(await run('document.querySelector("#text .now").textContent'), words[third].text);

  // Keys: the next word, two seconds on, the beginning; space plays and stops.
  await key('.'); await sleep(200);
  near(await run('audio.currentTime'), words[third + 1].start, 0.01, 'time after the key for the next word');
  await key('ArrowRight'); await sleep(200);
  near(await run('audio.currentTime'), words[third + 1].start + 2, 0.02, 'time after the right arrow');
  await run('document.activeElement.blur()');
  await key('Home'); await sleep(200);
  near(await run('audio.currentTime'), 0, 0.01, 'time after Home');
  await key(' ', 'Space'); await sleep(2500);
  const playing = await run('audio.currentTime');
  assert.ok(playing > 0.8, `plays: ${playing} s after 2.5 s`);
  await key(' ', 'Space'); await sleep(200);
  assert.equal(await run('audio.paused'), true);
  const heard = await run('audio.currentTime');
  const expected = words.find(w => w.start <= heard && heard < w.end);
  assert.equal(await run('document.querySelector("#text .now")?.textContent ?? null'), expected ? expected.text : null);
  await run(`seek(${words[third].start + 0.01})`); await key('+'); await sleep(300);
  await shot('page-zoomed');
  assert.equal(await run('span'), Math.min(10, await run('data.duration')) / 2);

  // Words can be reached without a mouse.
  await run('spans[timed[0]].focus()'); await key('ArrowRight'); await key('Enter'); await sleep(200);
  near(await run('audio.currentTime'), words[1].start, 0.01, 'time after Enter on the second word');

  await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
  await sleep(300); await shot('page-dark');
  await size(400, 800, true); await run('dispatchEvent(new Event("resize")); scrollTo(0, 0)');
  await sleep(300); await shot('page-narrow');
  assert.ok(await run('document.documentElement.scrollWidth <= innerWidth'), 'fits a narrow screen');

  const outside = requests.filter(u => !/^(file|data|blob|about):/.test(u));
  assert.deepEqual(outside, [], 'no network');
  assert.deepEqual(errors, []);
  console.log(`page: ${words.length} words, sound plays, click and keys seek, highlight follows, no network, no errors`);
} finally {
  browser.kill();
  await sleep(500);
  rmSync(profile, { recursive: true, force: true });
}
