// The page of 'chorale serve' in Chromium: a recording by file, editing, export, keys; live by a fake microphone.
// usage: page.mjs SERVICE_URL AUDIO TEXT MICROPHONE.wav OUT   with the service's token in CHORALE_SERVICE_TOKEN
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { WebSocketServer } from 'ws';
import { near, open, sleep } from './chromium.mjs';
import { mock } from './mock.mjs';

const [service, audio, textFile, microphone, out] = process.argv.slice(2);
const token = process.env.CHORALE_SERVICE_TOKEN, headers = { Authorization: `Bearer ${token}` };
const text = readFileSync(textFile, 'utf8');
const written = text.trim().split(/\s+/);
const page = await open(out, '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}%noloop`);
const value = selector => page.run(`document.querySelector(${JSON.stringify(selector)}).value`);
const fill = (selector, content) => page.run(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.value = ${JSON.stringify(content)}; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); })()`);
const downloaded = name => page.run(`window.saved?.[${JSON.stringify(name)}] ?? null`);

try {
  await page.media({ 'prefers-color-scheme': 'light', 'prefers-reduced-motion': 'reduce' });
  await page.size(1280, 860);
  await page.go(service);
  await page.until('document.querySelector("#language").length > 10');
  await page.shot('1-empty');

  // Without a recording the page says so.
  await page.click('#align');
  assert.match(await page.run('document.querySelector("#problem").textContent'), /recording/);
  await page.choose('#audio-file', audio);
  await fill('#text', text);
  assert.equal(await page.run('document.querySelector("#text-count").textContent'), `${written.length} words`);
  assert.equal(await page.run('document.querySelector("#problem").hidden'), true);
  await page.shot('2-filled');
  await page.run('document.querySelector("#language").value = "en"');
  await page.click('#align');
  await page.until('document.querySelector("#token-dialog").open', 'the dialog for the token');
  await page.call('Input.insertText', { text: 'not the right one' });
  await page.key('Enter');
  await page.until('document.querySelector("#token-dialog").open && !document.querySelector("#token").value', 'the dialog once more');
  await sleep(300); await page.shot('2-token');
  await page.call('Input.insertText', { text: token });
  await page.key('Enter');
  await page.until('!document.querySelector("#result").hidden', 'the result', 120);
  assert.deepEqual(await page.run('[...document.querySelectorAll("#words .word")].map(w => w.textContent)'), written);
  await page.until('document.querySelector("#formats").childElementCount > 10');
  await sleep(800);
  await page.shot('3-result');

  // It plays; the word that is heard is lit.
  await page.click('#play');
  await page.until('document.querySelector("#audio").currentTime > 1.5', 'sound', 20);
  await page.shot('4-playing');
  await page.click('#play');
  await sleep(200);
  const start = i => page.run(`(t => t ? Number.parseFloat(t) : null)(document.querySelectorAll("#words .word")[${i}].title)`);
  const lit = await page.run('[document.querySelector("#words .now")?.dataset.index ?? null, document.querySelector("#audio").currentTime]');
  if (lit[0] !== null) assert.ok(await start(Number(lit[0])) <= lit[1] + .01, 'the lit word has begun');

  // A click on a word goes there; its card shows it.
  const third = Math.floor(written.length / 3);
  await page.click(`#words .word[data-index="${third}"]`);
  await sleep(200);
  near(await page.run('document.querySelector("#audio").currentTime'), await start(third), .02, 'time after a click');
  assert.equal(await page.run('document.querySelector("#word-name").textContent'), `“${written[third]}”`);
  const was = [Number(await value('#word-start')), Number(await value('#word-end'))];

  // Keys move its edges, and undo takes it back.
  await page.key(']'); await page.key(']');
  near(Number(await value('#word-start')), was[0] + .02, .0051, 'start after two keys');
  await page.key('{');
  near(Number(await value('#word-end')), was[1] - .01, .0051, 'end after a key');
  for (let k = 0; k < 3; k++) await page.key('z', { code: 'KeyZ', modifiers: 2 });
  near(Number(await value('#word-start')), was[0], .0051, 'start after undo');
  near(Number(await value('#word-end')), was[1], .0051, 'end after undo');
  assert.equal(await page.run('document.querySelector("#undo").disabled'), true);
  assert.equal(await page.run('document.querySelector("#status").textContent'), 'Undone');

  // The handles can be dragged, and moved by the arrows.
  const edge = await page.box('#edge-end');
  const perSecond = (await page.box('#detail')).width / await page.run('Math.min(7.1, document.querySelector("#detail").clientWidth / 150)');
  await page.mouse('mousePressed', edge.x + 7, edge.y + 60);
  for (let k = 1; k <= 6; k++) await page.mouse('mouseMoved', edge.x + 7 - k * 2, edge.y + 60);
  await page.mouse('mouseReleased', edge.x - 5, edge.y + 60);
  const dragged = Number(await value('#word-end'));
  assert.ok(dragged < was[1] - 4 / perSecond, `dragged: ${dragged} from ${was[1]}`);
  assert.equal(await page.run('document.querySelector("#status").textContent'), `Ends at ${dragged.toFixed(2)} seconds`);
  await page.run('document.querySelector(".keys").open = true'); await sleep(200);
  await page.shot('5-dragged');
  await page.run('document.querySelector(".keys").open = false');
  await page.run('document.querySelector("#edge-start").focus()');
  await page.key('ArrowRight');
  near(Number(await value('#word-start')), was[0] + .01, .0051, 'start after an arrow on its handle');
  assert.equal(await page.run('document.querySelector("#edge-start").getAttribute("aria-valuetext")'), `${(await value('#word-start'))} seconds`);

  // An edge stops at the neighbour.
  await fill('#word-end', '9999');
  const next = await page.run(`document.querySelectorAll("#words .word")[${third + 1}].title`);
  near(Number(await value('#word-end')), Number.parseFloat(next), .0051, 'the end stops at the next word');
  await fill('#word-end', String(dragged));

  // Arrows go from word to word without a mouse; U finds unsure ones.
  await page.run(`document.querySelectorAll("#words .word")[${third}].focus()`);
  await page.key('ArrowRight');
  assert.equal(await page.run('document.activeElement.dataset.index'), String(third + 1));
  await page.key('ArrowDown');
  assert.notEqual(await page.run('document.activeElement.dataset.index'), String(third + 1));
  assert.equal(await page.run('document.querySelectorAll("#words [tabindex=\\"0\\"]").length'), 1, 'one stop of the Tab key');

  // Every format is exported, with the change.
  await page.run(`(() => {
    window.saved = {};
    const blobs = new Map(), create = URL.createObjectURL;
    URL.createObjectURL = blob => { const url = create.call(URL, blob); blobs.set(url, blob); return url; };
    HTMLAnchorElement.prototype.click = function () { const name = this.download; blobs.get(this.href).text().then(text => { window.saved[name] = text; }); };
  })()`);
  const stem = audio.split('/').at(-1).replace(/\.[^.]+$/, '');
  const formats = await (await fetch(service + 'v1/formats', { headers })).json();
  for (const f of formats.formats) {
    await page.click(`[data-format="${f.name}"]`);
    await page.until(`window.saved[${JSON.stringify(`${stem}.${f.extension}`)}] !== undefined`, f.name);
    if (f.name === 'json') {
      const json = JSON.parse(await downloaded(`${stem}.json`));
      near(json.words[third].end, dragged, .0051, 'the change is in the export');
    }
    assert.ok((await downloaded(`${stem}.${f.extension}`)).length > 20, f.name);
    await page.run(`delete window.saved[${JSON.stringify(`${stem}.${f.extension}`)}]`);
  }

  // Dark, narrow, zoomed.
  await page.media({ 'prefers-color-scheme': 'dark', 'prefers-reduced-motion': 'reduce' });
  await page.run('scrollTo(0, 0)'); await sleep(300); await page.shot('6-dark');
  await page.size(390, 844, true); await page.run('dispatchEvent(new Event("resize")); scrollTo(0, 0)'); await sleep(300); await page.shot('7-narrow');
  assert.ok(await page.run('document.documentElement.scrollWidth <= innerWidth'), 'fits a narrow screen');
  await page.click('#again'); await sleep(200); await page.shot('8-narrow-form');
  await page.size(1280, 860);
  await page.media({ 'prefers-color-scheme': 'light', 'prefers-reduced-motion': 'reduce' });

  // What screen readers are told: every control has a name.
  await page.go(service);
  const { nodes } = await page.call('Accessibility.getFullAXTree');
  const nameless = nodes.filter(n => !n.ignored && /^(button|textbox|combobox|checkbox|slider|tab)$/.test(n.role?.value) && !n.name?.value);
  assert.deepEqual(nameless.map(n => n.role.value), [], 'controls without a name');
  assert.deepEqual(page.errors.filter(e => !/401/.test(e)), []);
  const outside = page.requests.filter(u => !u.startsWith(service) && !/^(data|blob|about):/.test(u));
  assert.deepEqual(outside, [], 'no other server is asked');
  console.log(`recording: ${written.length} words, plays, edges by mouse and keys, undo, ${formats.formats.length} formats, no errors, no other server`);

  // Live, with a connection that drops in the middle.
  const form = new FormData();
  form.append('text', text); form.append('language', 'en'); form.append('audio', new Blob([readFileSync(audio)]), 'a.flac');
  const alignment = await (await fetch(service + 'v1/align', { method: 'POST', body: form, headers })).json();
  const fake = await mock(WebSocketServer, new URL(service).port, alignment, 3);
  await page.go(`http://127.0.0.1:${fake.port}/`);
  await page.until('document.querySelector("#live-language").length > 10');
  await page.run(`sessionStorage.setItem('chorale.token', ${JSON.stringify(token)})`); // another port, another origin
  await page.click('#tab-live');
  await fill('#live-text', text);
  await page.shot('9-live-form');
  await page.run('document.querySelector("#live-language").value = "en"');
  await page.click('#listen');
  await page.until('document.querySelectorAll("#live-words .heard").length >= 3', 'three words heard', 30);
  await page.shot('10-live');
  const target = written.length - 2;
  await page.run(`document.querySelectorAll("#live-words .word")[${target}].click()`);
  await page.until(`document.querySelectorAll("#live-words .heard").length >= ${Math.floor(written.length * .6)}`, 'most words heard', 60);
  assert.deepEqual(fake.state.seeks, [target]);
  assert.equal(fake.state.starts.length, 1);
  assert.equal(fake.state.drops, 1, 'the connection was dropped');
  assert.equal(fake.state.resumes.length, 1, 'it was resumed');
  assert.deepEqual(fake.state.tokens, [token, token], 'the token is offered with every socket');
  assert.ok(fake.state.resumes[0].lastSeq > 0);
  await page.media({ 'prefers-color-scheme': 'dark', 'prefers-reduced-motion': 'reduce' });
  await sleep(300); await page.shot('11-live-dark');
  await page.media({ 'prefers-color-scheme': 'light', 'prefers-reduced-motion': 'reduce' });
  await page.click('#finish');
  await page.until('!document.querySelector("#result").hidden && !document.querySelector("#file").hidden', 'the result of the live session', 30);
  await sleep(800);
  await page.shot('12-live-result');
  const { samples, finals } = fake.state, count = samples.reduce((n, s) => n + s.length, 0);
  assert.deepEqual(finals, [...written.keys()], 'every word final once, in order');
  near(await page.run('document.querySelector("#audio").duration'), count / 16000, .15, 'what is played is what was sent');
  // What arrived is what the microphone was fed: the same loudness, a frame of 20 ms at a time, somewhere near the beginning.
  near(correlation(envelope(flat(samples)), envelope(wav(microphone))), 1, .1, 'loudness sent and loudness fed');
  const own = page.errors.filter(e => !/401|WebSocket|ERR_CONNECTION/.test(e));
  assert.deepEqual(own, []);
  console.log(`live: ${(count / 16000).toFixed(1)} s sent, ${finals.length} words once each over a dropped connection, sound is that of the fixture`);
  fake.close();
} catch (e) {
  await page.shot('failed');
  console.error(page.errors);
  throw e;
} finally {
  await page.close();
}
process.exit(0);

function flat(blocks) {
  const all = new Int16Array(blocks.reduce((n, b) => n + b.length, 0));
  let at = 0;
  for (const b of blocks) { all.set(b, at); at += b.length; }
  return all;
}
function wav(file) {
  const bytes = readFileSync(file), at = bytes.indexOf('data') + 8, rate = bytes.readUInt32LE(24);
  assert.equal(rate, 48000);
  const all = new Int16Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + bytes.length - (bytes.length - at) % 2));
  return all.filter((v, i) => i % 3 === 0);
}
function envelope(samples) {
  const out = [];
  for (let i = 0; i + 320 <= samples.length; i += 320) out.push(Math.log(1 + Math.sqrt(samples.subarray(i, i + 320).reduce((s, v) => s + v * v, 0) / 320)));
  return out;
}
/** The best correlation over shifts of up to two seconds. */
function correlation(a, b) {
  let best = -1;
  for (let shift = -100; shift <= 100; shift++) {
    const x = [], y = [];
    for (let i = 0; i < a.length; i++) if (b[i + shift] !== undefined) { x.push(a[i]); y.push(b[i + shift]); }
    if (x.length < 100) continue;
    const mx = x.reduce((p, q) => p + q) / x.length, my = y.reduce((p, q) => p + q) / y.length;
    const xy = x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0);
    best = Math.max(best, xy / Math.sqrt(x.reduce((s, v) => s + (v - mx) ** 2, 0) * y.reduce((s, v) => s + (v - my) ** 2, 0)));
  }
  return best;
}
